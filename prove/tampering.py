"""Whatever is done to the log's rows, tiles or checkpoints is found, and the leaf at fault named.

Each tampering is what somebody with every right on the database could do; each is undone before the
next. The log is verified by the command from the database, and from HTTP tiles alone where the rows
changed are ones that the tiles show.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from prove import house
from prove.house import House, content_of
from yelin.catalog import acts
from yelin.law import duties
from yelin.ledger import append, log, sequencer
from yelin.ledger.models import Leaf
from yelin.ledger.tree import TILE_WIDTH

LEAVES = 4_000
# What answers callers twice points at leaves.
TABLES = ("ledger_leaf", "ledger_tile", "ledger_checkpoint", "ledger_shredding", "acts_answered")


@dataclass(frozen=True, slots=True)
class Tampering:
    """What is done, by SQL or to the file, and what must be said of it.

    ``outside`` is what a stranger must find who has nothing but the published parts and the
    checkpoints kept from before; None where nothing published has changed.
    """

    name: str
    do: Callable[[], None]
    says: str
    outside: str | None


def show(stood: House, scale: float) -> None:
    """Grow a log of some thousand leaves and tamper with it in every way."""
    size = _grow(stood, max(2 * TILE_WIDTH + 40, round(LEAVES * scale)))
    stood.start("serve")
    # What a stranger kept, out of the reach of whoever tampers.
    kept = stood.home / "kept"
    kept.write_bytes(log.checkpoint_file().read_bytes())
    print(stood.require("ledger", "verify"))
    print(stood.require(*stood.from_outside("--checkpoints", str(kept))))
    for tampering in _tamperings(size):
        with _undone():
            tampering.do()
            _require_found(stood, tampering, kept)
    # Undone, it is whole again: what was found was what was done.
    print(stood.require("ledger", "verify"))


def _grow(stood: House, size: int) -> int:
    """Grow the log in several rounds, so that there are checkpoints of several sizes."""
    cast = house.appoint(departments=1, stewards=1, officers=0)
    steward = house.actor_of(cast.stewards[0][0])
    entry = acts.draft(actor=steward, provider=cast.departments[0], content=content_of("港口"))
    acts.register(actor=steward, entry=entry)
    rounds = 5
    for number in range(rounds):
        with transaction.atomic():
            for count in range((size - Leaf.objects.count()) // (rounds - number)):
                append.append(
                    append.pending(
                        act="catalog.amend",
                        duty=duties.CATALOG_COMPILE,
                        actor=steward,
                        subject=entry.thing,
                        facts={"round": number, "count": count},
                    )
                )
        sequencer.settle()
    assert stood.home.is_dir()
    return log.published_size()


def _tamperings(size: int) -> list[Tampering]:
    one, other, far = TILE_WIDTH + 57, TILE_WIDTH + 113, 3
    cut = size - TILE_WIDTH // 2
    return [
        Tampering(
            "a payload changed",
            lambda: _sql(
                "UPDATE ledger_leaf SET payload = jsonb_set(payload, '{facts,count}', '7777')"
                " WHERE index = %s",
                one,
            ),
            f"entry {one}: the words kept are not those",
            None,
        ),
        Tampering(
            "a salt changed",
            lambda: _sql("UPDATE ledger_leaf SET salt = %s WHERE index = %s", bytes(16), one),
            f"entry {one}: the words kept are not those",
            None,
        ),
        Tampering(
            "a hash changed",
            lambda: _sql("UPDATE ledger_leaf SET h = %s WHERE index = %s", bytes(32), one),
            rf"entry {one} was changed",
            rf"entry {one} was changed",
        ),
        Tampering(
            "a row removed",
            lambda: _sql("DELETE FROM ledger_leaf WHERE index = %s", one),
            f"entry {one} was removed",
            f"entry {one} was removed",
        ),
        Tampering(
            "a row removed and those after it moved up",
            lambda: _remove_and_close(one),
            rf"entry {one} was removed",
            rf"entry {one} was removed",
        ),
        Tampering(
            "two rows of one tile swapped",
            lambda: _swap(one, other),
            f"entries {one} and {other} have changed places",
            f"entries {one} and {other} have changed places",
        ),
        Tampering(
            "two rows of two tiles swapped",
            lambda: _swap(far, other),
            rf"(?s)entry {far} was changed.*entry {other} was changed",
            rf"(?s)entry {far} was changed.*entry {other} was changed",
        ),
        Tampering(
            "the tail cut off, tiles and checkpoints rewound",
            lambda: _cut(cut),
            rf"entries \d+ to {size - 1} were cut off",
            rf"entries \d+ to {size - 1} were cut off",
        ),
        Tampering(
            "the whole log emptied", _empty, "the whole log is gone", "the whole log is gone"
        ),
        Tampering(
            "a tile changed",
            lambda: _sql(
                "UPDATE ledger_tile SET hashes = set_byte(hashes, %s, 255 - get_byte(hashes, %s))"
                " WHERE level = 0 AND index = 1",
                32 * 57,
                32 * 57,
            ),
            r"tile/0/001\b.*not what the entries",
            r"tile/0/001\b.*not what the entries",
        ),
        Tampering(
            "a line of the checkpoint file altered",
            _alter_file,
            r"line \d+ of \S+ does not fit the note above it",
            None,
        ),
    ]


def _sql(text: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        assert cursor.rowcount > 0, f"nothing was tampered with by {text}"


def _swap(one: int, other: int) -> None:
    _sql("UPDATE ledger_leaf SET index = 999999999 WHERE index = %s", one)
    _sql("UPDATE ledger_leaf SET index = %s WHERE index = %s", one, other)
    _sql("UPDATE ledger_leaf SET index = %s WHERE index = 999999999", other)


def _remove_and_close(one: int) -> None:
    _sql("DELETE FROM ledger_leaf WHERE index = %s", one)
    _sql("UPDATE ledger_leaf SET index = index + 999999999 WHERE index > %s", one)
    _sql("UPDATE ledger_leaf SET index = index - 1000000000 WHERE index > 999999999")


def _cut(size: int) -> None:
    """Make the database what it was at an earlier checkpoint, as a restored backup would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(size) FROM ledger_checkpoint WHERE size <= %s", [size])
        row = cursor.fetchone()
    earlier = row[0]
    assert earlier, "there is no earlier checkpoint to rewind to"
    _sql("DELETE FROM ledger_leaf WHERE index >= %s", earlier)
    _sql("DELETE FROM ledger_checkpoint WHERE size > %s", earlier)
    level, hashes = 0, earlier
    while hashes:
        tile, width = divmod(hashes, TILE_WIDTH)
        with connection.cursor() as cursor:
            values = [level, tile + bool(width)]
            cursor.execute("DELETE FROM ledger_tile WHERE level = %s AND index >= %s", values)
            values = [32 * width, level, tile]
            cursor.execute(
                "UPDATE ledger_tile SET hashes = substr(hashes, 1, %s)"
                " WHERE level = %s AND index = %s",
                values,
            )
        level, hashes = level + 1, tile


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}")


def _alter_file() -> None:
    path = log.checkpoint_file()
    lines = path.read_bytes().splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if line.strip().isdigit())
    lines[at] = b"%d\n" % (int(lines[at]) + 1)
    path.write_bytes(b"".join(lines))


@contextmanager
def _undone() -> Iterator[None]:
    """Put tables and file back as they were."""
    file = log.checkpoint_file()
    blob = file.read_bytes()
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
    try:
        yield
    finally:
        file.write_bytes(blob)
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(TABLES)}")
            for table in TABLES:
                cursor.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept_{table}")
                cursor.execute(f"DROP TABLE kept_{table}")


def _require_found(stood: House, tampering: Tampering, kept: Path) -> None:
    said = _require_said(stood, tampering, ("ledger", "verify"), tampering.says)
    outside = stood.from_outside("--checkpoints", str(kept))
    if tampering.outside is None:
        heard = stood.run(*outside)
        assert heard.exit_code == 0, (
            f"{tampering.name}: nothing published has changed: {heard.stderr}"
        )
    else:
        _require_said(stood, tampering, outside, tampering.outside)
    print(f"{tampering.name}: {said[:100]}", flush=True)


def _require_said(stood: House, tampering: Tampering, words: tuple[str, ...], says: str) -> str:
    done = stood.run(*words)
    said = done.stderr
    command = " ".join(words[:3])
    assert done.exit_code == 1, f"{tampering.name} is not found by {command}: {said}"
    found = re.search(says, said)
    assert found, f"{tampering.name} is found by {command}, but not named ({says}): {said[:2000]}"
    return found[0].replace("\n", "; ")
