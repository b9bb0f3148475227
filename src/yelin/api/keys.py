"""The public keys by which the platform signs its answers to programs."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema

from yelin.keys import messages


class KeyOut(Schema):
    """A public key as RFC 7517 and RFC 8037 have it; ``kid`` is its thumbprint (RFC 7638)."""

    kty: str
    crv: str
    x: str
    kid: str
    use: str


class KeysOut(Schema):
    """All of them."""

    keys: list[KeyOut]


def register(api: NinjaAPI) -> None:
    """Give the keys their address in ``api``."""
    api.get("/keys", response=KeysOut, tags=["Ledger"])(get_keys)


def get_keys(request: HttpRequest, response: HttpResponse) -> dict[str, object]:
    """Return the keys by which answers are signed (RFC 9421) where ``Accept-Signature`` asks."""
    del request
    response["Cache-Control"] = "public, max-age=300"
    return messages.key_set([messages.own_key()])
