"""How fast leaves are given their place and proved: the tree alone, and through the database."""

import os
import random
import statistics
import time
from hashlib import sha256

from django.db import connection, transaction

from bench.table import Figure
from prove import house
from yelin.law import duties
from yelin.ledger import append, entry, log, sequencer, tree
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.things.models import Thing

LEAVES = 100_000
APPENDED = 2_000
PROOFS = 1_000


class _Memory:
    """Tiles in memory: the arithmetic and nothing else."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, int], bytes] = {}

    def get(self, level: int, index: int) -> bytes:
        """Return the hashes of a tile."""
        return self._tiles.get((level, index), b"")

    def put(self, level: int, index: int, hashes: bytes) -> None:
        """Keep the hashes of a tile."""
        self._tiles[level, index] = hashes


def main(scale: float = 1.0) -> list[Figure]:
    """Sequence a log of 100,000 leaves batch by batch, then prove leaves of it."""
    leaves = max(10_000, round(LEAVES * scale))
    with house.standing():
        subject = Thing.objects.create(kind="entry")
        written = _append(subject)
        _fill(leaves, subject)
        sequenced, numbered = _sequence()
        size = log.published_size()
        by_rows = _prove(log.TileRows(), size)
        memory = _Memory()
        hashes = [sha256(os.urandom(32)).digest() for _ in range(leaves)]
        began = time.perf_counter()
        tree.append(memory, 0, hashes)
        alone = leaves / (time.perf_counter() - began)
        by_memory = _prove(memory, leaves)
    batches = f"median of {len(sequenced)} batches of {sequencer.BATCH:,}"
    return [
        Figure(
            "pending leaves written", f"{written:,.0f}/s", "one transaction, payloads committed to"
        ),
        Figure("leaves sequenced through the database", _rate(sequenced), batches),
        Figure("the same rows numbered, no tree", _rate(numbered), "one UPDATE, rolled back"),
        Figure(
            "sequencing ÷ numbering alone, time",
            f"{statistics.median(numbered) / statistics.median(sequenced):.2f}",
            "medians of the same batches",
        ),
        Figure("leaves hashed into tiles, tree alone", f"{alone:,.0f}/s", f"{leaves:,} leaves"),
        *_proofs("inclusion proof from the database", by_rows, size),
        *_proofs("inclusion proof, tiles in memory", by_memory, leaves),
    ]


def _append(subject: Thing) -> float:
    actor = Actor.system("clock")
    began = time.perf_counter()
    with transaction.atomic():
        for number in range(APPENDED):
            append.append(
                append.pending(
                    act="catalog.amend",
                    duty=duties.CATALOG_COMPILE,
                    actor=actor,
                    subject=subject,
                    facts={"number": number, "state": "draft"},
                )
            )
    return APPENDED / (time.perf_counter() - began)


def _fill(leaves: int, subject: Thing) -> None:
    """Bring the log to its size by bulk; what is measured is the sequencing."""
    like = Leaf.objects.latest("id")
    for first in range(0, leaves - APPENDED, 5_000):
        count = min(5_000, leaves - APPENDED - first)
        Leaf.objects.bulk_create(
            Leaf(
                h=entry.commit(like.payload, salt),
                salt=salt,
                payload=like.payload,
                act=like.act,
                duty=like.duty,
                at=like.at,
                subject=subject,
            )
            for salt in (os.urandom(16) for _ in range(count))
        )


def _sequence() -> tuple[list[float], list[float]]:
    """Sequence batch by batch; before each, number the rows without a tree and take it back."""
    sequenced, numbered = [], []
    while Leaf.objects.filter(index=None).exists():
        began = time.perf_counter()
        count = _number_and_take_back()
        numbered.append(count / (time.perf_counter() - began))
        began = time.perf_counter()
        if sequencer.integrate() != count:
            raise RuntimeError("the sequencer left rows of the batch without a number")
        sequencer.publish()
        sequenced.append(count / (time.perf_counter() - began))
    return sequenced, numbered


def _number_and_take_back() -> int:
    with transaction.atomic():
        pending = list(
            Leaf.objects.filter(index=None).order_by("id").values_list("id", "h")[: sequencer.BATCH]
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE ledger_leaf SET index = given.index"
                " FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, index)"
                " WHERE ledger_leaf.id = given.id",
                [[id_ for id_, _ in pending], list(range(10**9, 10**9 + len(pending)))],
            )
        transaction.set_rollback(True)
    return len(pending)


def _prove(tiles: tree.TileReader, size: int) -> list[float]:
    rng = random.Random(1)  # noqa: S311 - a benchmark that can be repeated
    taken = []
    for _ in range(PROOFS):
        index = rng.randrange(size)
        began = time.perf_counter()
        tree.inclusion(tiles, index, size)
        taken.append(time.perf_counter() - began)
    return taken


def _proofs(what: str, taken: list[float], size: int) -> list[Figure]:
    cuts = statistics.quantiles(taken, n=100)
    how = f"{PROOFS:,} random leaves of {size:,}"
    return [Figure(what, f"p50 {cuts[49] * 1000:.2f} ms, p99 {cuts[98] * 1000:.2f} ms", how)]


def _rate(rates: list[float]) -> str:
    return f"{statistics.median(rates):,.0f}/s"
