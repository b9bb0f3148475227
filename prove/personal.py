"""Personal columns are told from those that only look so: precision and recall of each kind.

On the labelled sets of ``tests/warehouse/labelled.py``: the one by which detectors were mended, the
one that was held out, and what spreadsheets make of numbers.
"""

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tests.warehouse.labelled import (
    HELD_OUT,
    SPREADSHEETS,
    Column,
    Kind,
    counted,
    labelled,
    values,
)

from yelin.law import packs
from yelin.warehouse.engine import connect, literal
from yelin.warehouse.measuring.personal import look, place_names
from yelin.warehouse.survey import Survey

ROWS = 2_000
# So many columns at once, as wide tables have.
AT_ONCE = 60


def main(scale: float = 1.0) -> None:
    """Print the figures. Raises ``AssertionError`` where a column is pointed out wrongly."""
    sets = (("the set", ()), ("held out", HELD_OUT), ("spreadsheets", SPREADSHEETS))
    for name, listed in sets:
        columns = labelled(listed) if listed else labelled()
        rows = max(50, round(ROWS * scale))
        found = counted(columns, told(columns, rows))
        personal = sum(each.kind is not None for each in columns)
        print(f"{name}: {len(columns)} columns of {rows} values, {personal} of them personal")
        for kind, count in found.items():
            if count.there or count.told:
                print(
                    f"  {kind:12} {count.there:3} there, {count.told:3} told, {count.right:3}"
                    f" right: precision {count.precision:.2f}, recall {count.recall:.2f}"
                )
        assert all(count.precision == 1 for count in found.values())


def told(columns: list[Column], rows: int) -> set[tuple[str, Kind]]:
    """Return which columns are pointed out, each with its kind."""
    found: set[tuple[str, Kind]] = set()
    places = place_names(packs.active())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.parquet"
        pq.write_table(pa.table(values(columns, rows)), file)
        with connect(memory_mb=256, roots=[Path(folder)]) as engine:
            for first in range(0, len(columns), AT_ONCE):
                names = [each.name for each in columns[first : first + AT_ONCE]]
                survey = Survey(f"read_parquet({literal(str(file))})", rows, engine)
                seen = look(survey, dict.fromkeys(names, "C"), places)
                found |= {(each.column, each.kind) for each in seen()}
    return found
