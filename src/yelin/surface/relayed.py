"""What goes along when a message is relayed, and what stays behind, both ways.

Nobody's credential for one side is told the other, nothing said to the line is taken for the
message, and whoever calls cannot say that they are somebody else.
"""

from collections.abc import Iterable, Iterator

from yelin.config import config
from yelin.delivery.opening import Notes
from yelin.exchange.calling import Admitted
from yelin.keys.messages import Fields, digest_field
from yelin.surface import calls
from yelin.surface.sending import STRANGER

Pairs = Iterable[tuple[str, str]]

# What is said to the next machine on the line only (RFC 9110, 7.6.1), or about the line.
_OF_THE_LINE = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
    "te", "trailer", "transfer-encoding", "upgrade", "content-length", "expect", "host",
    "http2-settings",
})  # fmt: skip
# What a caller says to the platform, and what would tell who or where a caller is.
_FOR_US = frozenset({
    "accept-signature", "authorization", "cookie", "cookie2", "forwarded", "origin", "referer",
    "signature", "signature-input", "user-agent", "via", "x-api-key", "x-ckan-api-key",
    "x-csrftoken", "x-http-method", "x-http-method-override", "x-method-override",
    "x-original-url", "x-real-ip", "x-request-id", "x-rewrite-url",
})  # fmt: skip
_FROM_US = ("x-yelin-", "x-forwarded-", "sec-", "access-control-")
# What a service may not say in the platform's name.
_NOT_THEIRS = frozenset({
    "alt-svc", "authorization", "clear-site-data", "content-digest", "content-security-policy",
    "date", "link", "location", "nel", "permissions-policy", "refresh", "report-to", "server",
    "service-worker-allowed", "set-cookie", "set-cookie2", "signature", "signature-input",
    "sourcemap", "strict-transport-security", "via", "www-authenticate", "x-content-type-options",
    "x-frame-options", "x-powered-by", "x-request-id",
})  # fmt: skip


def onward(sent: Pairs, admitted: Admitted, *, number: str, length: int | None) -> Fields:
    """Return the fields with which a service is asked: the caller's, and who it is.

    ``length`` is that of the body, where it is known.
    """
    sent = list(sent)
    own = admitted.right.content.header.lower()
    dropped = _OF_THE_LINE | _FOR_US | _named_by(sent) | {own}
    found = Fields(
        (name, value)
        for name, value in sent
        if name.lower() not in dropped and not name.lower().startswith(_FROM_US)
    )
    actor = admitted.right.decision.actor
    told = {
        "X-Request-ID": number,
        "X-Yelin-Body": actor.body_code,
        "X-Yelin-Seat": str(actor.seat_id or ""),
        "X-Yelin-Purpose": admitted.right.purpose,
        "X-Yelin-Signed-By": admitted.signed_by,
        "X-Yelin-Receipt": calls.receipt_url(admitted.notes),
        "X-Yelin-Salt": salt_of(admitted),
        "User-Agent": "Yelin",
    }
    found += [(name, value) for name, value in told.items() if value]
    if own:
        found.append((admitted.right.content.header, admitted.right.secret))
    if length is not None:
        found.append(("Content-Length", str(length)))
    return found


def back(answered: Pairs, admitted: Admitted, *, digest: bytes | None) -> Fields:
    """Return the fields with which a caller is answered: the service's, and ours.

    ``digest`` is that of the content, where all of it is at hand.
    """
    answered = list(answered)
    dropped = _OF_THE_LINE | _NOT_THEIRS | _named_by(answered)
    found = Fields(
        (name.title(), value)
        for name, value in answered
        if name not in dropped and not name.startswith(_FROM_US)
    )
    # It stands under the platform's own address: no browser may take it for a page of ours.
    found += STRANGER.items()
    found += calls.headers_of(admitted.notes).items()
    if salt := salt_of(admitted):
        found.append(("X-Yelin-Salt", salt))
    if digest is not None:
        found.append(("Content-Digest", digest_field(digest)))
    if not found.has("cache-control"):
        found.append(("Cache-Control", "private, no-store"))
    return found


def salt_of(admitted: Admitted) -> str:
    """Return the salt under which the receipt commits to both messages, for both sides of it."""
    return bytes(admitted.delivery.asked_salt).hex() if admitted.delivery else ""


def address_of(slug: str) -> str:
    """Return the address below which the service of a resource is called."""
    return f"{config.streams}/api/v1/services/{slug}"


def told_of(notes: Notes) -> dict[str, str]:
    """Return what is told of a call that came to nothing: where its receipt is."""
    url = calls.receipt_url(notes)
    return {"X-Yelin-Receipt": url} if url else {}


def _named_by(fields: Pairs) -> frozenset[str]:
    """Return the fields that ``Connection`` says are for the next machine only."""

    def names() -> Iterator[str]:
        for name, value in fields:
            if name.lower() == "connection":
                yield from (each.strip().lower() for each in value.split(","))

    return frozenset(names())
