"""Bring a staged table to its items: typed rows into one file, every refused cell into another."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.parquet as pq

from yelin.files.places import Place
from yelin.warehouse import values
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.findings import REASONS, Notice, Reason, Unfit
from yelin.warehouse.items import (
    DECIMAL_TYPES,
    EXPECTED,
    FLOAT_TYPES,
    NUMBER_TYPES,
    ItemSpec,
    fold,
    require_sound,
)
from yelin.warehouse.parse import (
    ROW_GROUP,
    Staged,
    leave_out,
    set_aside,
    source,
    stays,
    turns,
)

DATE_ORDERS = ("ymd", "dmy", "mdy")
REJECTS_AT_ONCE = 50_000
REJECTED = pa.schema(
    [pa.field("line", pa.int64())]
    + [
        pa.field(name, pa.string())
        for name in ("column", "value", "reason", "reason_zh", "reason_en", "raw")
    ]
)
_BAD = "(ordinal, place, item, value, reason, reason_zh, reason_en)"


@dataclass(frozen=True, slots=True)
class Mapped:
    """An item and the column that carries it; ``place`` is None where the file has none."""

    item: ItemSpec
    place: int | None
    header: str | None


@dataclass(frozen=True, slots=True)
class Conformed:
    """What came of a table: how many rows kept and refused, and how each column is read."""

    rows: int
    refused: int
    cells: int
    reasons: dict[str, int]
    readings: tuple[values.Reading, ...]
    notices: tuple[Notice, ...]


@dataclass(slots=True)
class _Column:
    """One mapped column and what the whole of it showed."""

    item: ItemSpec
    place: int
    reading: values.Reading
    wrong: int = 0
    long: int = 0
    empty: int = 0

    @property
    def plain(self) -> str:
        return f"p{self.place}"

    @property
    def state(self) -> str:
        return f"s{self.place}"

    @property
    def value(self) -> str:
        if self.item.is_text:
            return values.kept(self.cell)
        return self.reading.value(self.cell, self.plain, self.tidy)

    @property
    def cell(self) -> str:
        return f"c{self.place}"

    @property
    def tidy(self) -> str:
        return f"t{self.place}"

    @property
    def required(self) -> bool:
        return self.item.key or not self.item.nullable

    @property
    def rejects(self) -> int:
        """How many cells are refused; an empty one only where the item asks for a value."""
        return self.wrong + self.long + (self.empty if self.required else 0)


def match(items: Sequence[ItemSpec], staged: Staged) -> tuple[list[Mapped], list[Notice]]:
    """Find the column of each item: by its exact name, else by the name folded.

    Raises ``Unfit`` when a required item has no column, naming the nearest headers.
    """
    exact = {name: place for place, name in enumerate(staged.header) if name}
    folded: dict[str, list[int]] = {}
    for name, place in exact.items():
        folded.setdefault(fold(name), []).append(place)
    mapped: list[Mapped] = []
    missing: list[ItemSpec] = []
    for item in items:
        places = [exact[item.name]] if item.name in exact else folded.get(fold(item.name), [])
        if len(places) > 1:
            raise Unfit(
                "header.alike",
                "The columns {columns} could all be the item “{item}”; rename all but one",
                {
                    "columns": "、".join(staged.header[place] for place in places),
                    "item": item.name,
                },
                line=staged.header_line,
                column=item.name,
            )
        if places:
            mapped.append(Mapped(item, places[0], staged.header[places[0]]))
        else:
            mapped.append(Mapped(item, None, None))
            missing.append(item)
    taken = {one.place for one in mapped}
    spare = [name for place, name in enumerate(staged.header) if name and place not in taken]
    _require_columns(items, missing, spare, staged)
    notices = [_missing(item, spare) for item in missing]
    notices += [
        Notice(
            "columns.extra",
            "The column “{column}” is no item of the entry and was left out",
            {"column": name},
            column=name,
        )
        for name in spare
    ]
    return mapped, notices


def _require_columns(
    items: Sequence[ItemSpec], missing: Sequence[ItemSpec], spare: Sequence[str], staged: Staged
) -> None:
    required = [item for item in missing if item.key or not item.nullable]
    if len(missing) == len(items):
        required = list(missing)
    if not required:
        return
    named = _listed(item.name for item in required)
    near = _listed(dict.fromkeys(one for item in required for one in _near(item.name, spare)))
    raise Unfit(
        "columns.required",
        "The file has no column {missing}; the nearest are {near}"
        if near
        else "The file has no column {missing}",
        {"missing": named, "near": near},
        line=staged.header_line or None,
        column=required[0].name,
    )


def _missing(item: ItemSpec, spare: Sequence[str]) -> Notice:
    near = _listed(_near(item.name, spare))
    return Notice(
        "columns.missing",
        "The file has no column “{item}”; it stays empty, unless it is one of {near}"
        if near
        else "The file has no column “{item}”; it stays empty",
        {"item": item.name, "near": near},
        column=item.name,
    )


def _near(name: str, spare: Sequence[str]) -> list[str]:
    folds = {fold(one): one for one in spare}
    near = difflib.get_close_matches(fold(name), folds, n=3, cutoff=0.5)
    near += [one for one in folds if one not in near and (fold(name) in one or one in fold(name))]
    return [folds[one] for one in near[:3]]


def _listed(names: Iterable[str]) -> str:
    return "、".join(f"“{name}”" for name in names)


class Conforming:
    """One table on its way to its items."""

    def __init__(
        self,
        staged: Staged,
        items: Sequence[ItemSpec],
        engine: Engine,
        work: Place,
        *,
        date_order: str | None = None,
        report: Callable[[float], None] = lambda _done: None,
    ) -> None:
        require_sound(items)
        if date_order is not None and date_order not in DATE_ORDERS:
            raise Unfit(
                "dates.order",
                "The date order {order} is not known; choose ymd, dmy or mdy",
                {"order": date_order},
            )
        self.staged = staged
        self.engine = engine
        self.work = work
        self.date_order = date_order
        self.report = report
        self.mapped, self.notices = match(items, staged)
        self.columns = [
            _Column(one.item, one.place, values.Reading(one.item))
            for one in self.mapped
            if one.place is not None
        ]

    def run(self) -> Conformed:
        """Write ``data.parquet`` and ``rejected.parquet`` below the work folder."""
        self.set_aside = set_aside(self.engine, self.staged)
        self._learn()
        self._find_twins()
        rows = self._write()
        self._write_rejected()
        path = literal(str(self.work / "rejected.parquet"))
        cells, refused = self.engine.one(
            f"SELECT count(*), count(DISTINCT line) FROM read_parquet({path})"  # noqa: S608 - path is quoted
        )
        reasons = self.engine.rows(
            f"SELECT reason, count(*) FROM read_parquet({path}) GROUP BY ALL ORDER BY ALL"  # noqa: S608 - path is quoted
        )
        readings = {column.item.name: column.reading for column in self.columns}
        return Conformed(
            rows=rows,
            refused=int(refused),
            cells=int(cells),
            reasons={str(reason): int(count) for reason, count in reasons},
            readings=tuple(
                readings.get(one.item.name, values.Reading(one.item)) for one in self.mapped
            ),
            notices=tuple(self.notices),
        )

    def _rows(self) -> str:
        """Return the staged rows that are data, with what each typed cell is.

        Of a typed cell c: p says that it is written in the plain way, t is the cell tidied, and s
        is 0 for empty, 1 for something, 2 for a mark that stands for nothing.
        """
        typed = [column for column in self.columns if not column.item.is_text]
        plain = "".join(
            f", {values.matches(one.cell, values.PLAIN[one.item.type])} AS {one.plain}"
            for one in typed
        )
        tidy = "".join(
            f", CASE WHEN {one.plain} THEN {one.cell} ELSE {values.tidied(one.cell)} END "
            f"AS {one.tidy}"
            for one in typed
        )
        state = "".join(
            f", CASE WHEN {one.plain} THEN 1 WHEN coalesce({one.tidy}, '') = '' THEN 0 "
            f"WHEN {values.is_mark(one.tidy)} THEN 2 ELSE 1 END AS {one.state}"
            for one in typed
        )
        aside = f"WHERE {stays('aside')}" if self.set_aside else ""
        return (
            f"(SELECT *{state} FROM (SELECT *{tidy} FROM ("  # noqa: S608 - columns are ours
            f"SELECT *, file_row_number AS ordinal{plain} FROM {source(self.staged)} {aside})))"
        )

    def _learn(self) -> None:
        """Ask once about every column: what is wrong, too long, empty, and how it is to be read."""
        asked: list[str] = []
        answers: list[tuple[_Column, str]] = []
        for column in self.columns:
            for name, sql in _questions(column).items():
                asked.append(sql)
                answers.append((column, name))
        if not asked or not self.staged.rows:
            return
        row = self.engine.run(f"SELECT {', '.join(asked)} FROM {self._rows()}")[0]  # noqa: S608 - columns are ours
        facts: dict[int, dict[str, int]] = {}
        for (column, name), value in zip(answers, row, strict=True):
            facts.setdefault(column.place, {})[name] = int(value or 0)
        for column in self.columns:
            self._settle(column, facts.get(column.place, {}))
        self.report(0.3)

    def _settle(self, column: _Column, facts: dict[str, int]) -> None:
        """Choose how a column is read from what the whole of it showed."""
        item = column.item
        column.empty, column.long = facts["empty"], facts.get("long", 0)
        if facts.get("marks"):
            self.notices.append(
                Notice(
                    "values.marks",
                    "{count} cells of “{column}” with a mark such as “…”, “—” or “N/A” count as "
                    "empty",
                    {"count": facts["marks"], "column": item.name},
                    column=item.name,
                )
            )
        if item.is_text:
            return
        column.wrong = facts["present"] - facts["right"]
        all_plain = not facts["odd"]
        column.reading = replace(column.reading, all_plain=all_plain)
        if item.type in DECIMAL_TYPES:
            self._settle_decimal(column, facts)
        elif item.type in "DT" and (
            facts["last"] > facts["right"] or (facts["last"] and self.date_order)
        ):
            order = self._order_of(column, facts)
            column.reading = replace(column.reading, order=order)
            wrong = self.engine.one(f"SELECT count_if({_is_wrong(column)}) FROM {self._rows()}")  # noqa: S608 - columns are ours
            column.wrong = int(wrong[0])

    def _settle_decimal(self, column: _Column, facts: dict[str, int]) -> None:
        item = column.item
        scale = facts["scale"] if item.scale is None else item.scale
        # A number of so few letters fits whatever they are; only longer ones are looked into.
        wide = facts["letters"] + scale > 38 and self._whole_digits(column) + scale > 38
        column.reading = replace(
            column.reading, scale=scale, wide_decimal=wide, fits=facts["scale"] <= scale
        )
        if wide:
            self.notices.append(
                Notice(
                    "values.wide",
                    "The numbers of “{column}” have more than 38 digits and are kept as floating "
                    "point, which rounds them",
                    {"column": item.name},
                    column=item.name,
                )
            )

    def _whole_digits(self, column: _Column) -> int:
        number = values.matches(column.tidy, values.DECIMAL)
        digits = values.whole_digits(column.tidy)
        row = self.engine.one(f"SELECT max({digits}) FILTER ({number}) FROM {self._rows()}")  # noqa: S608 - columns are ours
        return int(row[0] or 0)

    def _order_of(self, column: _Column, facts: dict[str, int]) -> str:
        """Return the order of day and month of a column whose years stand last."""
        if self.date_order in ("dmy", "mdy"):
            return self.date_order
        params = {"column": column.item.name}
        if facts["first_high"] and facts["second_high"]:
            raise Unfit(
                "dates.mixed",
                "The column “{column}” has dates with the day first and dates with the month "
                "first; choose the date order, or write them as 2020-01-31",
                params,
                column=column.item.name,
            )
        if not facts["first_high"] and not facts["second_high"]:
            raise Unfit(
                "dates.ambiguous",
                "The dates of the column “{column}” can be read with the day or the month first; "
                "choose the date order (dmy or mdy)",
                params,
                column=column.item.name,
            )
        order = "dmy" if facts["first_high"] else "mdy"
        self.notices.append(
            Notice(
                "dates.order",
                "The dates of “{column}” are read as {order}: some can be read in no other way",
                {"column": column.item.name, "order": order},
                column=column.item.name,
            )
        )
        return order

    def _faults(self) -> list[tuple[_Column, Reason, str]]:
        """Return every fault that some cell has: its column, its reason and its SQL condition."""
        found = []
        for column in self.columns:
            item = column.item
            if column.wrong:
                zh, en = EXPECTED[item.type]
                reason = REASONS["type"].filled(expects=en, expects_zh=zh)
                found.append((column, reason, _is_wrong(column)))
            if column.long:
                reason = REASONS["length"].filled(expects=item.length or "")
                found.append((column, reason, _is_long(column)))
            if column.empty and column.required:
                found.append((column, REASONS["required"], _is_empty(column)))
        return found

    def _good(self) -> str:
        faults = " OR ".join(f"({condition})" for _, _, condition in self._faults())
        return f"NOT coalesce({faults}, false)" if faults else "true"

    def _find_twins(self) -> None:
        """Put rows whose key stood before into the engine's table ``twins``, with the first one."""
        self.engine.rows("CREATE OR REPLACE TEMP TABLE twins (ordinal BIGINT, first BIGINT)")
        self.twins = 0
        keys = [column.value for column in self.columns if column.item.key]
        if not keys or not self.staged.rows:
            return
        listed = ", ".join(keys)
        for turn in turns(listed, self.staged.rows):
            rows = f"{self._rows()} WHERE {self._good()} AND {turn}"
            doubled = self.engine.rows(
                f"SELECT 1 FROM {rows} GROUP BY {listed} HAVING count(*) > 1 LIMIT 1"  # noqa: S608 - columns are ours
            )
            if doubled:
                self.engine.run(
                    "INSERT INTO twins SELECT ordinal, first FROM ("  # noqa: S608 - columns are ours
                    f"SELECT ordinal, min(ordinal) OVER (PARTITION BY {listed}) AS first "
                    f"FROM {rows}) WHERE ordinal > first"
                )
        self.twins = leave_out(self.engine, "twins", self.staged.rows)

    def _write(self) -> int:
        carried = {column.item.name: column for column in self.columns}
        select = []
        for one in self.mapped:
            column = carried.get(one.item.name)
            kind = column.reading.duckdb_type if column else values.Reading(one.item).duckdb_type
            value = f"({column.value})" if column else "NULL"
            select.append(f"CAST({value} AS {kind}) AS {ident(one.item.name)}")
        twins = f" AND {stays('twins')}" if self.twins else ""
        target = self.work / "data.parquet"
        # What an earlier run left has its name under the seal and cannot be renamed away.
        target.unlink(missing_ok=True)
        answer = self.engine.run(
            f"COPY (SELECT {', '.join(select)} FROM {self._rows()} WHERE {self._good()}{twins}) "  # noqa: S608 - every name is quoted by ident()
            f"TO {literal(str(target))} "
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})",
            report=lambda done: self.report(0.3 + 0.6 * done),
        )
        return int(answer[0][0])

    def _write_rejected(self) -> None:
        header = [(n, name) for n, name in enumerate(self.staged.header) if name]
        raw = ", ".join(f"{literal(name)}, c{place}" for place, name in header)
        parts = [
            f"SELECT ordinal, {column.place} AS place, {literal(column.item.name)} AS item, "  # noqa: S608 - quoted by literal()
            f"{column.cell} AS value, {_told(reason)} FROM {self._rows()} WHERE {condition}"
            for column, reason, condition in self._faults()
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
                f"CAST(json_object({raw}) AS VARCHAR) AS raw "
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
            sink = files.enter_context((self.work / "rejected.parquet").open("wb"))
            writer = files.enter_context(pq.ParquetWriter(sink, REJECTED, compression="zstd"))
            spans = self._spans()
            for done, (first, last) in enumerate(spans, 1):
                within = f"WHERE line BETWEEN {first} AND {last} ORDER BY line, place"
                for batch in self.engine.batches(f"{rejects} {within}", size=ROW_GROUP):
                    writer.write_batch(batch)
                self.report(0.9 + 0.1 * done / len(spans))

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
        keys = [column for column in self.columns if column.item.key]
        reason = REASONS["duplicate"]
        cells = " || '，' || ".join(f"coalesce({column.cell}, '')" for column in keys)
        names = "，".join(column.item.name for column in keys)
        line = "CAST(l.line + w.first - l.ordinal AS VARCHAR)"
        zh, en = (
            f"replace({literal(text)}, '{{found}}', {line})" for text in (reason.zh, reason.en)
        )
        return (
            f"SELECT w.ordinal, {keys[0].place} AS place, {literal(names)}, {cells}, "  # noqa: S608 - quoted by literal()
            f"'duplicate', {zh}, {en} FROM twins w "
            f"ASOF JOIN read_parquet({literal(str(self.staged.lines))}) l ON w.first >= l.ordinal "
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


def _questions(column: _Column) -> dict[str, str]:
    """Return what is asked about a column, as SQL aggregates by name."""
    item, tidy = column.item, column.tidy
    asked = {"empty": f"count_if({_is_empty(column)})"}
    long = _is_long(column)
    if long:
        asked["long"] = f"count_if({long})"
    if item.is_text:
        return asked
    asked["odd"] = f"count_if(NOT {column.plain})"
    asked["present"] = f"count_if({column.state} = 1)"
    asked["marks"] = f"count_if({column.state} = 2)"
    if item.type in DECIMAL_TYPES:
        number = _is_number(column)
        asked["right"] = f"count_if({number})"
        asked["scale"] = f"max({values.decimals(tidy)}) FILTER ({number})"
        asked["letters"] = f"max(length({tidy})) FILTER ({number})"
        return asked
    asked["right"] = f"count({column.value})"
    if item.type in "DT":
        last = values.year_last(tidy, timed=item.type == "T")
        last = f"CASE WHEN {column.plain} THEN false ELSE {last} END"
        asked["last"] = f"count_if({last})"
        asked["first_high"] = (
            f"count_if(CASE WHEN {last} THEN {values.leading_part(tidy)} > 12 END)"
        )
        asked["second_high"] = (
            f"count_if(CASE WHEN {last} THEN {values.second_part(tidy)} > 12 END)"
        )
    return asked


def _is_number(column: _Column) -> str:
    return (
        f"CASE WHEN {column.plain} THEN true ELSE {values.matches(column.tidy, values.DECIMAL)} END"
    )


def _is_empty(column: _Column) -> str:
    if column.item.is_text:
        return f"({values.kept(column.cell)}) IS NULL"
    return f"{column.state} <> 1"


def _is_wrong(column: _Column) -> str:
    if column.item.type in DECIMAL_TYPES:
        return f"{column.state} = 1 AND NOT {_is_number(column)}"
    return f"{column.state} = 1 AND ({column.value}) IS NULL"


def _is_long(column: _Column) -> str:
    """Return when a value is longer than its item allows; empty where the item sets no length."""
    item, tidy = column.item, column.tidy
    if item.precision is None or item.type in FLOAT_TYPES:
        return ""
    if item.is_text:
        return f"length({column.cell}) > {item.precision}"
    if item.type not in NUMBER_TYPES:
        return ""
    whole, exact = values.whole_digits(tidy), values.fraction(tidy)
    if item.scale is None:
        room = item.precision
        long = f"{whole} + {exact} > {room}"
        short = f"length({tidy}) <= {room}"
    else:
        room = max(0, item.precision - item.scale)
        long = f"({whole} > {room} OR {exact} > {item.scale})"
        decimals = values.decimals(tidy)
        short = f"{decimals} <= {item.scale} AND length({tidy}) - {decimals} <= {room}"
    # Counting letters is cheap and clears most cells; only the others are taken apart.
    return f"CASE WHEN {short} THEN false WHEN {_is_number(column)} THEN {long} ELSE false END"
