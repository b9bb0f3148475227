"""Answer questions about a release: filter, sort, group, choose columns, turn pages, download."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from yelin.files.places import Place
from yelin.gate.obligations import NONE, Obligations
from yelin.things.lately import Lately
from yelin.warehouse import formats, paging
from yelin.warehouse.borne import AT, FILE, ROW, Agreed, Borne, Unfulfillable
from yelin.warehouse.copies import Copies
from yelin.warehouse.engine import Engine, ident
from yelin.warehouse.fences import Fences
from yelin.warehouse.formats import Column
from yelin.warehouse.items import FLOAT_TYPES, NUMBER_TYPES
from yelin.warehouse.keyed import BUCKET, Keyed
from yelin.warehouse.making import Columns, nfc
from yelin.warehouse.paging import Lying, Page
from yelin.warehouse.positions import Position, Positions
from yelin.warehouse.question import (
    AGGREGATES,
    OPERATORS,
    Aggregate,
    BadOperand,
    Filter,
    Layout,
    Question,
    UnknownColumn,
    condition,
)
from yelin.warehouse.statement import Counts, Ground, Key, Laid, Rows, Statement
from yelin.warehouse.thinned import Thinning

__all__ = [
    "AGGREGATES",
    "OPERATORS",
    "Aggregate",
    "BadOperand",
    "Column",
    "Copies",
    "Filter",
    "Laid",
    "Layout",
    "Page",
    "Question",
    "Rows",
    "Table",
    "Unfulfillable",
    "UnknownColumn",
]


# Releases never change, and counting takes the longest.
_totals: Lately[Counts] = Lately(4_096)
_positions = Positions()


class Table:
    """The files of one release as one asker may see them.

    Hidden columns do not exist for any question: to name one raises the same ``UnknownColumn`` as
    to name one that never was. Veiled columns and left out rows are so before any question is
    asked. Raises ``Unfulfillable`` where the asker must bear what these columns do not allow: a
    name that the release does not have is perhaps that of an item which was renamed since. Files
    bear ``mark`` where their format has a place for it beside the rows. ``failing`` tells which
    rows fail a rule, ``agreed`` of which the subjects agreed, ``thinning`` which ones the asker's
    copies lack, and ``copies`` which copies of the files there are. What is made of all rows is
    asked of ``bulk``, where that is another engine.
    """

    def __init__(  # noqa: PLR0913 - what it holds, for whom, and what answers for it
        self,
        files: Sequence[Place],
        columns: Sequence[Column],
        engine: Engine,
        *,
        bears: Obligations = NONE,
        mark: str = "",
        number: str = "",
        failing: Callable[[str], Rows] | None = None,
        copies: Copies | None = None,
        bulk: Engine | None = None,
        agreed: Agreed | None = None,
        thinning: Thinning | None = None,
    ) -> None:
        if not files:
            raise ValueError("a table needs at least one file")
        self._number = number
        self._failing = failing
        self._copies = copies
        self.files = tuple(files)
        self.engine = engine
        self._bulk = bulk
        self._agreed, self._thinning = agreed, thinning
        self.mark = mark
        self._borne = Borne(files, columns, bears, number, agreed, thinning)
        self.columns = self._borne.columns
        self._counted = (Column(number, "I"),) if number else ()
        self._shown = Columns(self._counted + self.columns)

    def _asked(self, question: Question) -> "Table":
        """Return the table in which the rows are counted, where ``question`` wants that."""
        name = question.number
        if name == self._number or nfc(name) in self._borne.whole:
            return self
        whole = tuple(self._borne.whole.values())
        return Table(
            self.files,
            whole,
            self.engine,
            bears=self._borne.bears,
            mark=self.mark,
            number=name,
            failing=self._failing,
            copies=self._copies,
            bulk=self._bulk,
            agreed=self._agreed,
            thinning=self._thinning,
        )

    def _answering(self, question: Question) -> Engine:
        """Return the engine that answers ``question``."""
        makes = question.groups or question.aggregates
        return self._bulk if self._bulk and makes else self.engine

    def page(self, question: Question) -> Page:
        """Return the page of rows that the question asks for.

        Raises ``UnknownColumn`` and ``BadOperand``.
        """
        return self._asked(question)._page(question)

    def _page(self, question: Question) -> Page:
        if page := self._ready(question):
            return page
        sql = self._sql(question)
        key, found = self._key(question), None
        counts = _totals.get(key)
        if counts is None:
            # A page that is not full says itself how many rows there are.
            found = self._found(sql, question)
            counts = paging.told(sql, question, found) or self._count(sql)
            self._keep(key, counts)
        if found is None or counts.wide:
            sql = replace(sql, columns=counts.widened(sql.columns))
            found = self._found(sql, question)
        rows = question.offset + len(found)
        more = found and rows < counts.total
        keys = slice(len(sql.columns), len(sql.columns) + len(sql.keys))
        if more and self._keeps_positions and not sql.at:
            _positions.keep(self._asks(question), Position(rows, found[-1][keys]))
        places = [row[keys][-1] for row in found] if sql.keys and sql.keys[-1].is_place else ()
        return Page(
            paging.plain(sql.columns, found),
            counts.total,
            sql.columns,
            found[-1][keys] if more else (),
            tuple(map(int, places)),
        )

    def _ready(self, question: Question) -> Page | None:
        """Return the page, where its rows lie ready together; nothing where an engine is asked."""
        is_whole = len(self.columns) == len(self._borne.whole) and question.columns is None
        if self._copies is None or not is_whole or self._borne.veils:
            return None
        shown = self._shown.all
        lying = Lying(self._copies, self.column, shown, self._number)
        return lying.page(question, self._layouts(question))

    def _found(self, sql: Statement, question: Question) -> list[tuple[Any, ...]]:
        if not question.limit:
            return []
        known = None
        if question.offset and self._keeps_positions and not (sql.at or question.after):
            known = _positions.before(self._asks(question), question.offset)
        return sql.engine.mine.rows(*sql.page(question, known))

    @property
    def _keeps_positions(self) -> bool:
        """Whether it may be kept what a row says: of what lies in plain, and does not change."""
        return self._copies is not None and all(isinstance(file, Path) for file in self.files)

    def _asks(self, question: Question) -> object:
        """Return by what a question is known again, whatever page of it is asked for."""
        assert self._copies is not None  # noqa: S101 - asked for where positions are kept
        return self._copies.state, self._number, self._terms, question.whole

    def count(self, question: Question) -> int:
        """Return how many rows the filters leave."""
        table = self._asked(question)
        return table._counts(table._sql(question), question).total

    def among(self, question: Question, places: Collection[int]) -> frozenset[int]:
        """Return those of the rows at these places that the filters leave to the asker."""
        plain = replace(question, sort=(), groups=(), aggregates=(), distinct=False, after=())
        sql = self._asked(plain)._sql(plain, whole=True)
        place, also = sql.keys[-1].sql, "AND" if sql.where else "WHERE"
        found = sql.engine.mine.rows(
            f"SELECT {place} FROM {sql.source} {sql.where} "  # noqa: S608 - names are quoted by ident(), values are parameters
            f"{also} {place} IN (SELECT unnest(?::BIGINT[]))",
            [*sql.params, sorted(places)],
        )
        return frozenset(int(row[0]) for row in found)

    def require(self, question: Question) -> None:
        """Raise ``UnknownColumn`` or ``BadOperand`` for a question that has no answer here."""
        self._asked(question)._sql(question)

    def export(
        self,
        question: Question,
        fmt: str,
        target: Place,
        *,
        for_excel: bool = False,
    ) -> int:
        """Write all rows that the filters leave, in the question's order, as a file of ``fmt``.

        Its limit and offset do not count. Returns how many rows they are. Raises
        ``formats.TooLarge`` where the format cannot hold them, ``formats.UnknownFormat``, and
        ``TooMuch`` where they cannot be sorted.
        """
        table = self._asked(question)
        sql = table._sql(question, whole=True)
        columns = sql.columns
        if sql.sums:
            columns = table._counts(sql, question).widened(columns)
        selected = formats.Selected(
            source=f"FROM {sql.source} {sql.where} {sql.order}",
            counted=f"FROM {sql.source} {sql.where}",
            params=sql.params,
            columns=columns,
            mark=self.mark,
        )
        return formats.write(self.engine.cursor(), selected, fmt, target, for_excel=for_excel)

    def numbered(self) -> tuple[str, list[object]]:
        """Return the rows as the asker has them, as SQL with its parameters, each with its place.

        That place stands in the column “ row”.
        """
        return self._borne.rows, list(self._borne.params)

    def shows_plainly(self, name: str) -> bool:
        """Whether the asker has the column of this name, and not veiled."""
        return name in self._shown and nfc(name) not in self._borne.bears.masks

    def in_buckets(self, layout: Keyed) -> tuple[str, list[object]]:
        """Return the rows as the asker has them, as SQL with its parameters, each with its bucket.

        That bucket stands in the column “ bucket”.
        """
        laid = self._copies.lying(layout) if self._copies else None
        source = f"(SELECT *, {layout.bucket} AS {BUCKET} FROM {self._borne.plain})"  # noqa: S608 - names are quoted by ident()
        return self._borne.wrapped(laid.sql if laid else source, "*", (BUCKET,)), list(
            self._borne.params
        )

    def _counts(self, sql: Statement, question: Question) -> Counts:
        key = self._key(question)
        counts = _totals.get(key)
        if counts is None:
            self._keep(key, counts := self._count(sql))
        return counts

    def _keep(self, key: object, counts: Counts) -> None:
        if key:
            _totals.keep(key, counts)

    def _count(self, sql: Statement) -> Counts:
        total, *longest = sql.engine.mine.one(sql.counting, sql.params)
        return Counts.of(int(total), sql, longest)

    def _key(self, question: Question) -> object:
        """Return by what its counts are known again; nothing where rows may change."""
        if self._copies is None:
            return None
        return self._copies.state, self._number, self._terms, _counted_by(question)

    @cached_property
    def _terms(self) -> tuple[object, ...]:
        """What is borne, in one form."""
        return (
            self.columns,
            tuple(sorted((name, mask.name) for name, mask in self._borne.bears.masks.items())),
            self._borne.kept,
            tuple(self._borne.params),
        )

    def _ground(self, question: Question, *, whole: bool) -> Ground:
        """Return where the rows are best taken from: a copy in the order asked, or the files.

        Of a ``whole`` answer nothing is left out, so that no few blocks of a copy hold it.
        """
        for layout in self._layouts(question):
            copies = self._copies
            if copies and not whole and self._lies_together(question, layout):
                copies = copies.near
            if copies and (laid := copies.lying(layout)):
                sql, places = laid.sql, (ROW,) if len(self.files) == 1 else (FILE, ROW)
                if self._borne.is_wrapped:
                    sql = self._borne.wrapped(sql, "*", (FILE, ROW, AT))
                return Ground(
                    copies.engine,
                    sql,
                    tuple(self._borne.params),
                    places,
                    at="" if self._borne.bears.leaves_out else AT,
                    layout=layout,
                    within=tuple(self._within(question, layout, laid.fences)),
                )
        engine = self._answering(question)
        if self._borne.is_wrapped:
            places = (ROW,) if len(self.files) == 1 else (FILE, ROW)
            return Ground(engine, self._borne.rows, tuple(self._borne.params), places)
        places = ("file_row_number",) if len(self.files) == 1 else ("file_index", "file_row_number")
        return Ground(engine, self._borne.plain, (), places)

    def _lies_together(self, question: Question, layout: Layout) -> bool:
        """Say whether an answer is read from a few blocks of a copy, and not looked for in all."""
        if layout is None:
            return not (question.chooses or question.sort)
        only = replace(question, filters=())
        named = (self.column(each.column).name for each in question.filters)
        return not only.chooses and all(name == layout[0] for name in named)

    def _within(self, question: Question, layout: Layout, fences: Fences) -> Iterator[str]:
        """Yield between which places of a copy all rows lie that the question may choose."""
        item = layout[0] if layout else self._number
        if layout is None and (not item or self._borne.bears.leaves_out):
            return
        for each in question.filters:
            column = self.column(each.column)
            if column.name != item or column.type in FLOAT_TYPES:
                continue
            operand = next(iter(condition(column, each)[1]), None)
            first, last = fences.within(each.operator, operand)
            if first:
                yield f"{AT} >= {first}"
            if last is not None:
                yield f"{AT} < {last}"

    def _layouts(self, question: Question) -> Iterable[Layout]:
        """Yield the orders in which copies may lie that suit the question, the best first."""
        if self._copies is None or question.failing:
            return
        # Copies are this machine's, and the embedded engine reads them.
        if self._answering(question) is not self.engine:
            return
        grouped = question.distinct or question.groups or question.aggregates
        if len(question.sort) == 1 and not grouped:
            names: Sequence[tuple[str, bool]] = question.sort
        else:
            # Among rows with one value of an item, a copy in its order has their own order.
            equal = (each.column for each in question.filters if each.operator == "eq")
            names = () if question.sort else tuple((name, False) for name in equal)
        for name, descending in names:
            column = self.column(name)
            if nfc(name) not in self._borne.bears.masks and column not in self._counted:
                yield column.name, descending
        yield None

    def _sql(self, question: Question, *, whole: bool = False) -> Statement:
        chosen = self._shown.of(question)
        conditions: list[str] = []
        params: list[object] = []
        for groups in ((question.filters,), *question.either):
            tests: list[str] = []
            for group in groups:
                found = [condition(self.column(each.column), each) for each in group]
                tests.append(" AND ".join(sql for sql, _ in found) or "true")
                params += [value for _, values in found for value in values]
            if tests != ["true"]:
                conditions.append("(" + " OR ".join(f"({test})" for test in tests) + ")")
        fails = self._fails(question.failing) if question.failing else None
        if fails:
            conditions.append(f"({fails.sql})")
        for word in question.words:
            held = (f"contains(lower({column.text}), lower(?))" for column in self.columns)
            conditions.append(f"({' OR '.join(held)})")
            params += [word] * len(self.columns)
        ground = self._ground(question, whole=whole)
        conditions += ground.within
        source, where = ground.sql, f"WHERE {' AND '.join(conditions)}" if conditions else ""
        made, ties = self._shown.made(question, chosen, f"{source} {where}")
        known = Columns(chosen) if made else self._shown
        keys = [Key(ident(known.column(name).name), down) for name, down in question.sort]
        keys += [Key(each, is_place=not made) for each in (ties if made else ground.places)]
        lies_so = not made and self._lies_so(question, ground)
        return Statement(
            engine=ground.engine,
            source=made or source,
            where="" if made else where,
            # Unsorted, rows come in the order of the files by themselves: at no cost in memory, and
            # the last page as soon as the first.
            order="" if lies_so or not keys else f"ORDER BY {', '.join(k.order for k in keys)}",
            params=(*ground.params, *params),
            columns=chosen,
            keys=tuple(keys),
            sums=tuple(
                column
                for column in (chosen if question.aggregates else ())
                if column.type in NUMBER_TYPES - FLOAT_TYPES
            ),
            fails=fails,
            at=ground.at if lies_so and not question.chooses else "",
        )

    def _lies_so(self, question: Question, ground: Ground) -> bool:
        """Say whether the rows lie in the order that is asked for."""
        if self._number and self._borne.bears.leaves_out:
            return False
        if not question.sort:
            return True
        return ground.layout is not None and ground.layout == (
            self.column(question.sort[0][0]).name,
            question.sort[0][1],
        )

    def column(self, name: str) -> Column:
        """Return the column of this name that the asker has. Raises ``UnknownColumn``."""
        return self._shown.column(name)

    def _fails(self, rule: str) -> Rows:
        if self._failing is None:
            raise UnknownColumn(rule)
        return self._failing(rule)


def _counted_by(question: Question) -> Question:
    """Return what of a question its number of rows depends on."""
    shown = question.columns if question.distinct else None
    return replace(question.whole, sort=(), columns=shown)
