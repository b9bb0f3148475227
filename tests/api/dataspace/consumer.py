"""A connector elsewhere that knows the protocol, HTTP and nothing of the program it speaks to.

It has a server of its own, at which it is called back, and believes only what is signed.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CONTEXT = "https://w3id.org/dspace/2025/1/context.jsonld"
SECONDS = 60


@dataclass
class Listener:
    """What a connector was told at its own address, in order; ``status`` is what it answers."""

    port: int = 0
    heard: list[tuple[str, dict]] = field(default_factory=list)
    headers: list[dict] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    status: int = 200

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/callback"

    @property
    def paths(self) -> list[str]:
        return [path for path, _message in self.heard]

    def last(self, ending: str) -> dict:
        """Return the last message that came to an address with this ending."""
        return [message for path, message in self.heard if path.endswith(ending)][-1]

    def verify(self, key: str) -> None:
        """Check every signature (Standard Webhooks, v1a). Raises ``InvalidSignature``."""
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix("whpk_")))
        for headers, content in zip(self.headers, self.raw, strict=True):
            _version, _, seal = headers["webhook-signature"].partition(",")
            told = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + content
            public.verify(base64.b64decode(seal), told)


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()

    class Hears(BaseHTTPRequestHandler):
        def do_POST(self):
            content = self.rfile.read(int(self.headers["content-length"]))
            listener.heard.append((self.path, json.loads(content)))
            listener.headers.append({name.lower(): said for name, said in self.headers.items()})
            listener.raw.append(content)
            self.send_response(listener.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *said):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hears)
    listener.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Consumer:
    """A participant with its token, at the address of a provider."""

    site: str
    token: str
    listener: Listener
    pid: str = "urn:uuid:5f0e2b0c-6a52-4a5e-9a7e-6e8c1c1d2f01"
    base: str = ""

    def discover(self) -> list[dict]:
        """Find where the protocol is spoken in our version, and what is offered there."""
        told = requests.get(f"{self.site}/.well-known/dspace-version", timeout=SECONDS).json()
        [ours] = [each for each in told["protocolVersions"] if each["version"] == "2025-1"]
        self.base = self.site + ours["path"]
        _status, catalog = self.say("catalog/request", "CatalogRequestMessage", filter=[])
        return catalog["dataset"]

    def say(self, path, kind, **said):
        message = {"@context": [CONTEXT], "@type": kind, **said}
        answer = requests.post(
            f"{self.base}/{path}", json=message, headers=self.by, timeout=SECONDS
        )
        return answer.status_code, answer.json()

    def see(self, path):
        answer = requests.get(f"{self.base}/{path}", headers=self.by, timeout=SECONDS)
        return answer.status_code, answer.json()

    def about(self, path, pid, kind, **said):
        pids = {"consumerPid": self.pid, "providerPid": pid}
        return self.say(path.format(pid=pid), kind, **pids | said)

    def negotiate(self, dataset, terms):
        offer = dataset["hasPolicy"][0] | {"target": dataset["@id"]} | terms
        return self.say(
            "negotiations/request",
            "ContractRequestMessage",
            consumerPid=self.pid,
            offer=offer,
            callbackAddress=self.listener.address,
        )

    def transfer(self, agreement, **over):
        said = {
            "consumerPid": self.pid,
            "agreementId": agreement,
            "format": "HttpData-PULL",
            "callbackAddress": self.listener.address + "/",
        }
        return self.say("transfers/request", "TransferRequestMessage", **said | over)

    def paper(self, agreement, folder):
        """Fetch the paper that is to be signed, and check that it is what was named."""
        named = agreement["urn:yelin:market:contract"]
        # The provider's public name leads elsewhere here.
        path = named["paper"].partition("/api/")[2]
        answer = requests.get(f"{self.site}/api/{path}", headers=self.by, timeout=SECONDS)
        assert hashlib.sha256(answer.content).hexdigest() == named["sha256"]
        file = folder / "contract.pdf"
        file.write_bytes(answer.content)
        return file

    def fetch(self, address):
        """Take the data where a start message says that it is, by the key in it."""
        assert address["endpointType"] == "https://w3id.org/idsa/v4.1/HTTP"
        told = {each["name"]: each["value"] for each in address["endpointProperties"]}
        assert told["authType"] == "bearer"
        path = address["endpoint"].partition("/dsp/")[2]
        key = {"Authorization": f"Bearer {told['authorization']}"}
        return requests.get(f"{self.base}/{path}", headers=key, timeout=SECONDS)

    @property
    def by(self):
        return {"Authorization": f"Bearer {self.token}"}
