"""Small tables on their way through the pipeline, without a database."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq

from yelin.warehouse.engine import connect
from yelin.warehouse.formats import Column
from yelin.warehouse.items import ItemSpec
from yelin.warehouse.pipeline import Options, Prepared, prepare
from yelin.warehouse.query import Table

# The times of a release have no zone.
at = datetime.fromisoformat


@dataclass(frozen=True)
class Outcome:
    """What came of a file, opened for a test to look into."""

    prepared: Prepared
    work: Path

    @property
    def rows(self) -> list[tuple]:
        table = pq.read_table(self.work / "data.parquet")
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    @property
    def rejected(self) -> list[dict]:
        return pq.read_table(self.work / "rejected.parquet").to_pylist()

    @property
    def faults(self) -> list[tuple]:
        return [(row["line"], row["column"], row["value"], row["reason"]) for row in self.rejected]

    @property
    def raw(self) -> list:
        return [json.loads(row["raw"]) for row in self.rejected]

    @property
    def codes(self) -> list[str]:
        return [notice.code for notice in self.prepared.notices]

    @property
    def types(self) -> dict[str, str]:
        return {item.name: item.type for item in self.prepared.proposed}

    @property
    def types_kept(self) -> list[str]:
        return [column.duckdb_type for column in self.prepared.columns]

    def table(self, **over) -> Table:
        columns = [
            Column(one.name, one.type, one.as_text, one.scale) for one in self.prepared.columns
        ]
        engine = connect(memory_mb=128, roots=[self.work.parent], temp=self.work / "spill")
        return Table([self.work / "data.parquet"], columns, engine, **over)


def items(*specs: str) -> list[ItemSpec]:
    """Read items from ``name:type``, with ``!`` for required, ``#`` for key, ``/`` for length."""
    made = []
    for spec in specs:
        name, _, rest = spec.rpartition(":")
        kind, _, length = rest.rstrip("!#").partition("/")
        made.append(
            ItemSpec(name, kind, length or None, nullable="!" not in rest, key=rest.endswith("#"))
        )
    return made


def bring(
    tmp_path: Path,
    content: str | bytes | Path,
    *specs: str,
    name="table.csv",
    standards=None,
    **options,
):
    """Prepare a small file by the items given as text, or propose items when there are none."""
    if isinstance(content, Path):
        source = content
    else:
        source = tmp_path / name
        source.write_bytes(content if isinstance(content, bytes) else content.encode())
    work = tmp_path / f"work-{source.name}"
    prepared = prepare(
        source, source.name, work, items(*specs), Options(**options), standards=standards
    )
    return Outcome(prepared, work)
