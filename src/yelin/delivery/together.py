"""Named deliveries, one or many at once: written in one statement, and ended in one.

What a statement costs is less the row than the asking: of a hundred calls of a second each has its
own row, and all share the way there and the wait for the disk.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from yelin.delivery.calls import Delivery
from yelin.things import prepared
from yelin.things.prepared import Ask

_WRITTEN = {
    "id": "uuid", "entry_id": "uuid", "release_id": "uuid", "grant_id": "uuid", "party_id": "uuid",
    "seat_id": "uuid", "person_id": "uuid", "purpose": "text", "channel": "text",
    "begun_at": "timestamptz", "seen_at": "timestamptz", "outcome": "text", "rows": "bigint",
    "actor": "jsonb", "asked": "bytea", "asked_salt": "bytea", "payload": "jsonb", "salt": "bytea",
    "size": "bigint", "ended_at": "timestamptz", "h": "bytea", "answer": "bytea",
}  # fmt: skip
_ENDED = {
    "id": "uuid", "outcome": "text", "rows": "bigint", "size": "bigint", "ended_at": "timestamptz",
    "payload": "jsonb", "h": "bytea", "asked": "bytea", "answer": "bytea",
}  # fmt: skip
_WRITE = f"""
    INSERT INTO delivery_delivery ({", ".join(_WRITTEN)})
    SELECT * FROM unnest({", ".join(f"%s::{kind}[]" for kind in _WRITTEN.values())})
"""  # noqa: S608 - ours
_END = f"""
    UPDATE delivery_delivery AS delivery
       SET {", ".join(f"{name} = ended.{name}" for name in _ENDED if name != "id")}
      FROM unnest({", ".join(f"%s::{kind}[]" for kind in _ENDED.values())})
           AS ended ({", ".join(_ENDED)})
     WHERE delivery.id = ended.id AND delivery.outcome = 'begun'
    RETURNING delivery.id
"""  # noqa: S608 - ours


def write(deliveries: Sequence[Delivery]) -> None:
    """Write the rows of deliveries that begin, or begin and end in one moment."""
    if deliveries:
        with prepared.asking() as cursor:
            cursor.execute(_WRITE, _columns(deliveries, _WRITTEN))


def end(deliveries: Sequence[Delivery], ask: Ask) -> Callable[[], set[UUID]]:
    """Write how deliveries ended that were concluded, by what ``ask`` sends.

    What is returned tells those that had not ended before.
    """
    if not deliveries:
        return set
    cursor = ask(_END, _columns(deliveries, _ENDED))
    return lambda: {row[0] for row in cursor}


def _columns(deliveries: Sequence[Delivery], kinds: dict[str, str]) -> list[list[Any]]:
    return [
        [_written(getattr(each, name), kind) for each in deliveries] for name, kind in kinds.items()
    ]


def _written(value: Any, kind: str) -> Any:
    return Jsonb(value) if kind == "jsonb" else value
