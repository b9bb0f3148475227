"""Put the faults of a ledger into words that name the entry or the tile at fault."""

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum

MAX_FINDINGS = 200


class Kind(StrEnum):
    """What sort of fault a finding is."""

    CHECKPOINT = "checkpoint"
    ROOT = "root"
    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    MOVED = "moved"
    MISSING = "missing"
    TILE = "tile"
    HISTORY = "history"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: its kind, the first entry it touches if it touches one, and a sentence."""

    kind: Kind
    index: int | None
    says: str


@dataclass(slots=True)
class Findings:
    """The faults found so far; past ``MAX_FINDINGS`` they are only counted."""

    named: list[Finding] = field(default_factory=list)
    uncounted: int = 0

    def add(self, kind: Kind, index: int | None, says: str) -> None:
        """Enter a fault."""
        if len(self.named) < MAX_FINDINGS:
            self.named.append(Finding(kind, index, says))
        else:
            self.uncounted += 1

    def extend(self, other: "Findings") -> None:
        """Enter the faults of another list."""
        for finding in other.named:
            self.add(finding.kind, finding.index, finding.says)
        self.uncounted += other.uncounted


class Comparison:
    """Name how rows of leaf hashes differ from the rows they should be, one bundle after another.

    When an entry is removed, all after it move up, over the ends of bundles too; so the bundle
    before has its say in what is a fault and what only follows from one.
    """

    def __init__(self) -> None:
        self.found = Findings()
        self._came_early: frozenset[bytes] = frozenset()
        self._pushed_on: frozenset[bytes] = frozenset()

    def compare(self, first: int, expected: list[bytes], found: list[bytes]) -> None:
        """Compare a bundle whose first entry is ``first``."""
        came_early, self._came_early = self._came_early, frozenset()
        pushed_on, self._pushed_on = self._pushed_on, frozenset()
        if expected == found:
            return
        if sorted(expected) == sorted(found):
            self._reordered(first, expected, found)
            return
        steps = SequenceMatcher(None, expected, found, autojunk=False).get_opcodes()
        spans = [
            (step, first + low, expected[low:high], found[found_low:found_high])
            for step, low, high, found_low, found_high in steps
            if step != "equal"
        ]
        # What moved in from the bundle before, or out to it, is no fault of its own.
        moved = False
        if (came_early and came_early.issuperset(spans[0][2]) and not spans[0][3]) or (
            pushed_on and pushed_on.issuperset(spans[0][3]) and not spans[0][2]
        ):
            del spans[0]
            moved = True
        # What filled the bundle up again, or fell over its edge, the next bundle is asked about.
        if spans and (moved or len(spans) > 1) and steps[-1][0] in {"insert", "delete"}:
            _, _, gone, new = spans.pop()
            self._came_early, self._pushed_on = frozenset(new), frozenset(gone)
        if moved and not spans:
            says = f"{_entries(first, len(expected))} moved from their places"
            self.found.add(Kind.MOVED, first, says)
        for _, low, gone, new in spans:
            self._span(low, gone, new)

    def _span(self, low: int, gone: list[bytes], new: list[bytes]) -> None:
        if not new:
            self.found.add(Kind.REMOVED, low, f"{_entries(low, len(gone))} removed")
        elif not gone:
            says = f"{len(new)} put in before entry {low} that the tile does not have"
            self.found.add(Kind.INSERTED, low, says)
        elif len(gone) != len(new):
            says = f"{_entries(low, len(gone))} changed: now there are {len(new)}"
            self.found.add(Kind.CHANGED, low, says)
        else:
            for index, (was, now) in enumerate(zip(gone, new, strict=True), start=low):
                says = f"it hashes to {now.hex()}, the tile has {was.hex()}"
                self.found.add(Kind.CHANGED, index, f"entry {index} was changed: {says}")

    def _reordered(self, first: int, expected: list[bytes], found: list[bytes]) -> None:
        pairs = enumerate(zip(expected, found, strict=True), start=first)
        places = [index for index, (one, other) in pairs if one != other]
        low, high = places[0], places[-1]
        says = (
            f"entries {low} and {high} have changed places"
            if len(places) == 2
            else f"entries {low} to {high} are in another order"
        )
        self.found.add(Kind.REORDERED, low, says)


def _entries(low: int, count: int) -> str:
    return f"entry {low} was" if count == 1 else f"entries {low} to {low + count - 1} were"
