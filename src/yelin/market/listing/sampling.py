"""A few rows of what is offered, for everyone to see before they buy (样例), and how good it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yelin import gate
from yelin.keys.models import Destroyed
from yelin.market.listing.models import Basis, Listing, Source
from yelin.market.listing.trading import SAMPLE, as_itself
from yelin.warehouse import opened
from yelin.warehouse.formats import Column
from yelin.warehouse.measuring.report import report
from yelin.warehouse.models import Release
from yelin.warehouse.paging import Page
from yelin.warehouse.query import Question, Unfulfillable

VEILED = "•••"


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows of a source's release; a veiled column shows where there are values, and none."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What everyone is shown of a source: how good its release is (0 to 100), and a sample."""

    source: Source
    release: Release | None
    score: int | None = None
    sample: Sample | None = None


def shown(listing: Listing, sources: Sequence[Source]) -> list[Shown]:
    """Return what everyone is shown of each source of ``listing``; nothing is kept of it.

    It is read anew each time, so that an erasure, a hold or a lapse reaches it at once.
    """
    return [_shown(listing, source) for source in sources]


def _shown(listing: Listing, source: Source) -> Shown:
    release = source.release or Release.objects.latest_of(source.entry)
    owner = as_itself(listing.product.owner)
    decision = gate.decide(owner, "resource.read", source.entry)
    if release is None or not decision.allowed:
        return Shown(source, release)
    told = report(decision, release)
    score = told.score.total if told else None
    # What was granted was not given to be shown about.
    if source.basis == Basis.GRANTED or not listing.terms.sample_rows or not release.is_table:
        return Shown(source, release, score)
    if decision.obligations.hides or not gate.decide(owner, SAMPLE, source.entry).allowed:
        return Shown(source, release, score)
    try:
        page = opened.table(decision, release).page(Question(limit=listing.terms.sample_rows))
    except (Unfulfillable, Destroyed):
        return Shown(source, release, score)
    return Shown(source, release, score, _veiled(page, listing.terms.sample_masked))


def _veiled(page: Page, masked: Sequence[str]) -> Sample:
    names = [column.name for column in page.columns]
    rows = [
        [VEILED if name in masked and row[name] is not None else row[name] for name in names]
        for row in page.rows
    ]
    return Sample(page.columns, rows)
