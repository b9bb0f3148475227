"""A table with noise on its way to a resource: spent for, drawn, brought in, in this order.

Nobody is told a figure before the spending is committed, and none leaves but together with it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yelin.acts import frame
from yelin.catalog.models import Entry
from yelin.files.places import Place, pieces
from yelin.files.store import scratch
from yelin.parties.actor import Actor
from yelin.privacy.deidentify.noised import Measure, Noise, Noised, noised
from yelin.privacy.workbench import spending
from yelin.privacy.workbench.statistics import TOTAL
from yelin.privacy.workbench.working import reading
from yelin.things.models import Thing
from yelin.warehouse.models import Release, Upload
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

GIVEN = "有数值的数量"
# Of the mean's bounds, that of each of the two figures it is made of: together 95 %.
_EACH = 0.975


@dataclass(frozen=True, slots=True)
class Names:
    """What the columns of the table are called: each measure, and the mean with both bounds."""

    of: Mapping[Measure, str]
    mean: tuple[str, ...] = ()

    @classmethod
    def chosen(cls, counted: str, value: str = "", *, mean: bool = False) -> "Names":
        """Return the names of a table whose count and value are called so."""
        of = {Measure.ROWS: counted, Measure.GIVEN: GIVEN, Measure.SUM: value}
        if not mean:
            return cls(of)
        return cls(of | {Measure.SUM: f"{value}总和"}, (value, f"{value}下限", f"{value}上限"))


def bring_in(
    *,
    actor: Actor,
    work: Thing,
    source: Release,
    to: Entry,
    asked: Noise,
    names: Names,
    note: Callable[[Upload], object],
) -> Upload:
    """Draw a table of ``source`` and bring it in for ``to``; ``note`` it in that transaction.

    It is spent of the budget of the source's resource. Killed before it is brought in, it is run
    again for the same spending: what was drawn is known to nobody. Raises ``Incomplete``,
    ``BadPlan``, ``Destroyed``, and ``OutOfTurn`` where another attempt was faster.
    """
    spent = spending.spend(work, source.entry, asked.whole)
    path = scratch() / f"{spent.pk}-{work.pk}.parquet"
    try:
        with reading(source) as (engine, relation):
            write(noised(engine, relation, asked), names, path)
        received = receive(pieces(path.open("rb")), f"{source.entry.title}-{source.number}.parquet")
    finally:
        path.unlink(missing_ok=True)
    made: list[Upload] = []

    def left(done: Sequence[frame.Done]) -> None:
        spending.let_out(spent)
        upload = Upload.objects.get(pk=done[0].made.pk)
        note(upload)
        made.append(upload)

    said = {"entry": to, "received": received, "options": Options()}
    frame.named("warehouse.receive").several(actor, lambda: [said], left)
    return made[0]


def write(table: Noised, names: Names, to: Place) -> None:
    """Write the figures as Parquet: labels, then what was drawn; totals are called so."""
    rows = list(table.rows())
    columns: dict[str, pa.Array[Any]] = {
        each.column: pa.array([TOTAL if labels[at] is None else labels[at] for labels, *_ in rows])
        for at, each in enumerate(table.asked.dimensions)
    }
    for measure in table.asked.epsilon:
        figures = [figures[measure] for *_, figures in rows]
        columns[names.of[measure]] = (
            _in_steps(table.asked, figures) if measure is Measure.SUM else pa.array(figures)
        )
    if Measure.GIVEN in table.asked.epsilon:
        means = list(zip(*_means(table), strict=True))
        columns |= {name: pa.array(each) for name, each in zip(names.mean, means, strict=True)}
    with to.open("wb") as file:
        pq.write_table(pa.table(columns), file)


def _in_steps(asked: Noise, figures: list[int]) -> "pa.Array[Any]":
    assert asked.number is not None  # noqa: S101 - there is a sum
    step = asked.number.step
    places = max(0, -int(step.normalize().as_tuple().exponent))
    return pa.array([figure * step for figure in figures], pa.decimal128(38, places))


def _means(table: Noised) -> Iterator[tuple[float | None, float, float]]:
    """Yield each mean with its bounds, from noised figures alone; none where nobody may be there.

    They are kept within the declared bounds, which were known beforehand.
    """
    number = table.asked.number
    assert number is not None  # noqa: S101 - there is a mean
    low, high = float(number.low), float(number.high)
    for _, added, figures in table.rows():
        given, total = figures[Measure.GIVEN], Decimal(figures[Measure.SUM]) * number.step
        far = table.half_width(Measure.GIVEN, added, _EACH)
        off = table.half_width(Measure.SUM, added, _EACH) * number.step
        if given < 1:
            yield None, low, high
            continue
        ends = [
            float(sum_ / many)
            for sum_ in (total - off, total + off)
            for many in (max(given - far, 1), given + far)
        ]
        mean, least, most = (
            min(max(each, low), high) for each in (float(total / given), min(ends), max(ends))
        )
        yield mean, least, most
