"""What a release holds of one subject (被采集人): found by its mark, never by a number in clear.

The mark of each row lies beside the release, where rows under consent are told apart (``agreed``).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from yelin.files.places import Place
from yelin.files.store import store
from yelin.parties.identity import plain
from yelin.warehouse import agreed, serving
from yelin.warehouse.engine import Engine, ident, literal
from yelin.warehouse.formats import Column
from yelin.warehouse.models import DATA, Release
from yelin.warehouse.subjects import SubjectSet
from yelin.warehouse.tombstones import comparable

# The rows of the subject, whose mark is the statement's first parameter.
_MINE = """
    SELECT * FROM read_parquet({data}) WHERE {item} IN (
        SELECT number FROM read_parquet({numbers}) WHERE mark = unhex(?)
    )
"""


@dataclass(frozen=True)
class Held:
    """The rows of ``release`` that are of whoever the set ``of`` knows by the ``digest``.

    Each question raises what opening the release does: ``Destroyed``, ``OSError``, ``SealBroken``.
    """

    release: Release
    of: SubjectSet
    digest: str

    @cached_property
    def columns(self) -> dict[str, Column]:
        """The release's columns by name."""
        told = self.release.manifest["columns"] if self.release.is_table else ()
        return {facts["name"]: Column.of(facts) for facts in told}

    def require_there(self) -> None:
        """See that the data can be read; what lies beside it may be there without it."""
        data = self.release.copy(DATA)
        store().reader(data.key, data.sealed_by).close()

    def rows(self) -> int:
        """Return how many there are; none in a release that lacks the item."""
        return sum(self._spelt().values())

    def keys(self) -> list[str]:
        """Return each way to write the subject's number, where it is here: the rows' own first."""
        spelt = self._spelt().keys()
        known = [plain(each) for each in spelt]
        return list(dict.fromkeys([*spelt, *known, *(each.lower() for each in known)]))

    def says_otherwise(self, values: Sequence[tuple[str, str]]) -> int:
        """Return how many of the rows do not say these ``values``, as the engine writes them.

        An item that the release lacks is said by none.
        """
        if not {name for name, _ in values} <= self.columns.keys():
            return self.rows()
        met = " AND ".join(
            f"CAST({comparable(ident(name), self.columns[name].type)} AS VARCHAR)"
            " IS NOT DISTINCT FROM ?"
            for name, _ in values
        )
        with self._asked() as (engine, mine):
            sql = f"SELECT count(*) FROM ({mine}) WHERE NOT ({met})"  # noqa: S608 - names are quoted by ident(), values are parameters
            (found,) = engine.one(sql, [self._mark, *(value for _, value in values)])
        return int(found)

    def write(self, target: Place, names: Sequence[str]) -> None:
        """Write these items of the rows to ``target``, as CSV in UTF-8."""
        shown = [each for name, each in self.columns.items() if name in names]
        listed = ", ".join(f"{each.text} AS {ident(each.name)}" for each in shown)
        with self._asked() as (engine, mine):
            sql = f"COPY (SELECT {listed} FROM ({mine})) TO {literal(str(target))} (FORMAT csv)"  # noqa: S608 - as above
            engine.rows(sql, [self._mark])

    def _spelt(self) -> dict[str, int]:
        """Return how the number is written in the rows, and in how many each time."""
        column = self.columns.get(self.of.item)
        if column is None:
            return {}
        numbers = agreed.numbers(self.release, column, str(self.of.pk))
        written = f"CAST({comparable('number', column.type)} AS VARCHAR)"
        sql = (
            f"SELECT {written}, count(*) FROM read_parquet({literal(str(numbers))})"  # noqa: S608 - a path of ours
            " WHERE mark = unhex(?) GROUP BY 1"
        )
        with serving.engine_of(self.release) as engine:
            return dict(engine.rows(sql, [self._mark]))

    @contextmanager
    def _asked(self) -> Iterator[tuple[Engine, str]]:
        # The engine knows sealed files by rooms that are held here.
        numbers = agreed.numbers(self.release, self.columns[self.of.item], str(self.of.pk))
        data = self.release.copy(DATA).place
        files = {"data": literal(str(data)), "numbers": literal(str(numbers))}
        with serving.engine_of(self.release) as engine:
            yield engine, _MINE.format(item=ident(self.of.item), **files)

    @property
    def _mark(self) -> str:
        return self.of.mark_of(self.digest).hex
