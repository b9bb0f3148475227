"""Write every refused cell of a table into a file: where it stands, what it is, and why."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from yelin.files.places import Place
from yelin.warehouse.columns import Column
from yelin.warehouse.engine import Engine, literal
from yelin.warehouse.findings import REASONS, Reason
from yelin.warehouse.match import Mapped
from yelin.warehouse.staged import ROW_GROUP, Staged, source

REJECTS_AT_ONCE = 50_000
REJECTED = pa.schema(
    [pa.field("line", pa.int64())]
    + [
        pa.field(name, pa.string())
        for name in ("column", "value", "reason", "reason_zh", "reason_en", "raw")
    ]
)
# Why a row is refused for its key alone.
_BY_KEY = ("duplicate", "standing", "absent", "erased")
_BAD = "(ordinal, place, item, value, reason, reason_zh, reason_en)"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with some cells of a column: why, and the SQL condition of such a cell."""

    column: Column
    reason: Reason
    condition: str


@dataclass(frozen=True, slots=True)
class Cause:
    """How many cells of a column are refused for one reason; of no column where a row is none."""

    reason: str
    column: str | None
    count: int


def write_none(target: Place) -> None:
    """Write the file of a table of which nothing is refused."""
    with target.open("wb") as sink:
        pq.write_table(pa.Table.from_batches([], REJECTED), sink)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """What is refused of a table: cells at fault, rows by their key, and lines that are none.

    ``rows`` returns the staged rows with what is known of some columns; ``twins`` and ``set_aside``
    say how many rows stand in the engine's tables of these names; ``base`` is the release that they
    were compared with.
    """

    engine: Engine
    staged: Staged
    mapped: Sequence[Mapped]
    columns: Sequence[Column]
    rows: Callable[[Sequence[Column]], str]
    faults: Sequence[Fault]
    twins: int
    base: int
    set_aside: int

    def write(self, target: Place, report: Callable[[float], None]) -> None:
        """Write the file in the order of lines; ``report`` is told what part of it is done."""
        header = [(n, name) for n, name in enumerate(self.staged.header) if name]
        raw = ", ".join(f"{literal(name)}, c{place}" for place, name in header)
        parts = [
            f"SELECT ordinal, {fault.column.place} AS place, "  # noqa: S608 - quoted by literal()
            f"{literal(fault.column.item.name)} AS item, {fault.column.came} AS value, "
            f"{_told(fault.reason)} FROM {self.rows([fault.column])} WHERE {fault.condition}"
            for fault in self.faults
        ]
        if self.set_aside:
            cases = [
                f"SELECT ordinal, -1, NULL, NULL, {_told(REASONS[code])} "  # noqa: S608 - ours
                f"FROM aside WHERE reason = '{code}'"
                for code in ("note", "header")
            ]
            parts += cases
        if self.twins:
            parts.append(self._twin_rows())
        selects = []
        if parts:
            selects.append(
                'SELECT l.line + b.ordinal - l.ordinal AS line, b.place, b.item AS "column", '  # noqa: S608 - ours
                "b.value, b.reason, b.reason_zh, b.reason_en, "
                # Of what was erased nothing is kept but that it came again.
                "CASE WHEN b.reason <> 'erased' "
                f"THEN CAST(json_object({raw}) AS VARCHAR) END AS raw "
                f"FROM ({' UNION ALL '.join(parts)}) b{_BAD} "
                f"JOIN {source(self.staged)} r ON r.file_row_number = b.ordinal "
                f"ASOF JOIN read_parquet({literal(str(self.staged.lines))}) l "
                "ON b.ordinal >= l.ordinal"
            )
        if self.staged.structural:
            selects.append(self._structural_rows())
        if not selects:
            selects.append(
                "SELECT 0::BIGINT AS line, 0 AS place, '' AS \"column\", '' AS value, "
                "'' AS reason, '' AS reason_zh, '' AS reason_en, '' AS raw WHERE false"
            )
        rejects = (
            'SELECT line, CAST("column" AS VARCHAR) AS "column", CAST(value AS VARCHAR) AS value, '  # noqa: S608 - ours
            f"reason, reason_zh, reason_en, raw FROM ({' UNION ALL '.join(selects)})"
        )
        with ExitStack() as files:
            sink = files.enter_context(target.open("wb"))
            writer = files.enter_context(pq.ParquetWriter(sink, REJECTED, compression="zstd"))
            spans = self._spans()
            for done, (first, last) in enumerate(spans, 1):
                within = f"WHERE line BETWEEN {first} AND {last} ORDER BY line, place"
                for batch in self.engine.batches(f"{rejects} {within}", size=ROW_GROUP):
                    writer.write_batch(batch)
                report(done / len(spans))

    def _spans(self) -> list[tuple[int, int]]:
        """Return spans of lines with few enough rejects each to be put in order in memory."""
        many = sum(column.rejects for column in self.columns)
        many += self.twins + self.set_aside + self.staged.refused
        lines = literal(str(self.staged.lines))
        last = (
            self.engine.one(
                f"SELECT coalesce(max(line - ordinal), 0) FROM read_parquet({lines})"  # noqa: S608 - path is quoted
            )[0]
            + self.staged.rows
        )
        if self.staged.structural:
            structural = literal(str(self.staged.structural))
            lowest = self.engine.one(f"SELECT max(line) FROM read_parquet({structural})")  # noqa: S608 - path is quoted
            last = max(last, lowest[0])
        span = -(-(last + 1) // (1 + many // REJECTS_AT_ONCE))
        return [(first, first + span - 1) for first in range(0, last + 1, span)]

    def _twin_rows(self) -> str:
        # Only what was erased by a former key is found where there is none.
        keys = [column for column in self.columns if column.item.key] or self.columns[:1]
        cells = " || '，' || ".join(f"coalesce({column.cell}, '')" for column in keys)
        names = "，".join(column.item.name for column in keys)
        # What doubles a line of the file names that line, what stands already its row.
        met = (
            "CAST(w.first + CASE w.reason WHEN 'duplicate' THEN l.line - l.ordinal ELSE 1 END "
            "AS VARCHAR)"
        )

        def told(language: str) -> str:
            cases = " ".join(
                f"WHEN '{code}' THEN "
                f"{literal(getattr(REASONS[code], language).replace('{expects}', str(self.base)))}"
                for code in _BY_KEY
            )
            return f"replace(CASE w.reason {cases} END, '{{found}}', coalesce({met}, ''))"

        return (
            f"SELECT w.ordinal, {keys[0].place} AS place, {literal(names)}, "  # noqa: S608 - quoted by literal()
            f"CASE WHEN w.reason <> 'erased' THEN {cells} END, w.reason, "
            f"{told('zh')}, {told('en')} FROM twins w "
            f"ASOF JOIN read_parquet({literal(str(self.staged.lines))}) l "
            "ON coalesce(w.first, 0) >= l.ordinal "
            f"JOIN {source(self.staged)} s ON s.file_row_number = w.ordinal"
        )

    def _structural_rows(self) -> str:
        def told(language: str) -> str:
            cases = " ".join(
                f"WHEN '{code}' THEN {literal(getattr(reason, language))}"
                for code, reason in REASONS.items()
            )
            return (
                f"replace(replace(CASE reason {cases} END, '{{found}}', found), "
                "'{expects}', expects)"
            )

        names = {one.place: one.item.name for one in self.mapped if one.place is not None}
        column = " ".join(f"WHEN {place} THEN {literal(name)}" for place, name in names.items())
        named = f'CASE "column" {column} END' if column else "NULL"
        path = literal(str(self.staged.structural))
        return (
            f'SELECT line, coalesce("column", -1) AS place, {named} AS "column", value, reason, '  # noqa: S608 - quoted by literal()
            f"{told('zh')} AS reason_zh, {told('en')} AS reason_en, "
            f"CAST(to_json(raw) AS VARCHAR) AS raw FROM read_parquet({path})"
        )


def _told(reason: Reason) -> str:
    return (
        f"{literal(reason.code)} AS reason, {literal(reason.zh)} AS reason_zh, "
        f"{literal(reason.en)} AS reason_en"
    )
