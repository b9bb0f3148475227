"""Whose copy a leaked file was made of, for those who answer for the data (泄露溯源)."""

import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet

from yelin import gate
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.delivery.models import Attribution
from yelin.delivery.opening import NothingYet
from yelin.delivery.rules import Copy, Evidence, weigh
from yelin.files.store import scratch
from yelin.gate import Decision
from yelin.gate.models import Grant
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person
from yelin.warehouse import leaked, opened
from yelin.warehouse.leaked import Lacking
from yelin.warehouse.models import Release
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import Received

ATTRIBUTE = "delivery.attribute"
# So many releases, the newest, a file is held against where none is named.
LOOKED_INTO = 20
# What shares that much with a release is not looked for in others.
_MOST = 0.9


@dataclass(frozen=True, slots=True)
class Found:
    """What a file says: of its ``rows`` so many ``met`` the release ``by`` these items."""

    release: Release
    file: str
    rows: int
    met: int
    by: tuple[str, ...]
    evidence: tuple[Evidence, ...]


def examine(
    actor: Actor,
    entry: Entry,
    received: Received,
    options: Options,
    number: int | None = None,
) -> Found:
    """Return whose copies of ``entry`` a file was made of; it is held against ``number``, or all.

    The file goes afterwards. Raises ``Refused`` where the actor does not answer for the data,
    ``NothingYet`` where there is no such release with rows, ``Unfit`` where it cannot be read.
    """
    try:
        decision = gate.decide(actor, ATTRIBUTE, entry)
        decision.must_allow(ATTRIBUTE, entry.pk)
        return _examine(decision, entry, received, options, number)
    finally:
        received.path.unlink(missing_ok=True)


def _examine(
    decision: Decision, entry: Entry, received: Received, options: Options, number: int | None
) -> Found:
    copies = recipients(entry)
    best: tuple[Release, int, Lacking] | None = None
    for release in held_against(entry, number):
        work = scratch() / f"leaked-{uuid.uuid4()}"
        try:
            read = leaked.read(
                received.path,
                received.filename,
                work,
                opened.columns_of(release),
                options,
                memory_mb=config.engine_memory_mb,
                threads=config.engine_threads,
            )
            found = opened.beside(decision, release, read).lacking(
                {
                    party: (opened.thinning_of(release, party), share)
                    for party, share in copies.items()
                }
            )
        finally:
            shutil.rmtree(work.path, ignore_errors=True)
        if best is None or found.rows > best[2].rows:
            best = release, read.rows, found
        if found.rows >= _MOST * read.rows:
            break
    if best is None:
        raise NothingYet
    release, rows, found = best
    said = [Copy(each, share, found.lacked[each]) for each, share in copies.items()]
    evidence = weigh(found.rows, said, found.pairs)
    return Found(release, received.digests.sha256, rows, found.rows, found.by, evidence)


def held_against(entry: Entry, number: int | None = None) -> list[Release]:
    """Return the releases that a file may be of, the newest first, or the one of this number."""
    rows = entry.releases.filter(destroyed_at=None).select_related("sealed_by", "entry_version")
    if number is not None:
        rows = rows.filter(number=number)
    return [each for each in rows.order_by("-number")[:LOOKED_INTO] if each.is_table]


def recipients(entry: Entry) -> Mapping[UUID, Decimal]:
    """Return whose copies of ``entry`` lack rows, ever granted, and which share of them.

    Of several grants it is the smallest: the rows that all copies lack. They lie within the others.
    """
    given = Grant.objects.filter(on=entry.pk, action="resource.read", thinned__gt=0)
    # Of one party the last counts.
    return dict(given.order_by("party", "-thinned").values_list("party", "thinned"))


@dataclass(frozen=True, slots=True)
class Told:
    """What was put down of one file, with the recipients whose copies it was made of."""

    of: Attribution
    bodies: tuple[Body, ...]
    people: tuple[Person, ...]


def attributions(actor: Actor, entry: Entry) -> list[Told]:
    """Return what was put down of leaked files of ``entry``, the newest first.

    Nothing for whoever may not examine them.
    """
    if not gate.decide(actor, ATTRIBUTE, entry).allowed:
        return []
    found = examined(entry)
    parties = {whose for each in found for whose in each.named}
    names = names_of(parties)
    told = [(each, [names[whose] for whose in each.named if whose in names]) for each in found]
    return [
        Told(
            each,
            tuple(one for one in named if isinstance(one, Body)),
            tuple(one for one in named if isinstance(one, Person)),
        )
        for each, named in told
    ]


def examined(entry: Entry) -> QuerySet[Attribution]:
    """Return what was put down of leaked files of ``entry``, the newest first.

    The caller has found that its actor may examine them.
    """
    rows = Attribution.objects.filter(entry=entry).select_related("release")
    return rows.order_by("-found_at", "pk")


def names_of(parties: set[UUID]) -> dict[UUID, Body | Person]:
    """Return the bodies and people of these ids."""
    bodies = Body.objects.in_bulk(parties)
    return {**bodies, **Person.objects.in_bulk(parties - bodies.keys())}
