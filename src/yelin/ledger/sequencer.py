"""The one process at a time that gives leaves their place and signs the tree.

A leaf is *pending* in its act's transaction; ``integrate`` numbers the committed rows that have no
number; ``publish`` signs the tree of integrated leaves and appends the checkpoint to the file
outside the database before the row that announces it is committed. A crash between any two of
these leaves a state from which the next round goes on.
"""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from yelin.law import clock
from yelin.ledger import entry, history, log, note, tree
from yelin.ledger.append import CHANNEL
from yelin.ledger.log import KeyLost, LogBroken
from yelin.ledger.models import Checkpoint, Leaf, Loss

LOCK = 0x59454C494E  # "YELIN", the advisory lock of the log
BATCH = 5_000
# How long leaves gather while there are many, and how long until an untold one is looked for.
GATHER_SECONDS = 0.05
POLL_SECONDS = 1.0


def _hold_the_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _integrated_size() -> int:
    last = (
        Leaf.objects.filter(index__isnull=False)
        .order_by("-index")
        .values_list("index", flat=True)
        .first()
    )
    return 0 if last is None else last + 1


def _require_continuation(size: int, tiles: tree.TileReader) -> None:
    key = log.verifier_key()
    for signed in log.newest_notes():
        try:
            last = note.open_checkpoint(signed, [key])
        except (note.Malformed, note.Unverified) as fault:
            origin = note.claimed_origin(signed)
            if origin == key.name:
                raise LogBroken(
                    f"the last checkpoint of {origin} is not as signed: {fault}"
                ) from None
            raise KeyLost(f"The log was signed by {origin}, and the key is {key.name}") from None
        if size < last.size:
            raise LogBroken(f"{last.size} leaves were signed and only {size} are there")
        try:
            root = tree.root(tiles, last.size)
        except tree.TileMissing as missing:
            raise LogBroken(f"a tile of what was signed is gone: {missing}") from missing
        if root != last.root:
            raise LogBroken(f"the tiles no longer give the root signed at {last.size} leaves")


def integrate(limit: int = BATCH) -> int:
    """Give up to ``limit`` pending leaves their place in the tree; return how many.

    Raises ``LogBroken`` where the rows do not continue what was signed.
    """
    with transaction.atomic():
        _hold_the_log()
        # Rows without a number, never "id greater than the last": ids are drawn before commit, so
        # a late committer would be passed over.
        rows = Leaf.objects.filter(index=None).order_by("id").values_list("id", "h")
        # What binds a broken log to its continuation stands before all that was done meanwhile.
        binding = list(rows.filter(subject__in=Loss.objects.values("pk"), refused=False))
        others = rows.exclude(id__in=[id_ for id_, _ in binding])[: limit - len(binding)]
        pending = [*binding, *others]
        if not pending:
            return 0
        size = _integrated_size()
        tiles = log.HeldTiles()
        _require_continuation(size, tiles)
        tree.append(tiles, size, [entry.leaf_hash(bytes(h)) for _, h in pending])
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE ledger_leaf SET index = given.index"
                " FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, index)"
                " WHERE ledger_leaf.id = given.id",
                [[id_ for id_, _ in pending], list(range(size, size + len(pending)))],
            )
        return len(pending)


def publish() -> Checkpoint | None:
    """Sign the tree of all integrated leaves if it has grown; return the new checkpoint.

    Raises ``LogBroken`` where the rows do not continue what was signed.
    """
    with transaction.atomic():
        _hold_the_log()
        size = _integrated_size()
        if size == log.published_size():
            return None
        tiles = log.HeldTiles()
        _require_continuation(size, tiles)
        root = tree.root(tiles, size)
        signer = log.signer()
        signed = note.sign(str(note.Checkpoint(signer.key.name, size, root)), signer)
        path = log.checkpoint_file()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The file first: a signed root that strangers have seen must never be missing from it.
        history.append_checkpoint(path, signed)
        return Checkpoint.objects.create(
            era=log.era(), size=size, root=root, note=signed, at=clock.now()
        )


def fault() -> LogBroken | None:
    """Hold the log for the transaction that runs, and return what keeps it from going on."""
    _hold_the_log()
    try:
        _require_continuation(_integrated_size(), log.HeldTiles())
    except LogBroken as broken:
        return broken
    return None


def require_continuation() -> None:
    """Raise ``LogBroken`` where the rows do not continue what was signed, as signing would."""
    with transaction.atomic():
        _hold_the_log()
        _require_continuation(_integrated_size(), log.HeldTiles())


@dataclass(frozen=True, slots=True)
class Standing:
    """The log at one moment: its newest signed checkpoint, and the bytes of the checkpoint file."""

    head: str | None
    file_bytes: int


def standing() -> Standing:
    """Return where the log stands, while nothing is signed.

    A checkpoint that the file has and the rows do not have yet was signed in the moment before a
    crash. Where the leaves under it are there it is the head all the same; where they are not, the
    rows' own is, and the file shows what was cut off.
    """
    path = log.checkpoint_file()
    with transaction.atomic():
        _hold_the_log()
        newest = log.newest_checkpoint()
        size = _integrated_size()
        signed = history.last_checkpoint(path)
        file_bytes = path.stat().st_size if path.exists() else 0
    head, published = (newest.note, newest.size) if newest else (None, 0)
    if signed is not None:
        try:
            last = note.open_checkpoint(signed, [log.verifier_key()])
        except (note.Malformed, note.Unverified):
            # Whoever reads the whole file says what is wrong with it.
            last = None
        if last is not None and published < last.size <= size:
            head = signed
    return Standing(head, file_bytes)


def settle() -> int:
    """Integrate and publish everything pending now; return the number of leaves integrated."""
    count = last = integrate()
    while last == BATCH:
        last = integrate()
        count += last
    publish()
    return count


def run(stop: Callable[[], bool]) -> None:
    """Sequence until ``stop`` says so; several may run, one works at a time.

    A leaf that comes alone is taken up as soon as it is told of; where one follows the other they
    are taken up together.
    """
    with closing(connections.create_connection(DEFAULT_DB_ALIAS)) as line:
        with line.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        while not stop():
            if settle():
                time.sleep(GATHER_SECONDS)
            else:
                list(line.connection.notifies(timeout=POLL_SECONDS, stop_after=1))
