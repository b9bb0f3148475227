"""Services of departments, and programs that call them, by the same acts as any user's."""

import base64
import hashlib
import secrets
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.exchange.makers import make_shared
from tests.exchange.upstream import CERTIFICATE
from tests.gate.makers import make_grant
from tests.outbound.makers import make_rule
from tests.parties.makers import make_actor, make_seat, make_token

from yelin.exchange import acts
from yelin.exchange.operations import ServiceContent
from yelin.keys import messages
from yelin.law import clock, duties
from yelin.outbound.models import Purpose
from yelin.parties.actor import Actor

OPERATIONS = ({"method": "GET", "path": "/v1"}, {"method": "POST", "path": "/v1"})
HEADER, SECRET = "X-Api-Key", "k-4711-secret"


def content_of(url, **over) -> ServiceContent:
    said = {
        "address": f"{url}/base",
        "operations": OPERATIONS,
        "header": HEADER,
        "authority": CERTIFICATE,
        "seconds": 5,
    }
    return ServiceContent.model_validate(said | over)


def make_service(url, entry=None, *, led=True, secret=SECRET, system=None, **over):
    entry = entry or make_shared()
    if led:
        where = urlsplit(url)
        make_rule(
            entry.provider, host=where.hostname, port=where.port or 443, purpose=Purpose.RELAY
        )
    actor = make_actor(entry.provider)
    content = content_of(url, **over)
    return acts.offer_service(
        actor=actor, entry=entry, content=content, secret=secret, system=system
    )


def make_caller(service, **over):
    """Return headers of a program that may call by a grant, that grant and the seat."""
    seat = make_seat()
    ask = {"action": "service.call", "duty": duties.SHARING_ANSWER} | over
    grant = make_grant(seat.body, service.entry, **ask)
    return {"Authorization": f"Bearer {make_token(seat)}"}, grant, seat


def make_key(seat) -> Ed25519PrivateKey:
    """Register a key beside every token of a seat; return the private one."""
    private = Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if not seat.tokens.exists():
        make_token(seat)
    actor = Actor.of(seat).proved(clock.now())
    for token in seat.tokens.all():
        acts.register_key(actor=actor, token=token, public_key=pem.decode())
    return private


def signed(private, method, url, body, *, at=None, without="") -> dict[str, str]:
    """Return the fields by which a program signs a request, as the RFC has it."""
    digest = messages.digest_field(hashlib.sha256(body).digest())
    values = {"@method": method, "@target-uri": url}
    if body:
        values["content-digest"] = digest
    values.pop(without, None)
    created = int((at or clock.now()).timestamp())
    name = messages.key_id(private.public_key().public_bytes_raw())
    nonce = secrets.token_hex(8)
    covered = " ".join(f'"{each}"' for each in values)
    params = f'({covered});created={created};keyid="{name}";nonce="{nonce}"'
    lines = [f'"{each}": {value}' for each, value in values.items()]
    base = "\n".join([*lines, f'"@signature-params": {params}'])
    signature = base64.b64encode(private.sign(base.encode())).decode()
    fields = {"Signature-Input": f"sig1={params}", "Signature": f"sig1=:{signature}:"}
    return fields | ({"Content-Digest": digest} if body else {})
