"""To which coarser labels the values of a column may be made, level by level, up to ``*``."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

ALL = "*"
"""The label under which everything lies: at the top level a column says nothing."""
MOST_LEAVES = 200_000
SHOWN = 5


class HierarchyFault(Exception):
    """A hierarchy is none: it says where."""


class UnknownLeaves(Exception):
    """Values of a column are in no line of its hierarchy."""

    def __init__(self, column: str, values: Sequence[str]) -> None:
        shown = ", ".join(values[:SHOWN]) + (" …" if len(values) > SHOWN else "")
        super().__init__(f"{column}: {len(values)} unknown: {shown}")
        self.column, self.values = column, tuple(values)


@dataclass(frozen=True, slots=True)
class Level:
    """What one level looks like: how many labels, the rows of the rarest, and a few labels."""

    number: int
    labels: int
    rarest: int
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Hierarchy:
    """``levels[n][i]`` is the label of the leaf ``i`` on level ``n``; level 0 holds the leaves."""

    levels: tuple[tuple[str, ...], ...]

    @classmethod
    def made(cls, leaves: Sequence[str], *levels: Sequence[str]) -> "Hierarchy":
        """Return the hierarchy of these columns of labels, with ``*`` above where it lacks.

        Raises ``HierarchyFault`` unless every level is a function of the one below it.
        """
        if not leaves:
            raise HierarchyFault("it has no leaves")
        if len(leaves) > MOST_LEAVES:
            raise HierarchyFault(f"it has more than {MOST_LEAVES} leaves")
        found = [tuple(leaves), *map(tuple, levels)]
        if set(found[-1]) != {ALL} or len(found) == 1:
            found.append((ALL,) * len(leaves))
        if twice := [leaf for leaf, count in Counter(leaves).items() if count > 1]:
            raise HierarchyFault(f"{twice[0]} stands there twice")
        for number, (below, above) in enumerate(pairwise(found), 1):
            if len(above) != len(below):
                raise HierarchyFault(f"level {number} has {len(above)} labels, not {len(below)}")
            label_of: dict[str, str] = {}
            for under, label in zip(below, above, strict=True):
                if label_of.setdefault(under, label) != label:
                    raise HierarchyFault(
                        f"level {number}: {under} lies under {label_of[under]} and {label}"
                    )
        return cls(tuple(found))

    @classmethod
    def read(cls, text: str) -> "Hierarchy":
        """Return the hierarchy of lines ``leaf;level 1;…;*``, as ARX writes and reads them.

        Raises ``HierarchyFault``, naming the line.
        """
        rows = [row for row in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";") if row]
        for number, row in enumerate(rows, 1):
            if len(row) != len(rows[0]):
                raise HierarchyFault(f"line {number} has {len(row)} labels, not {len(rows[0])}")
        return cls.made(*zip(*rows, strict=True)) if rows else cls.made(())

    @property
    def leaves(self) -> tuple[str, ...]:
        """The values that it knows."""
        return self.levels[0]

    @property
    def height(self) -> int:
        """The number of the top level."""
        return len(self.levels) - 1

    @cached_property
    def place(self) -> Mapping[str, int]:
        """At which place of the levels each leaf stands."""
        return {leaf: place for place, leaf in enumerate(self.leaves)}

    @cached_property
    def sizes(self) -> tuple[Mapping[str, int], ...]:
        """How many leaves lie under each label, for each level."""
        return tuple(map(Counter, self.levels))

    def covers(self, column: str, values: Iterable[str]) -> None:
        """Raise ``UnknownLeaves`` for values of a column that it does not know."""
        if unknown := [value for value in values if value not in self.place]:
            raise UnknownLeaves(column, unknown)

    def preview(self, counts: Mapping[str, int]) -> tuple[Level, ...]:
        """Return what each level makes of values that occur so often."""
        found = []
        for number, labels in enumerate(self.levels):
            rows: Counter[str] = Counter()
            for value, count in counts.items():
                rows[labels[self.place[value]]] += count
            samples = tuple(label for label, _ in rows.most_common(SHOWN))
            found.append(Level(number, len(rows), min(rows.values(), default=0), samples))
        return tuple(found)

    def write(self) -> str:
        """Return it as the lines that ``read`` reads."""
        out = io.StringIO()
        csv.writer(out, delimiter=";", lineterminator="\n").writerows(
            zip(*self.levels, strict=True)
        )
        return out.getvalue()


def distinct(values: Collection[str]) -> list[str]:
    """Return the values once each, in order."""
    return sorted(set(values))
