"""The log as rows: its tiles, its head, its signer, and its proofs for those who ask."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce

from yelin.config import config
from yelin.keys import signing
from yelin.law import clock
from yelin.ledger import entry, history, note, tiles, tree
from yelin.ledger.entry import Receipt, State
from yelin.ledger.models import Checkpoint, Leaf, Loss, Tile
from yelin.ledger.sources import Unavailable

KEY = "ledger"
# The era of the present log, inside a query.
_PRESENT = Coalesce(Subquery(Loss.objects.order_by("-era").values("era")[:1]), 0)


class TileRows:
    """The hash tiles of the log in the database, for the tree's arithmetic."""

    def get(self, level: int, index: int) -> bytes:
        """Return the hashes of a tile; none for a tile not yet begun."""
        found = Tile.objects.filter(level=level, index=index).values_list("hashes", flat=True)
        return bytes(found[0]) if found else b""

    def put(self, level: int, index: int, hashes: bytes) -> None:
        """Keep the hashes of a tile in place of those kept so far."""
        Tile.objects.bulk_create(
            [Tile(level=level, index=index, hashes=hashes)],
            update_conflicts=True,
            unique_fields=["level", "index"],
            update_fields=["hashes"],
        )


class HeldTiles(TileRows):
    """The same while the log is held and nobody else writes them: each is read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], bytes] = {}

    def get(self, level: int, index: int) -> bytes:
        """Return the hashes of a tile; none for a tile not yet begun."""
        if (level, index) not in self._known:
            self._known[level, index] = super().get(level, index)
        return self._known[level, index]

    def put(self, level: int, index: int, hashes: bytes) -> None:
        """Keep the hashes of a tile in place of those kept so far."""
        super().put(level, index, hashes)
        self._known[level, index] = hashes


class RowSource:
    """The published log as its rows stand, for the same verifier that reads it over HTTP.

    ``head`` is the checkpoint to verify under, in place of the latest row's.
    """

    def __init__(self, head: str | None = None) -> None:
        self._head = head

    def checkpoint(self) -> str:
        """Return the latest signed checkpoint; raises ``Unavailable`` before the first."""
        if self._head is not None:
            return self._head
        latest = newest_checkpoint()
        if latest is None:
            raise Unavailable("no checkpoint was published yet")
        return latest.note

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the first ``width`` hashes of a tile; raises ``Unavailable``."""
        hashes = TileRows().get(level, index)[: width * tree.HASH_SIZE]
        if len(hashes) < width * tree.HASH_SIZE:
            raise Unavailable(f"the tile {level}/{index} has no {width} hashes")
        return hashes

    def entries(self, index: int, width: int) -> bytes:
        """Return the bundle ``index`` of ``width`` published entries.

        Entries are made from the rows each time, so a row that was changed shows; one that is gone
        makes the bundle short, so that the verifier can say which.
        """
        first = index * tree.TILE_WIDTH
        rows = Leaf.objects.filter(index__gte=first, index__lt=first + width).order_by("index")
        hashes = [bytes(h) for h in rows.values_list("h", flat=True)]
        return tiles.encode_entries(entry.entry_bytes(h) for h in hashes)


def era() -> int:
    """Return how many losses were accepted: each began a log with a key and a file of its own."""
    newest = Loss.objects.order_by("-era").values_list("era", flat=True).first()
    return newest or 0


def key_of(era: int) -> str:
    """Return the name of the key that signs in an era."""
    return f"{KEY}-{era}" if era else KEY


def checkpoint_file(of: int | None = None) -> Path:
    """Return the file outside the database to which every signed checkpoint is appended.

    Each era has its own; without ``of`` it is that of the present one.
    """
    number = era() if of is None else of
    return config.root / "ledger" / (f"checkpoints-{number}" if number else "checkpoints")


class LogBroken(Exception):
    """What is there no longer continues what was signed; nothing is signed on top of it."""


class KeyLost(LogBroken):
    """The key at hand is not the one by which this log was signed."""

    def __init__(self, finding: str) -> None:
        super().__init__(
            f"{finding}. Put the log's own key back as {signing.path(key_of(era()))}: a new key is"
            f" a new log, and is made only where neither the database nor {checkpoint_file()} has a"
            " checkpoint"
        )


def verifier_key() -> note.VerifierKey:
    """Return the log's public key under the origin that its checkpoints name.

    A log that was never signed gets its key here. Raises ``KeyLost`` where one that was signed
    has none.
    """
    number = era()
    name = key_of(number)
    if not signing.path(name).exists():
        for signed in newest_notes():
            raise KeyLost(f"The key of {note.claimed_origin(signed)} is gone")
        if number:
            raise KeyLost("The key that was made when a loss was accepted is gone")
        signing.make(name)
    return _named(signing.public_key(name))


def key_of_next_era() -> note.VerifierKey:
    """Make the key under which the log goes on once a loss is accepted, and return it."""
    name = key_of(era() + 1)
    signing.make(name)
    return _named(signing.public_key(name))


def _named(public: bytes) -> note.VerifierKey:
    return note.VerifierKey(f"yelin.{config.pack}.{public[:4].hex()}", public)


def former_keys() -> list[note.VerifierKey]:
    """Return the public keys of the logs that broke and whose loss was accepted."""
    return [note.parse_key(loss.vkey) for loss in Loss.objects.all()]


def signer() -> note.Signer:
    """Return what signs the log's checkpoints."""
    name = key_of(era())
    return note.Signer(verifier_key(), lambda text: signing.sign(name, text))


def newest_checkpoint() -> Checkpoint | None:
    """Return the latest signed checkpoint of the present log; nothing before the first."""
    return _checkpoints().first()


def _checkpoints() -> QuerySet[Checkpoint]:
    return Checkpoint.objects.filter(era=_PRESENT).order_by("-size")


def newest_notes() -> list[str]:
    """Return what was signed last, by the database's word and by that of the file outside it."""
    newest = newest_checkpoint()
    notes = (newest.note if newest else None, history.last_checkpoint(checkpoint_file()))
    return [signed for signed in notes if signed is not None]


def state_of(leaf: Leaf, published: int) -> State:
    """Return how firmly ``leaf`` stands when ``published`` leaves are under a signed checkpoint."""
    if leaf.index is None:
        return State.PENDING
    return State.PUBLISHED if leaf.index < published else State.INTEGRATED


def published_size() -> int:
    """Return the size of the latest signed checkpoint; 0 before the first."""
    newest = newest_checkpoint()
    return newest.size if newest else 0


def along(leaves: QuerySet[Leaf]) -> QuerySet[Leaf]:
    """Return ``leaves``, each with how many were ``published`` as it was read."""
    return leaves.annotate(published=Coalesce(Subquery(_checkpoints().values("size")[:1]), 0))


def receipt_of(leaf: Leaf, *, opened: bool) -> Receipt:
    """Return the receipt of ``leaf`` with its proof; ``opened`` adds its payload and salt.

    Of a shredded leaf there is neither, and the receipt says since when.
    """
    latest = newest_checkpoint()
    state = state_of(leaf, latest.size if latest else 0)
    given: dict[str, Any] = {"h": bytes(leaf.h), "state": state}
    if leaf.shredded_at is not None:
        given |= {"shredded": clock.day_of(leaf.shredded_at).isoformat()}
    elif opened:
        given |= {"payload": leaf.payload, "salt": bytes(leaf.salt)}
    if leaf.index is not None:
        given |= {"index": leaf.index}
        if latest is not None and state is State.PUBLISHED:
            path = tree.inclusion(TileRows(), leaf.index, latest.size)
            given |= {"size": latest.size, "proof": tuple(path), "checkpoint": latest.note}
    return Receipt(**given)


def faults_of_words() -> Iterator[str]:
    """Say of each leaf whose words are not those that its hash commits to, which one it is."""
    leaves = Leaf.objects.filter(shredded_at=None).order_by("id")
    for leaf in leaves.only("id", "index", "h", "salt", "payload").iterator(chunk_size=2_000):
        if entry.commit(leaf.payload, bytes(leaf.salt)) != bytes(leaf.h):
            place = f"entry {leaf.index}" if leaf.index is not None else f"pending row {leaf.pk}"
            yield f"{place}: the words kept are not those that were entered"
