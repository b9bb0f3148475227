"""Bring a staged table to its items: typed rows into one file, every refused cell into another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from yelin.files.places import Place
from yelin.warehouse import asked, mending, straight, tidying, values
from yelin.warehouse.answers import Answers
from yelin.warehouse.columns import Column
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.engines import bulk
from yelin.warehouse.findings import REASONS, Notice
from yelin.warehouse.items import EXPECTED, ItemSpec, require_sound
from yelin.warehouse.match import Mapped, left_out, match
from yelin.warehouse.merged import ALONE, DATA, REJECTED, Onto, Value
from yelin.warehouse.rejected import Cause, Fault, Rejected, write_none
from yelin.warehouse.settling import Settling
from yelin.warehouse.staged import (
    Staged,
    leave_out,
    set_aside,
    some_at_once,
    source,
    stays,
    turns,
    written,
)
from yelin.warehouse.survey import Survey, of_file

Foresee = Callable[[Survey, Sequence[values.Reading]], object]


@dataclass(frozen=True, slots=True)
class Conformed:
    """What came of a table: how many rows kept and refused, and how each column is read.

    Where it was looked into already, ``survey`` knows what that showed.
    """

    rows: int
    refused: int
    cells: int
    causes: tuple[Cause, ...]
    readings: tuple[values.Reading, ...]
    notices: tuple[Notice, ...]
    dates: tuple[tidying.DateForm, ...] = ()
    tidied: tuple[tidying.Tidied, ...] = ()
    offers: tuple[mending.Mending, ...] = ()
    mended: tuple[mending.Mending, ...] = ()
    survey: Survey | None = None


class Conforming:
    """One table on its way to its items."""

    def __init__(
        self,
        staged: Staged,
        items: Sequence[ItemSpec],
        engine: Engine,
        work: Place,
        *,
        answers: Answers,
        onto: Onto = ALONE,
        target: str = DATA,
        report: Callable[[float], None] = lambda _done: None,
    ) -> None:
        require_sound(items)
        answers.require_known(items, mending.RULES)
        self.staged = staged
        self.engine = engine
        self.work = work
        self.answers = answers
        self.onto = onto
        self.target = work / target
        self.report = report
        matched = match(items, staged, answers.columns, onto.last)
        self.notices = list(matched.notices)
        if matched.asked:
            # To show what stands in a column, it has to be staged.
            self._stage(0.0)
        self.columns_asked = [
            asked.which_column(item, matched.spare, self.staged, engine) for item in matched.asked
        ]
        self.orders_asked: list[asked.OrderAsked] = []
        self.mapped = self._as_proposed(matched.mapped)
        carrying = {one.header for one in self.mapped}
        self.notices += left_out(name for name in matched.spare if name not in carrying)
        self.columns = [
            Column(
                one.item,
                one.place,
                values.Reading(one.item),
                tuple(answers.mends.get(one.item.name, ())),
            )
            for one in self.mapped
            if one.place is not None
        ]

    @property
    def _bulk(self) -> Engine:
        """The engine for what is asked of all staged rows."""
        return bulk(self.engine, self.staged.path)

    @property
    def asked(self) -> asked.Asked:
        """What a steward has to answer before anything of this is published."""
        return asked.Asked(tuple(self.columns_asked), tuple(self.orders_asked))

    @property
    def lacks(self) -> bool:
        """Whether a required item has no column, not even one that looks like it."""
        return any(one.required and one.proposed is None for one in self.columns_asked)

    def _as_proposed(self, mapped: Sequence[Mapped]) -> list[Mapped]:
        """Take each column for the item that it looks like, no column twice."""
        proposed = {one.item: one.proposed for one in self.columns_asked}
        taken: set[str] = set()
        done = []
        for one in mapped:
            header = proposed.get(one.item.name)
            if header is None or header in taken:
                done.append(one)
                continue
            taken.add(header)
            done.append(Mapped(one.item, self.staged.header.index(header), header))
        return done

    def run(self, foresee: Foresee = lambda _survey, _readings: None) -> Conformed:
        """Write the conforming rows to the target and the refused ones beside it.

        Where the release has to be looked into, ``foresee`` asks what others will want to know.
        """
        return self._go_straight(foresee) or self._go_carefully()

    def _go_straight(self, foresee: Foresee) -> Conformed | None:
        """Take a table that is not staged as it lies, or stage it for the careful way."""
        reached = 0.0
        if self.staged.unstaged is None:
            return None

        def report(done: float) -> None:
            nonlocal reached
            reached = 0.9 * done
            self.report(reached)

        if self.onto.takes_all and not self.answers.mends:
            readings = straight.take(
                self.staged, self.columns, self.mapped, self.engine, self.target, report
            )
            if readings and (conformed := self._surveyed(readings, foresee)):
                return conformed
        self._stage(reached)
        return None

    def _surveyed(self, readings: list[values.Reading], foresee: Foresee) -> Conformed | None:
        """Look into a table that went straight, and remove it where that shows a doubt."""
        survey = of_file(self.target, self.staged.rows, self.engine)
        doubts = straight.doubts(self.staged, self.columns, survey)
        offers = mending.offers(self._of_text(), survey)
        foresee(survey, readings)
        survey.run(lambda done: self.report(0.9 + 0.1 * done))
        if doubts():
            self.target.unlink()
            return None
        write_none(self.work / REJECTED)
        return Conformed(
            rows=self.staged.rows,
            refused=0,
            cells=0,
            causes=(),
            readings=tuple(readings),
            notices=tuple(self.notices),
            offers=tuple(offers()),
            survey=survey,
        )

    def _of_text(self) -> list[tuple[ItemSpec, str, Sequence[str]]]:
        """Return what may be mended of a table that went straight: text as it came, no codes."""
        return [
            (column.item, ident(column.item.name), mending.OF_ANY_TEXT)
            for column in self.columns
            if column.item.is_text and not column.item.codes
        ]

    def _stage(self, reached: float) -> None:
        """Stage a table that is not staged yet; ``reached`` is how far the work is already."""
        if self.staged.unstaged is None:
            return
        rest = partial(_from, self.report, reached)
        staged = self.staged.unstaged.stage(lambda done: rest(done / 2))
        self.report = lambda done: rest(0.5 + done / 2)
        # What only staging brings to light is told before what was known already.
        self.notices[:0] = [one for one in staged.notices if one not in self.staged.notices]
        self.staged = staged

    def _go_carefully(self) -> Conformed:
        self.set_aside = set_aside(self.engine, self.staged)
        self._learn()
        self._find_faulty()
        self._find_twins()
        rows = self._write()
        rejected = self.work / REJECTED
        Rejected(
            engine=self.engine,
            staged=self.staged,
            mapped=self.mapped,
            columns=self.columns,
            rows=self._rows,
            faults=self._faults(),
            twins=self.twins,
            base=self.onto.base.number if self.onto.base else 0,
            set_aside=self.set_aside,
        ).write(rejected, lambda done: self.report(0.9 + 0.1 * done))
        path = literal(str(rejected))
        cells, refused = self.engine.one(
            f"SELECT count(*), count(DISTINCT line) FROM read_parquet({path})"  # noqa: S608 - path is quoted
        )
        causes = [
            Cause(*row)
            for row in self.engine.rows(
                'SELECT reason, "column", count(*) AS many '  # noqa: S608 - path is quoted
                f"FROM read_parquet({path}) GROUP BY ALL ORDER BY many DESC, reason"
            )
        ]
        readings = {column.item.name: column.reading for column in self.columns}
        survey = Survey(self._rows(()), self.staged.rows, self.engine, self._bulk)
        return Conformed(
            rows=rows,
            refused=int(refused),
            cells=int(cells),
            causes=tuple(causes),
            readings=tuple(
                readings.get(one.item.name, values.Reading(one.item)) for one in self.mapped
            ),
            notices=tuple(self.notices),
            dates=tuple(tidying.date_forms(self.columns, self._kept, self._bulk)),
            tidied=tuple(tidying.tidied(self.columns, self._kept, self._bulk)),
            offers=tuple(mending.offers(self._to_mend(), survey)()),
            mended=tuple(mending.counted(self._mended(), self._kept(()), self.engine)),
        )

    def _to_mend(self) -> list[tuple[ItemSpec, str, Sequence[str]]]:
        """Return which rules are worth trying on which cells."""
        doubtful = {one.item for one in self.orders_asked}
        tried: list[tuple[ItemSpec, str, Sequence[str]]] = []
        for column in self.columns:
            rules = set(mending.RULES if column.wrong or column.unlisted else mending.OF_ANY_TEXT)
            if column.item.name in doubtful:
                rules -= {"dmy", "mdy"}
            rules -= set(column.mends)
            tried.append((column.item, column.cell, [one for one in mending.RULES if one in rules]))
        return tried

    def _mended(self) -> list[tuple[ItemSpec, str, Sequence[str]]]:
        return [(one.item, one.came, one.mends) for one in self.columns if one.mends]

    def _source(self) -> str:
        """Return the staged rows; of a column that is mended, c is mended and o as it came."""
        mended = [one for one in self.columns if one.mends]
        if not mended:
            return source(self.staged)
        cells = ", ".join(
            f"{mending.mended(one.item, one.mends, one.cell)} AS {one.cell}" for one in mended
        )
        came = ", ".join(f"{one.cell} AS {one.came}" for one in mended)
        return f"(SELECT * REPLACE ({cells}), {came} FROM {source(self.staged)})"  # noqa: S608 - columns are ours

    def _rows(self, columns: Sequence[Column]) -> str:
        """Return the staged rows that are data, with what each typed cell of ``columns`` is.

        Of a typed cell c: p says that it is written in the plain way, t is the cell tidied, and s
        is 0 for empty, 1 for something, 2 for a mark that stands for nothing.
        """
        typed = [column for column in columns if not column.item.is_text]
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
            f"SELECT *, file_row_number AS ordinal{plain} FROM {self._source()} {aside})))"
        )

    def _learn(self) -> None:
        """Learn of every column what is wrong in it, and how it is to be read."""
        if not self.staged.rows:
            return
        settling = Settling(self._rows, self.engine, self._bulk, self.answers)
        for columns in some_at_once(self.columns):
            settling.settle(columns)
        self.notices += settling.notices
        self.orders_asked += settling.orders_asked
        self.report(0.3)

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
            if column.huge:
                scale = column.reading.scale
                reason = REASONS["digits"].filled(found=values.DIGITS - scale, expects=scale)
                found.append(Fault(column, reason, column.is_huge()))
            if column.unlisted and item.codes:
                reason = REASONS["code"].filled(expects=item.codes.says)
                found.append(Fault(column, reason, column.is_unlisted()))
            if column.empty and column.required:
                found.append(Fault(column, REASONS["required"], column.is_empty()))
        return found

    def _good(self) -> str:
        return stays("faulty") if self.faulty else "true"

    def _kept(self, columns: Sequence[Column]) -> str:
        """Return the rows that become the release's, with what ``_rows`` says of ``columns``."""
        twins = f" AND {stays('twins')}" if self.twins else ""
        return f"(SELECT * FROM {self._rows(columns)} WHERE {self._good()}{twins})"  # noqa: S608 - columns are ours

    def _find_faulty(self) -> None:
        """Put the rows in which a cell is at fault into the engine's table ``faulty``."""
        self.engine.rows("CREATE OR REPLACE TEMP TABLE faulty (ordinal BIGINT)")
        for faults in some_at_once(self._faults()):
            rows = self._rows(list({id(fault.column): fault.column for fault in faults}.values()))
            wrong = " OR ".join(f"({fault.condition})" for fault in faults)
            self.engine.run(f"INSERT INTO faulty SELECT ordinal FROM {rows} WHERE {wrong}")  # noqa: S608 - columns are ours
        self.faulty = leave_out(self.engine, "faulty", self.staged.rows)

    def _find_twins(self) -> None:
        """Put rows that their key forbids into the engine's table ``twins``, with what it meets."""
        self.engine.rows(
            "CREATE OR REPLACE TEMP TABLE twins (ordinal BIGINT, first BIGINT, reason VARCHAR)"
        )
        self.twins = 0
        keys = [column for column in self.columns if column.item.key]
        if not self.staged.rows:
            return
        listed = ", ".join(key.value for key in keys)
        for turn in turns(listed, self.staged.rows) if keys else ():
            rows = f"{self._rows(keys)} WHERE {self._good()} AND {turn}"
            doubled = self._bulk.rows(
                f"SELECT 1 FROM {rows} GROUP BY {listed} HAVING count(*) > 1 LIMIT 1"  # noqa: S608 - columns are ours
            )
            if doubled:
                self.engine.run(
                    "INSERT INTO twins SELECT ordinal, first, 'duplicate' FROM ("  # noqa: S608 - columns are ours
                    f"SELECT ordinal, min(ordinal) OVER (PARTITION BY {listed}) AS first "
                    f"FROM {rows}) WHERE ordinal > first"
                )
        good = f"{self._rows(self.columns)} WHERE {self._good()}"
        columns = [Value(column.item, column.value) for column in self.columns]
        self.onto.refuse(self.engine, good, columns, self.staged.rows)
        self.twins = leave_out(self.engine, "twins", self.staged.rows)

    def _write(self) -> int:
        carried = {column.item.name: column for column in self.columns}
        select = []
        for one in self.mapped:
            column = carried.get(one.item.name)
            kind = column.reading.duckdb_type if column else values.Reading(one.item).duckdb_type
            value = f"({column.value})" if column else "NULL"
            select.append(f"CAST({value} AS {kind}) AS {ident(one.item.name)}")
        # What an earlier run left has its name under the seal and cannot be renamed away.
        self.target.unlink(missing_ok=True)
        answer = self.engine.run(
            f"COPY (SELECT {', '.join(select)} FROM {self._kept(self.columns)}) "  # noqa: S608 - every name is quoted by ident()
            f"TO {literal(str(self.target))} {written(len(select))}",
            report=lambda done: self.report(0.3 + 0.6 * done),
        )
        return int(answer[0][0])


def _from(report: Callable[[float], None], begin: float, done: float) -> None:
    report(begin + (1 - begin) * done)
