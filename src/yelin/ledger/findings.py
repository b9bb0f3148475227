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


@dataclass(frozen=True, slots=True)
class _Span:
    """Entries gone from a place, and entries found there instead."""

    low: int
    gone: list[bytes]
    new: list[bytes]


class Comparison:
    """Name how rows of leaf hashes differ from the rows they should be, one bundle after another.

    When an entry is removed, all after it move up, over the ends of bundles too; so neighbouring
    bundles have their say in what is a fault and what only follows from one.
    """

    def __init__(self) -> None:
        self._found = Findings()
        self._came_early: list[bytes] = []
        self._pushed_on: list[bytes] = []
        self._undecided: _Span | None = None

    def compare(self, first: int, expected: list[bytes], found: list[bytes]) -> None:
        """Compare a bundle whose first entry is ``first``."""
        if expected == found:
            self.conclude()
            self._came_early, self._pushed_on = [], []
            return
        steps = SequenceMatcher(None, expected, found, autojunk=False).get_opcodes()
        spans = [
            _Span(first + low, expected[low:high], found[found_low:found_high])
            for step, low, high, found_low, found_high in steps
            if step != "equal"
        ]
        moved = self._has_moved(spans[0])
        self.conclude()
        self._came_early, self._pushed_on = [], []
        if sorted(expected) == sorted(found):
            self._reordered(first, expected, found)
            return
        if moved:
            del spans[0]
        # Whether what stands at the end is a fault of its own, the next bundle knows.
        if spans and steps[-1][0] == "replace":
            self._undecided = spans.pop()
        elif spans and steps[-1][0] != "equal" and (moved or len(spans) > 1):
            last = spans.pop()
            self._came_early, self._pushed_on = last.new, last.gone
        if moved and not spans:
            says = f"{_entries(first, len(expected))} moved from their places"
            self._found.add(Kind.MOVED, first, says)
        for span in spans:
            self._report(span)

    def conclude(self) -> Findings:
        """Return all that was found."""
        if self._undecided is not None:
            self._report(self._undecided)
            self._undecided = None
        return self._found

    def _has_moved(self, span: _Span) -> bool:
        """Say whether a bundle's first span is only what moved over the end of the one before."""
        early, pushed = self._came_early, self._pushed_on
        if self._undecided is not None:
            early, pushed = self._undecided.new, self._undecided.gone
        is_early = not span.new and early[-len(span.gone) :] == span.gone
        is_pushed = not span.gone and pushed[-len(span.new) :] == span.new
        if self._undecided is not None and (is_early or is_pushed):
            low, gone, new = self._undecided.low, self._undecided.gone, self._undecided.new
            self._undecided = _Span(low, gone, new[: len(new) - len(span.gone)])
            if is_pushed:
                self._undecided = _Span(low, gone[: len(gone) - len(span.new)], new)
        return is_early or is_pushed

    def _report(self, span: _Span) -> None:
        low, gone, new = span.low, span.gone, span.new
        if not new:
            self._found.add(Kind.REMOVED, low, f"{_entries(low, len(gone))} removed")
        elif not gone:
            says = f"{len(new)} put in before entry {low} that the tile does not have"
            self._found.add(Kind.INSERTED, low, says)
        elif len(gone) != len(new):
            says = f"{_entries(low, len(gone))} changed: now there are {len(new)}"
            self._found.add(Kind.CHANGED, low, says)
        else:
            for index, (was, now) in enumerate(zip(gone, new, strict=True), start=low):
                says = f"it hashes to {now.hex()}, the tile has {was.hex()}"
                self._found.add(Kind.CHANGED, index, f"entry {index} was changed: {says}")

    def _reordered(self, first: int, expected: list[bytes], found: list[bytes]) -> None:
        pairs = enumerate(zip(expected, found, strict=True), start=first)
        places = [index for index, (one, other) in pairs if one != other]
        low, high = places[0], places[-1]
        says = (
            f"entries {low} and {high} have changed places"
            if len(places) == 2
            else f"entries {low} to {high} are in another order"
        )
        self._found.add(Kind.REORDERED, low, says)


def _entries(low: int, count: int) -> str:
    return f"entry {low} was" if count == 1 else f"entries {low} to {low + count - 1} were"
