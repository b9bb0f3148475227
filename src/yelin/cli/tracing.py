"""``yelin trace`` and ``yelin verify --here``: the way of a datum, and what a file is."""

from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

from django.utils import translation

from yelin.catalog import reads as catalog
from yelin.cli import refusing
from yelin.config import config
from yelin.delivery.tracing import finding
from yelin.delivery.tracing import reads as tracing
from yelin.delivery.tracing.finding import Found
from yelin.delivery.tracing.graph import Kind
from yelin.parties.actor import Actor
from yelin.surface import actor as asking
from yelin.surface import exported, problems, traced


def trace(code: str, version: int | None, form: str, token: str) -> int:
    """Print the way of a resource in one of ``exported.FORMS``; return the exit status."""
    with translation.override("en"):
        try:
            actor = _actor(token)
            entry = catalog.get(actor, code=code)
            print(exported.written(actor, entry, tracing.of(actor, entry, version), form))
        except problems.FORESEEN as error:
            refusing.tell(problems.of(error))
            return 1
    return 0


def find(file: Path, token: str) -> int:
    """Print what ``file`` is here and who had it; return the exit status, 1 for an unknown one."""
    with file.open("rb") as opened:
        digest = file_digest(opened, "sha256").hexdigest()
    with translation.override("en"):
        try:
            found = finding.of(_actor(token), digest)
        except problems.FORESEEN as error:
            refusing.tell(problems.of(error))
            return 1
    print(f"SHA-256 {digest}")
    if not found:
        print("No such file is known here, as far as you may know.")
        return 1
    for each in found:
        print("\n".join(_lines(each)))
    return 0


def _actor(token: str) -> Actor:
    return asking.of_token(token).actor if token else Actor.anyone()


def _lines(found: Found) -> Iterator[str]:
    node, page = found.node, traced.page_of(found.node)
    yield f"{node.kind}: {node.title} {found.form}".rstrip()
    if node.kind is Kind.RELEASE:
        of = "the newest" if found.is_newest else f"the newest is {found.newest}"
        yield f"  version {node.told['number']}, {of}"
    if page:
        yield f"  {config.url}{page}"
    for call in found.had:
        whom = call.seat.body.name if call.seat else str(call.person)
        yield f"  had by {whom} at {call.begun_at:%Y-%m-%d %H:%M}: receipt of {call.pk}"
    if found.more:
        yield f"  and {found.more} more"
