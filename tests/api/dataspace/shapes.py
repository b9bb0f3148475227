"""What the protocol's JSON schemas ask of messages (2025-1), field by field.

Names of ours stand beside: the schemas leave room for more.
"""

_TEXT = {"type": "string"}
_ID = {"@id": _TEXT}


def _object(required, **properties):
    return {"type": "object", "required": required, "properties": properties}


def _many(of):
    return {"type": "array", "minItems": 1, "items": of}


def _message(kind, required, **properties):
    context = {
        "type": "array",
        "items": _TEXT,
        "contains": {"const": "https://w3id.org/dspace/2025/1/context.jsonld"},
    }
    named = {"@context": context, "@type": {"const": kind}}
    return _object(["@context", "@type", *required], **named, **properties)


_ATOMIC = _object(
    ["leftOperand", "operator", "rightOperand"],
    leftOperand=_TEXT,
    operator={
        "enum": [
            "eq", "gt", "gteq", "lteq", "hasPart", "isA", "isAllOf", "isAnyOf", "isNoneOf",
            "isPartOf", "lt", "term-lteq", "neq",
        ]
    },
    rightOperand={"type": ["string", "object", "array"]},
)  # fmt: skip
_LOGICAL = {
    "type": "object",
    "oneOf": [
        _object([word], **{word: {"type": "array"}})
        for word in ("and", "andSequence", "or", "xone")
    ],
}
_CONSTRAINTS = {"type": "array", "items": {"oneOf": [_ATOMIC, _LOGICAL]}}
_DUTY = _object(["action"], action=_TEXT, constraint=_CONSTRAINTS)
_PERMISSION = _object(
    ["action"], action=_TEXT, constraint=_CONSTRAINTS, duty={"type": "array", "items": _DUTY}
)
_PROHIBITION = _object(["action"], action=_TEXT, constraint=_CONSTRAINTS)


def _policy(kind, required, **properties):
    rules = {
        "permission": _many(_PERMISSION),
        "prohibition": _many(_PROHIBITION),
        "obligation": _many(_DUTY),
    }
    return {
        **_object(
            ["@id", "@type", *required], **_ID, **{"@type": {"const": kind}}, **rules, **properties
        ),
        "anyOf": [{"required": ["permission"]}, {"required": ["prohibition"]}],
    }


# In a catalog the dataset around it is what an offer is of; in a message the offer names it.
OFFER = {**_policy("Offer", []), "not": {"required": ["target"]}}
MESSAGE_OFFER = _policy("Offer", ["target"], target=_TEXT)
AGREEMENT = _policy(
    "Agreement",
    ["target", "assigner", "assignee"],
    target=_TEXT,
    assigner=_TEXT,
    assignee=_TEXT,
    timestamp={
        "type": "string",
        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$",
    },
)
_SERVICE = _object(
    ["@id", "@type", "endpointURL"],
    **_ID,
    **{"@type": {"const": "DataService"}},
    endpointURL=_TEXT,
)
_DISTRIBUTION = _object(
    ["accessService", "format"],
    accessService={"oneOf": [_TEXT, _SERVICE]},
    format=_TEXT,
    hasPolicy=_many(OFFER),
)
DATASET = _object(
    ["@id", "hasPolicy", "distribution"],
    **_ID,
    hasPolicy=_many(OFFER),
    distribution=_many(_DISTRIBUTION),
)
ROOT_DATASET = {"allOf": [_message("Dataset", []), DATASET]}
CATALOG = {
    **_message(
        "Catalog",
        ["@id", "participantId"],
        **_ID,
        participantId=_TEXT,
        dataset=_many(DATASET),
        service=_many(_SERVICE),
        catalog=_many({"type": "object"}),
        distribution=_many(_DISTRIBUTION),
    ),
    "not": {"required": ["hasPolicy"]},
}
VERSIONS = _object(
    ["protocolVersions"],
    protocolVersions=_many(
        _object(
            ["version", "path", "binding"],
            version=_TEXT,
            path=_TEXT,
            binding={"enum": ["HTTPS"]},
            identifierType=_TEXT,
            serviceId=_TEXT,
            auth=_object(["protocol", "version"], protocol=_TEXT, version=_TEXT),
        )
    ),
)
_PIDS = {"providerPid": _TEXT, "consumerPid": _TEXT}


def _about(kind, *required, **properties):
    return _message(kind, [*_PIDS, *required], **_PIDS, **properties)


_WHY = {"code": _TEXT, "reason": _many({})}
NEGOTIATION = _about(
    "ContractNegotiation",
    "state",
    state={
        "enum": [
            "REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED", "FINALIZED", "TERMINATED",
        ]
    },
)  # fmt: skip
NEGOTIATION_ERROR = _about("ContractNegotiationError", **_WHY)
CATALOG_ERROR = _message("CatalogError", [], code=_TEXT, reason={"type": "array"})
# Of two addresses to answer to one is told: a first offer's, or the name of what goes on.
OFFER_MESSAGE = {
    **_message("ContractOfferMessage", ["providerPid", "offer"], **_PIDS, offer=MESSAGE_OFFER),
    "oneOf": [{"required": ["callbackAddress"]}, {"required": ["consumerPid"]}],
}
AGREEMENT_MESSAGE = _about(
    "ContractAgreementMessage",
    "agreement",
    "callbackAddress",
    agreement=AGREEMENT,
    callbackAddress=_TEXT,
)
EVENT_MESSAGE = _about(
    "ContractNegotiationEventMessage", "eventType", eventType={"enum": ["ACCEPTED", "FINALIZED"]}
)
NEGOTIATION_TERMINATION = _about("ContractNegotiationTerminationMessage", **_WHY)
DATA_ADDRESS = _object(
    ["@type", "endpointType", "endpoint"],
    **{"@type": {"const": "DataAddress"}},
    endpointType=_TEXT,
    endpoint=_TEXT,
    endpointProperties=_many(
        _object(
            ["@type", "name", "value"],
            **{"@type": {"const": "EndpointProperty"}},
            name=_TEXT,
            value=_TEXT,
        )
    ),
)
TRANSFER = _about(
    "TransferProcess",
    "state",
    state={"enum": ["REQUESTED", "STARTED", "TERMINATED", "COMPLETED", "SUSPENDED"]},
)
TRANSFER_ERROR = _about("TransferError", **_WHY)
TRANSFER_START = _about("TransferStartMessage", dataAddress=DATA_ADDRESS)
TRANSFER_SUSPENSION = _about("TransferSuspensionMessage", **_WHY)
TRANSFER_COMPLETION = _about("TransferCompletionMessage")
TRANSFER_TERMINATION = _about("TransferTerminationMessage", **_WHY)
