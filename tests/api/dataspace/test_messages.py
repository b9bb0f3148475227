"""Each message that the protocol lets a consumer send is read; what it may not be is an error."""

import pytest
from pydantic import ValidationError

from yelin.api.dataspace import messages

CONTEXT = ["https://w3id.org/dspace/2025/1/context.jsonld"]
PIDS = {
    "providerPid": "urn:uuid:a343fcbf-99fc-4ce8-8e9b-148c97605aab",
    "consumerPid": "urn:uuid:32541fe6-c580-409e-85a8-8a9a32fbe833",
}
CONSUMER = {"consumerPid": PIDS["consumerPid"]}
BACK = {"callbackAddress": "https://example.com/callback"}
WHY = {"code": "99", "reason": ["不再需要", {"@value": "no longer needed", "@language": "en"}]}
OFFER = {
    "@type": "Offer",
    "@id": "urn:uuid:d526561f-528e-4d5a-ae12-9a9dd9b7a815",
    "target": "urn:uuid:3dd1add8-4d2d-569e-d634-8394a8836a88",
    "permission": [
        {
            "action": "use",
            "constraint": [
                {"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2030-12-31T06:00Z"}
            ],
        }
    ],
}
ADDRESS = {
    "@type": "DataAddress",
    "endpointType": "https://w3id.org/idsa/v4.1/HTTP",
    "endpoint": "http://example.com",
    "endpointProperties": [{"@type": "EndpointProperty", "name": "authType", "value": "bearer"}],
}
AGREED = {"agreementId": "urn:uuid:e8dc8655-44c2-46ef-b701-4cffdc2faa44"}
# With all that the schemas name, and with what they ask for alone.
SENT = [
    (messages.CatalogRequest, "CatalogRequestMessage", {}),
    (messages.CatalogRequest, "CatalogRequestMessage", {"filter": []}),
    (messages.ContractRequest, "ContractRequestMessage", CONSUMER | BACK | {"offer": OFFER}),
    (messages.ContractRequest, "ContractRequestMessage", PIDS | BACK | {"offer": OFFER}),
    (messages.ContractRequest, "ContractRequestMessage", PIDS | BACK | {"offer": {"@id": "urn:x"}}),
    (
        messages.NegotiationEvent,
        "ContractNegotiationEventMessage",
        PIDS | {"eventType": "ACCEPTED"},
    ),
    (messages.AgreementVerification, "ContractAgreementVerificationMessage", PIDS),
    (messages.NegotiationTermination, "ContractNegotiationTerminationMessage", PIDS),
    (messages.NegotiationTermination, "ContractNegotiationTerminationMessage", PIDS | WHY),
    (
        messages.TransferRequest,
        "TransferRequestMessage",
        CONSUMER | BACK | AGREED | {"format": "example:HTTP_PUSH", "dataAddress": ADDRESS},
    ),
    (
        messages.TransferRequest,
        "TransferRequestMessage",
        CONSUMER | BACK | AGREED | {"format": "HttpData-PULL"},
    ),
    (messages.TransferStart, "TransferStartMessage", PIDS),
    (messages.TransferStart, "TransferStartMessage", PIDS | {"dataAddress": ADDRESS}),
    (messages.TransferCompletion, "TransferCompletionMessage", PIDS),
    (messages.TransferSuspension, "TransferSuspensionMessage", PIDS),
    (messages.TransferSuspension, "TransferSuspensionMessage", PIDS | WHY),
    (messages.TransferTermination, "TransferTerminationMessage", PIDS),
    (messages.TransferTermination, "TransferTerminationMessage", PIDS | WHY),
]


@pytest.mark.parametrize(("model", "kind", "said"), SENT)
def test_what_the_protocol_lets_be_sent_is_read(model, kind, said):
    message = {"@context": CONTEXT, "@type": kind, **said}
    assert model.model_validate(message).kind == kind
    more = {"@context": [*CONTEXT, "https://example.com/more"], "urn:x:more": {"a": 1}}
    assert model.model_validate(message | more).kind == kind
    # A first request names no negotiation.
    asked = {"consumerPid"} if model is messages.ContractRequest else {*PIDS}
    for lacks in {"@context", "@type"} | asked & {*said}:
        with pytest.raises(ValidationError):
            model.model_validate({key: value for key, value in message.items() if key != lacks})
    for wrong in (
        {"@type": "Other"},
        {"@context": ["https://w3id.org/dspace/2024/1/context.json"]},
    ):
        with pytest.raises(ValidationError):
            model.model_validate(message | wrong)


@pytest.mark.parametrize(
    "address",
    ["", "there", "ftp://a.example", "https://u:p@a.example/", "https://a.example/?b", None],
)
def test_an_address_that_is_not_understood_is_refused_at_once(address):
    for model, kind, said in SENT:
        if "callbackAddress" in said:
            with pytest.raises(ValidationError) as refused:
                model.model_validate(
                    {"@context": CONTEXT, "@type": kind, **said, "callbackAddress": address}
                )
            assert refused.value.errors()[0]["loc"] == ("callbackAddress",)


def test_why_something_ends_is_read_in_one_line():
    message = {"@context": CONTEXT, "@type": "TransferTerminationMessage", **PIDS}
    read = messages.TransferTermination.model_validate
    assert read(message | WHY).says == "99; 不再需要; no longer needed"
    assert read(message).says
