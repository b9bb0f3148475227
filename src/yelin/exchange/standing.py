"""Questions about extracts: those of a body, and how one stands whose digest somebody has."""

from enum import StrEnum
from hashlib import sha256

from django.db.models import Q, QuerySet

from yelin import gate
from yelin.delivery import checking
from yelin.delivery.models import Check
from yelin.exchange.extract import Sought, table_of
from yelin.exchange.models import Extract, Seal
from yelin.keys.models import Destroyed
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.models import Release
from yelin.warehouse.opened import NoTable
from yelin.warehouse.query import BadOperand, Unfulfillable, UnknownColumn


class Standing(StrEnum):
    """How an extract stands today."""

    VALID = "valid"
    OUTDATED = "outdated"
    UNCERTAIN = "uncertain"
    REVOKED = "revoked"


def extracts_of(actor: Actor) -> "QuerySet[Extract]":
    """Return the extracts that ``actor`` may see, newest first."""
    seen = gate.visible_to(actor, "extract.see", Extract.objects.all())
    return seen.select_related("entry__provider").order_by("-asked_at")


def seals_of(actor: Actor) -> "QuerySet[Seal]":
    """Return the seals that ``actor`` may see, the newest first."""
    return gate.visible_to(actor, "seal.see", Seal.objects.all()).order_by("-brought_at")


def by_digest(digest: bytes) -> Extract:
    """Return the extract that was issued with this digest.

    No number is asked for: who has no extract cannot look for those of others. Raises ``Unseen``.
    """
    along = Extract.objects.select_related(*Extract.ALONG)
    return gate.one_of(along.filter(digest=digest, issued_at__isnull=False))


def by_file(blob: bytes) -> Extract:
    """Return the extract of which this is the paper or the statement, byte for byte.

    Nothing of the file is read, so nothing in it can do harm. Raises ``Unseen``.
    """
    digest = sha256(blob).digest()
    return gate.one_of(Extract.objects.filter(Q(paper_digest=digest) | Q(statement_digest=digest)))


def of(extract: Extract) -> Standing:
    """Return how an issued extract stands: revoked, or by a newer release not so any more.

    Whether its rows are the same is looked up once for each release, as its seat may have them;
    where the seat has them no more, nobody knows (``UNCERTAIN``).
    """
    if extract.revoked_at is not None:
        return Standing.REVOKED
    if extract.changed_in is not None:
        return Standing.OUTDATED
    newest = Release.objects.latest_of(extract.entry)
    if newest is None or newest.number <= extract.compared:
        return Standing.VALID
    rows = _rows_in(extract, newest)
    if rows is None:
        return Standing.UNCERTAIN
    is_same = rows == {name: extract.says[name] for name in rows}
    extract.compared = newest.number
    extract.changed_in = None if is_same else newest.number
    Extract.objects.filter(pk=extract.pk, compared__lt=newest.number).update(
        compared=extract.compared, changed_in=extract.changed_in
    )
    return Standing.VALID if is_same else Standing.OUTDATED


def doubts_about(extract: Extract) -> list[Check]:
    """Return what of an issued extract is under check by now, if it was not revoked."""
    if extract.revoked_at is not None or extract.release is None:
        return []
    question = Sought(**extract.sought).question()
    return checking.touching(extract.release, question)


def _rows_in(extract: Extract, release: Release) -> dict[str, object] | None:
    if extract.seat.until is not None:
        return None
    actor = Actor.of(extract.seat)
    decision = gate.decide(actor, "resource.read", extract.entry, extract.purpose)
    if not decision.allowed:
        return None
    question = Sought(**extract.sought).question()
    try:
        return table_of(opened.table(decision, release).page(question))
    except (Destroyed, NoTable, Unfulfillable, UnknownColumn, BadOperand):
        return None
