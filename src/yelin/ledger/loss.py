"""Accepting what a broken log lost: on record, by two people, and under another key.

A log that was cut or restored cannot be signed further: that would be two histories under one key.
What is left of it is taken over, leaf by leaf at its place, into a log of its own origin. The first
leaf that this one adds holds the last checkpoint of the broken log and names what is missing, so
nobody can say later that there was nothing.
"""

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

from django.db import connection

from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger import entry, history, log, note, sequencer, tree
from yelin.ledger.findings import MAX_FINDINGS
from yelin.ledger.models import Cause, Leaf, Loss, Tile
from yelin.ledger.verify import verify_log

# The act that accepts; its leaf binds the broken log.
ACT = "ledger.accept_loss"
AT_ONCE = 5_000
_KEPT = """
SELECT coalesce(min(index) + 1, 0)
  FROM ledger_leaf leaf
 WHERE index IS NOT NULL AND EXISTS (SELECT 1 FROM ledger_leaf WHERE index = 0)
   AND NOT EXISTS (SELECT 1 FROM ledger_leaf next WHERE next.index = leaf.index + 1)
"""
_GAPS = """
SELECT before + 1, index - 1
  FROM (SELECT index, lag(index, 1, -1::bigint) OVER (ORDER BY index) AS before
          FROM (SELECT index FROM ledger_leaf WHERE index < %(size)s
                 UNION ALL SELECT %(size)s::bigint) ends) places
 WHERE index > before + 1
 ORDER BY index
"""


def accept(cause: str) -> Loss:
    """Take over what is left of the broken log and begin another; the caller holds the act.

    Leaves behind a gap get their place anew, after the leaf that binds. Raises ``Incomplete`` for
    no such cause, ``OutOfTurn`` where the log is not broken, or cannot be told from another.
    """
    if cause not in Cause.values:
        raise Incomplete.at("cause", "Say why the log is broken, as far as you know.", duties.TRACE)
    fault = sequencer.fault()
    if fault is None:
        raise OutOfTurn("The log goes on from what was signed: there is no loss to accept.")
    if isinstance(fault, log.KeyLost):
        raise OutOfTurn("The key of the log is missing. Put it back first: it may be all that is.")
    key = log.verifier_key()
    last = _last_signed(key)
    known = _Known(key, log.era(), last)
    report = verify_log(log.RowSource(last), [key], known=known.notes())
    found = [finding.says for finding in report.findings]
    gone = _gone(note.open_checkpoint(last, [key]).size)
    kept = _kept()
    if Leaf.objects.filter(index__gte=kept).exclude(shredded_at=None).exists():
        raise OutOfTurn(
            "Behind the gap stand leaves that were shredded, and they cannot be placed anew:"
            " restore the database from its archive."
        )
    _grow_anew(kept)
    Leaf.objects.filter(index__gte=kept).update(index=None)
    log.key_of_next_era()
    loss = Loss(
        era=log.era() + 1,
        vkey=str(key),
        note=last,
        kept=kept,
        agreed=known.agreed(kept),
        findings=[*gone, *found],
        cause=cause,
        at=clock.now(),
    )
    loss.save()
    return loss


def signed_before() -> Iterator[str]:
    """Yield the checkpoints of broken logs with which what is left of them still agrees."""
    losses = list(Loss.objects.all())
    for loss in losses:
        most = min(later.agreed for later in losses if later.era >= loss.era)
        yield from _Known(note.parse_key(loss.vkey), loss.era - 1, loss.note).notes(most)


class _Known:
    """The checkpoints of one era that bear its signature: those of its file, and the last one."""

    def __init__(self, key: note.VerifierKey, era: int, last: str) -> None:
        self._key = key
        self._file = log.checkpoint_file(era)
        self._last = last

    def notes(self, most: int | None = None) -> Iterator[str]:
        """Yield them, oldest first, up to ``most`` leaves."""
        for text, head in self._read():
            if most is None or head.size <= most:
                yield text

    def agreed(self, kept: int) -> int:
        """Return the most leaves under one of them whose root the ``kept`` leaves still give."""
        heads = [head for _, head in self._read() if head.size <= kept]

        def differs(head: note.Checkpoint) -> bool:
            return tree.root(log.TileRows(), head.size) != head.root

        # Where they agree at some size they agree at every smaller one.
        agreeing = bisect_left(heads, 1, key=differs)
        return heads[agreeing - 1].size if agreeing else 0

    def _read(self) -> Iterator[tuple[str, note.Checkpoint]]:
        read = 0
        for text in chain(self._in_file(), [self._last]):
            try:
                head = note.open_checkpoint(text, [self._key])
            except (note.Malformed, note.Unverified):
                continue
            if head.size >= read:
                read = head.size
                yield text, head

    def _in_file(self) -> Iterator[str]:
        if not self._file.exists():
            return
        # What stands before a damage counts.
        with suppress(history.Damaged):
            yield from history.read_checkpoints(self._file)


def _last_signed(key: note.VerifierKey) -> str:
    signed: list[tuple[int, str]] = []
    for text in log.newest_notes():
        try:
            signed.append((note.open_checkpoint(text, [key]).size, text))
        except (note.Malformed, note.Unverified):
            continue
    if not signed:
        raise OutOfTurn("No checkpoint of the log can be read: bring its file back from a copy.")
    return max(signed)[1]


def _kept() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_KEPT)
        kept: int = cursor.fetchone()[0]
        return kept


def _gone(size: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_GAPS, {"size": size})
        gaps = cursor.fetchmany(MAX_FINDINGS)
    return [f"entries {first} to {last} are gone" for first, last in gaps]


def _grow_anew(size: int) -> None:
    Tile.objects.all().delete()
    rows, grown = log.TileRows(), 0
    while grown < size:
        leaves = Leaf.objects.filter(index__gte=grown, index__lt=min(size, grown + AT_ONCE))
        hashes = [
            entry.leaf_hash(bytes(h)) for h in leaves.order_by("index").values_list("h", flat=True)
        ]
        grown = tree.append(rows, grown, hashes)
