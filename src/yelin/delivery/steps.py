"""What comes next for whoever has a resource up to some release: one step a release, in order.

Pushed and pulled alike: the changes since the release that one has, or the whole release wherever
they would not lead to what one may have of it today.
"""

from dataclasses import dataclass, field

from yelin.catalog.models import Entry
from yelin.delivery.kept import Wanted, digest_of
from yelin.delivery.subscriptions import Held
from yelin.gate import Decision
from yelin.warehouse import opened
from yelin.warehouse.models import Release
from yelin.warehouse.query import Question, Unfulfillable


@dataclass(frozen=True, slots=True)
class Step:
    """The way to one ``release``: by what changed since the one ``before``, or it as a whole."""

    release: Release
    before: Release | None
    decision: Decision = field(repr=False)

    @property
    def has_rows(self) -> bool:
        """Whether it is a table; files are not sent along."""
        return self.release.is_table

    @property
    def lines(self) -> Wanted:
        """Its rows as lines of JSON."""
        return Wanted(self.release, Question(), "ndjson", since=self.before)

    @property
    def compared(self) -> Wanted:
        """The changes as they are found, before they are written in any form."""
        return Wanted(self.release, Question(), "parquet", since=self.before)

    @property
    def name(self) -> str:
        """What its very rows in their order are known by."""
        return self.lines.name(self.decision)

    @property
    def after(self) -> Held:
        """What somebody has once all of it was taken."""
        return held(self.release, self.decision) if self.has_rows else Held(self.release.number)


def held(release: Release, decision: Decision) -> Held:
    """Return what somebody has who took ``release`` as ``decision`` opens it now."""
    return Held(release.number, release.redactions, digest_of(decision.obligations))


def following(entry: Entry, had: Held, decision: Decision) -> Step | None:
    """Return the next step for who ``had`` this, where there is one.

    What was taken before rows were erased of it, or when other items or rows were open to them, is
    nothing to build on, nor what has other columns: then the next is whole. What was destroyed is
    passed over. Raises ``Unfulfillable`` as the warehouse does.
    """
    releases = entry.releases.select_related("sealed_by")
    own = releases.filter(number=had.told).first() if had.redactions is not None else None
    stands = own is not None and is_as_taken(own, had, decision)
    if own and not stands and own.is_table and not own.is_destroyed:
        return _step(own, None, entry, decision)
    after = releases.with_files().filter(number__gt=had.told).order_by("number").first()
    if after is None:
        return None
    before = own if own and stands and _compares(own, after, decision) else None
    return _step(after, before, entry, decision)


def is_as_taken(own: Release, had: Held, decision: Decision) -> bool:
    """Whether ``own`` is for its taker what it was when it was taken."""
    return (
        not own.is_destroyed
        and own.redactions == had.redactions
        and had.bears in {"", digest_of(decision.obligations)}
    )


def _step(release: Release, before: Release | None, entry: Entry, decision: Decision) -> Step:
    release.entry = entry
    return Step(release, before, decision)


def _compares(before: Release, after: Release, decision: Decision) -> bool:
    """Say whether both have the same columns: what is new in all rows, no changed row tells."""
    if not (before.is_table and after.is_table):
        return False
    try:
        old = opened.table(decision, before).columns
    except Unfulfillable:
        return False
    new = opened.table(decision, after).columns
    return {(each.name, each.type, each.as_text) for each in old} == {
        (each.name, each.type, each.as_text) for each in new
    }
