"""Bring a staged table to its items: typed rows into one file, every refused cell into another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from yelin.files.places import Place
from yelin.warehouse import straight, values
from yelin.warehouse.columns import Column
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.findings import REASONS, Notice, Unfit
from yelin.warehouse.items import DECIMAL_TYPES, EXPECTED, ItemSpec, require_sound
from yelin.warehouse.match import match
from yelin.warehouse.merged import ALONE, Key, Onto
from yelin.warehouse.rejected import Fault, Rejected, write_none
from yelin.warehouse.staged import (
    Staged,
    leave_out,
    set_aside,
    source,
    stays,
    turns,
    written_as,
)

DATE_ORDERS = ("ymd", "dmy", "mdy")


@dataclass(frozen=True, slots=True)
class Conformed:
    """What came of a table: how many rows kept and refused, and how each column is read."""

    rows: int
    refused: int
    cells: int
    reasons: dict[str, int]
    readings: tuple[values.Reading, ...]
    notices: tuple[Notice, ...]


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
        onto: Onto = ALONE,
        target: str = "data.parquet",
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
        self.onto = onto
        self.target = work / target
        self.report = report
        self.mapped, self.notices = match(items, staged)
        self.columns = [
            Column(one.item, one.place, values.Reading(one.item))
            for one in self.mapped
            if one.place is not None
        ]

    def run(self) -> Conformed:
        """Write the conforming rows to the target and ``rejected.parquet`` beside it."""
        return self._go_straight() or self._go_carefully()

    def _go_straight(self) -> Conformed | None:
        """Take a table that is not staged as it lies, or stage it for the careful way."""
        lies, reached = self.staged.unstaged, 0.0
        if lies is None:
            return None

        def report(done: float) -> None:
            nonlocal reached
            reached = 0.9 * done
            self.report(reached)

        readings = None
        if self.onto.takes_all:
            readings = straight.take(
                self.staged, self.columns, self.mapped, self.engine, self.target, report
            )
        if readings:
            write_none(self.work / "rejected.parquet")
            return Conformed(self.staged.rows, 0, 0, {}, tuple(readings), tuple(self.notices))
        rest = partial(_from, self.report, reached)
        staged = lies.stage(lambda done: rest(done / 2))
        self.report = lambda done: rest(0.5 + done / 2)
        # What only staging brings to light is told before what was known already.
        self.notices[:0] = [one for one in staged.notices if one not in self.staged.notices]
        self.staged = staged
        return None

    def _go_carefully(self) -> Conformed:
        self.set_aside = set_aside(self.engine, self.staged)
        self._learn()
        self._find_twins()
        rows = self._write()
        rejected = self.work / "rejected.parquet"
        Rejected(
            engine=self.engine,
            staged=self.staged,
            mapped=self.mapped,
            columns=self.columns,
            rows=self._rows(),
            faults=self._faults(),
            twins=self.twins,
            base=self.onto.base.number if self.onto.base else 0,
            set_aside=self.set_aside,
        ).write(rejected, lambda done: self.report(0.9 + 0.1 * done))
        path = literal(str(rejected))
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
        answers: list[tuple[Column, str]] = []
        for column in self.columns:
            for name, sql in column.questions().items():
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

    def _settle(self, column: Column, facts: dict[str, int]) -> None:
        """Choose how a column is read from what the whole of it showed."""
        item = column.item
        column.empty, column.long = facts["empty"], facts.get("long", 0)
        column.unlisted = facts.get("unlisted", 0)
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
            wrong = self.engine.one(f"SELECT count_if({column.is_wrong()}) FROM {self._rows()}")  # noqa: S608 - columns are ours
            column.wrong = int(wrong[0])

    def _settle_decimal(self, column: Column, facts: dict[str, int]) -> None:
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

    def _whole_digits(self, column: Column) -> int:
        number = values.matches(column.tidy, values.DECIMAL)
        digits = values.whole_digits(column.tidy)
        row = self.engine.one(f"SELECT max({digits}) FILTER ({number}) FROM {self._rows()}")  # noqa: S608 - columns are ours
        return int(row[0] or 0)

    def _order_of(self, column: Column, facts: dict[str, int]) -> str:
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

    def _faults(self) -> list[Fault]:
        """Return every fault that some cell has."""
        found = []
        for column in self.columns:
            item = column.item
            if column.wrong:
                zh, en = EXPECTED[item.type]
                reason = REASONS["type"].filled(expects=en, expects_zh=zh)
                found.append(Fault(column, reason, column.is_wrong()))
            if column.long:
                reason = REASONS["length"].filled(expects=item.length or "")
                found.append(Fault(column, reason, column.is_long()))
            if column.unlisted and item.codes:
                reason = REASONS["code"].filled(expects=item.codes.says)
                found.append(Fault(column, reason, column.is_unlisted()))
            if column.empty and column.required:
                found.append(Fault(column, REASONS["required"], column.is_empty()))
        return found

    def _good(self) -> str:
        faults = " OR ".join(f"({fault.condition})" for fault in self._faults())
        return f"NOT coalesce({faults}, false)" if faults else "true"

    def _find_twins(self) -> None:
        """Put rows that their key forbids into the engine's table ``twins``, with what it meets."""
        self.engine.rows(
            "CREATE OR REPLACE TEMP TABLE twins (ordinal BIGINT, first BIGINT, reason VARCHAR)"
        )
        self.twins = 0
        keys = [Key(column.item, column.value) for column in self.columns if column.item.key]
        if not keys or not self.staged.rows:
            return
        listed = ", ".join(key.value for key in keys)
        for turn in turns(listed, self.staged.rows):
            rows = f"{self._rows()} WHERE {self._good()} AND {turn}"
            doubled = self.engine.rows(
                f"SELECT 1 FROM {rows} GROUP BY {listed} HAVING count(*) > 1 LIMIT 1"  # noqa: S608 - columns are ours
            )
            if doubled:
                self.engine.run(
                    "INSERT INTO twins SELECT ordinal, first, 'duplicate' FROM ("  # noqa: S608 - columns are ours
                    f"SELECT ordinal, min(ordinal) OVER (PARTITION BY {listed}) AS first "
                    f"FROM {rows}) WHERE ordinal > first"
                )
        good = f"{self._rows()} WHERE {self._good()}"
        self.onto.refuse(self.engine, good, keys, self.staged.rows)
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
        # What an earlier run left has its name under the seal and cannot be renamed away.
        self.target.unlink(missing_ok=True)
        answer = self.engine.run(
            f"COPY (SELECT {', '.join(select)} FROM {self._rows()} WHERE {self._good()}{twins}) "  # noqa: S608 - every name is quoted by ident()
            f"TO {literal(str(self.target))} "
            f"{written_as()}",
            report=lambda done: self.report(0.3 + 0.6 * done),
        )
        return int(answer[0][0])


def _from(report: Callable[[float], None], begin: float, done: float) -> None:
    report(begin + (1 - begin) * done)
