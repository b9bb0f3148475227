"""What each column of a table says of a person or a unit, and what is to become of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from yelin.privacy.deidentify.hierarchy import Hierarchy


class Role(StrEnum):
    """What a column is (GB/T 37964, GB/T 42460 appendices A and B)."""

    DIRECT = "direct"
    QUASI = "quasi"
    SENSITIVE = "sensitive"
    OTHER = "other"


class Nulls(StrEnum):
    """How a missing value of a quasi-identifier is compared when rows that look alike are counted.

    ``EQUAL``: as a value of its own. ``NONE``: equal to nothing, so that its row stands alone.
    ``ALL``: equal to everything, as an attacker reads who takes it for anything. A row is alike to
    no more others by ``NONE`` than by ``EQUAL``, and by ``EQUAL`` than by ``ALL``.
    """

    EQUAL = "equal"
    NONE = "none"
    ALL = "all"

    @property
    def binding(self) -> "Nulls":
        """The reading that a release is held to: instead of ``ALL`` the stricter ``EQUAL``."""
        return Nulls.EQUAL if self is Nulls.ALL else self


class Average(StrEnum):
    """By what the numbers of rows that look alike are replaced."""

    MEAN = "mean"
    MEDIAN = "median"
    MODE = "mode"


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """Values are replaced by their HMAC under a key that nobody keeps."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """Numbers below ``least`` become it, and those above ``most`` (top and bottom coding)."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Grouped:
    """Numbers become the mean of ``size`` rows or more whose numbers are near.

    Those of quasi-identifiers are near within their class, in all such columns together; others
    each by itself, among all rows.
    """

    size: int


Method = Pseudonym | Bounded | Average | Grouped


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its role, and for a quasi-identifier the levels between which one is chosen.

    ``least`` and ``most`` are levels of the hierarchy; ``weight`` says how much its loss counts
    beside that of others. Without a ``method`` a direct identifier is left out, a quasi-identifier
    made coarser, and anything else kept.
    """

    name: str
    role: Role
    hierarchy: Hierarchy | None = None
    least: int = 0
    most: int | None = None
    weight: float = 1.0
    method: Method | None = None

    def __post_init__(self) -> None:
        if self.is_coarsened and self.hierarchy is None:
            raise BadPlan(self.name, "a quasi-identifier needs a hierarchy")
        if self.hierarchy is not None:
            top = self.hierarchy.height
            if not 0 <= self.least <= (top if self.most is None else self.most) <= top:
                raise BadPlan(self.name, f"levels lie between 0 and {top}")
        if self.weight <= 0:
            raise BadPlan(self.name, "a weight is above zero")
        if self.role is Role.QUASI and isinstance(self.method, Pseudonym | Bounded):
            raise BadPlan(self.name, "a quasi-identifier is made coarser, or averaged")
        if self.role is Role.DIRECT and isinstance(self.method, Bounded | Average | Grouped):
            raise BadPlan(self.name, "a direct identifier is left out, or gets a pseudonym")

    @property
    def is_coarsened(self) -> bool:
        """Whether a level is chosen for it."""
        return self.role is Role.QUASI and self.method is None


class BadPlan(Exception):
    """A column cannot be treated as the plan says."""

    def __init__(self, column: str, says: str) -> None:
        super().__init__(f"{column}: {says}")
        self.column, self.says = column, says


class Unclassified(Exception):
    """Columns of the table have no role: nothing is guessed, and nothing made."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__("no role was chosen for: " + ", ".join(columns))
        self.columns = tuple(columns)


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of every column, how nulls are read, and how many rows may be left out.

    ``cap`` is the share of rows, from 0 to 1, that may be left out because too few are like them;
    with ``cells`` those stay that are like enough others once some of their cells are starred.
    """

    columns: tuple[Column, ...]
    nulls: Nulls = Nulls.EQUAL
    cap: float = 0.0
    cells: bool = False
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 0 <= self.cap < 1:
            raise ValueError("a share lies from 0 to below 1")
        object.__setattr__(self, "_by_name", {each.name: each for each in self.columns})

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    def fits(self, names: Iterable[str]) -> None:
        """Raise ``Unclassified`` for columns without a role, ``BadPlan`` for strange ones."""
        there = list(names)
        if unclassified := [name for name in there if name not in self._by_name]:
            raise Unclassified(unclassified)
        if strange := [name for name in self._by_name if name not in there]:
            raise BadPlan(strange[0], "the table has no such column")

    @property
    def coarsened(self) -> tuple[Column, ...]:
        """The quasi-identifiers for which levels are chosen."""
        return tuple(each for each in self.columns if each.is_coarsened)

    @property
    def grouped(self) -> tuple[Column, ...]:
        """The quasi-identifiers whose numbers are grouped, together, within each class."""
        return tuple(
            each
            for each in self.columns
            if each.role is Role.QUASI and isinstance(each.method, Grouped)
        )

    def named(self, role: Role) -> tuple[str, ...]:
        """Return the names of the columns that have a role."""
        return tuple(each.name for each in self.columns if each.role is role)
