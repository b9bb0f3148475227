"""Have a statement answered in a process of its own, from the files that it may read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from yelin.files import confined
from yelin.files.places import Place
from yelin.warehouse.formats import Plain
from yelin.warehouse.unanswerable import Unanswerable

if TYPE_CHECKING:
    from yelin.warehouse.sql import Statement

MOST_ROWS = 32_000
MOST_BYTES = 8 << 20
SECONDS = 15.0
WAIT_SECONDS = 5.0
# Each process that answers takes up to what its own module says.
_turns = BoundedSemaphore(2)


class Busy(Exception):
    """As many statements as may be are being answered here already."""


@dataclass(frozen=True, slots=True)
class Lent:
    """The file that stands for a table, and its columns: what the asker may have and no more."""

    place: Place
    columns: Sequence[str]


@dataclass(frozen=True, slots=True)
class Selected:
    """The rows that a statement answered; ``columns`` pairs names and kinds.

    ``is_all`` is false where more rows were left out than may be told at once.
    """

    columns: tuple[tuple[str, str], ...]
    rows: list[list[Plain]]
    is_all: bool

    @property
    def records(self) -> list[dict[str, Plain]]:
        """The rows with the names of their columns."""
        names = [name for name, _ in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


def answers(
    statement: "Statement", tables: Sequence[Lent], hear: Callable[[], None] = lambda: None
) -> Selected:
    """Return what ``statement`` answers, its tables being these in their order.

    ``hear`` is called a few times a second; what it raises ends the process. Raises
    ``Unanswerable`` and ``Busy``.
    """
    order = {
        "sql": statement.sql(MOST_ROWS),
        "schema": statement.schema,
        "tables": [
            {"file": confined.lent(each.place, reading=True), "columns": list(each.columns)}
            for each in tables
        ],
        "most_rows": MOST_ROWS,
        "most_bytes": MOST_BYTES,
    }
    rows: list[list[Any]] = []

    def told(said: dict[str, Any]) -> None:
        hear()
        rows.extend(said.get("rows", ()))

    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        done = confined.ask("yelin.warehouse.answering", order, seconds=SECONDS, hear=told)
    except confined.Refused as refused:
        at = statement.place_of(str(refused.params.get("name", "")))
        raise Unanswerable(refused.message_id, at, **refused.params) from None
    except confined.Exhausted:
        says = (
            "This took more time or memory than one question may have. Filter first, or ask less."
        )
        raise Unanswerable(says) from None
    finally:
        _turns.release()
    return Selected(tuple((name, kind) for name, kind in done["columns"]), rows, done["is_all"])
