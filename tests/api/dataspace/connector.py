"""A connector elsewhere, as a consumer: it knows the protocol, and of us what our answers say."""

import json
from dataclasses import dataclass, field

from django.test import Client
from tests.parties.makers import make_enterprise, make_seat, make_token

CONTEXT = "https://w3id.org/dspace/2025/1/context.jsonld"
TERMS = "urn:yelin:market:terms"
OFFER = "urn:yelin:market:offer"


@dataclass
class Connector:
    """A body with its token, and the name that it gives what it negotiates."""

    body: object = field(default_factory=make_enterprise)
    pid: str = "urn:uuid:32541fe6-c580-409e-85a8-8a9a32fbe833"

    def __post_init__(self):
        self.token = make_token(make_seat(self.body, "representative"))

    def get(self, path):
        return self._answer(Client().get(path, headers=self._by))

    def post(self, path, kind, **said):
        message = {"@context": [CONTEXT], "@type": kind, **said}
        sent = Client().post(path, message, content_type="application/json", headers=self._by)
        return self._answer(sent)

    def request(self, offer, to="", **over):
        said = {"consumerPid": self.pid, "offer": offer, "callbackAddress": "https://there.example"}
        path = f"/dsp/negotiations/{to}/request" if to else "/dsp/negotiations/request"
        return self.post(path, "ContractRequestMessage", **said | over)

    def about(self, provider_pid, path, kind, **said):
        pids = {"consumerPid": self.pid, "providerPid": provider_pid}
        return self.post(f"/dsp/negotiations/{provider_pid}/{path}", kind, **pids | said)

    def accept(self, pid, **said):
        event = {"eventType": "ACCEPTED"} | said
        return self.about(pid, "events", "ContractNegotiationEventMessage", **event)

    def verify(self, pid, **said):
        kind = "ContractAgreementVerificationMessage"
        return self.about(pid, "agreement/verification", kind, **said)

    def terminate(self, pid, **said):
        return self.about(pid, "termination", "ContractNegotiationTerminationMessage", **said)

    def ask(self, agreement, **over):
        said = {
            "consumerPid": self.pid,
            "agreementId": agreement,
            "format": "HttpData-PULL",
            "callbackAddress": "https://there.example",
        }
        return self.post("/dsp/transfers/request", "TransferRequestMessage", **said | over)

    def move(self, provider_pid, path, **said):
        pids = {"consumerPid": self.pid, "providerPid": provider_pid}
        kind = f"Transfer{path.capitalize()}Message"
        return self.post(f"/dsp/transfers/{provider_pid}/{path}", kind, **pids | said)

    @staticmethod
    def key_in(address):
        """Return where the data is, and what to send along."""
        told = {each["name"]: each["value"] for each in address["endpointProperties"]}
        assert told["authType"] == "bearer"
        return address["endpoint"], {"Authorization": f"Bearer {told['authorization']}"}

    @property
    def _by(self):
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    @staticmethod
    def _answer(response):
        return response.status_code, json.loads(response.content)
