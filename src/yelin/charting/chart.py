"""A chart: what it shows of which columns, as it stands in an address, and what it asks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from yelin.warehouse.question import AGGREGATES, SPANS, Aggregate, Filter, Question, is_span

KINDS = ("bar", "line", "histogram", "map", "points")
# Bars that can be told apart; the rest stands in one of their own.
MOST_BARS = 15
MOST_POINTS = 2_000
COUNT = "count"


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: ``y`` of each group ``x`` of rows; of points, ``beside`` is their north.

    ``x`` is a column or a span of one, as ``Question.groups`` has them, ``y`` as an ``Aggregate``
    is called.
    """

    kind: str
    x: str
    y: str = COUNT
    beside: str = ""
    filters: tuple[Filter, ...] = ()

    @property
    def measure(self) -> Aggregate:
        """Return what is told of each group."""
        function, _, column = self.y.partition(":")
        return Aggregate(function, column)

    @property
    def is_counted(self) -> bool:
        """Whether what is told of each group is how many there are."""
        return self.measure.function in {"count", "distinct"}

    @property
    def span(self) -> str:
        """Return by which span of time or width of numbers ``x`` is put together, where it is."""
        by, colon, _ = self.x.partition(":")
        return by if colon and is_span(by) else ""

    @property
    def column(self) -> str:
        """Return the column whose values stand along the chart."""
        return self.x.removeprefix(f"{self.span}:") if self.span else self.x

    @property
    def question(self) -> Question:
        """Return what is asked of the table: one row for each mark."""
        groups = (self.x, self.beside) if self.kind == "points" else (self.x,)
        # Times stay in their order.
        by_size = self.kind in {"bar", "map"} and self.span not in SPANS
        sort = ((self.measure.name, True) if by_size else (self.x, False),)
        limit = MOST_BARS if self.kind == "bar" else MOST_POINTS
        return Question(
            filters=self.filters,
            groups=groups,
            aggregates=(self.measure,),
            sort=sort,
            limit=limit,
        )

    @property
    def whole(self) -> Question:
        """Return what is asked to know the whole of which the bars are parts."""
        return replace(self.question, groups=(), sort=(), limit=1)

    def address(self) -> list[tuple[str, str]]:
        """Return the parameters that say it; filters are said by whoever knows how."""
        said = [("kind", self.kind), ("x", self.x), ("y", self.y), ("beside", self.beside)]
        return [(name, value) for name, value in said if value and (name, value) != ("y", COUNT)]


def read(query: Mapping[str, str], filters: tuple[Filter, ...] = ()) -> Chart | None:
    """Return the chart that an address says, perhaps of no kind; nothing where it says none."""
    kind, x, y = query.get("kind", ""), query.get("x", ""), query.get("y", "") or COUNT
    beside = query.get("beside", "")
    function, _, column = y.partition(":")
    is_measured = function in AGGREGATES and (column or y == COUNT)
    if kind not in ("", *KINDS) or not x or not is_measured:
        return None
    if kind == "points" and not beside:
        return None
    return Chart(kind, x, y, beside if kind == "points" else "", filters)
