"""A file comes in pieces, over as many requests as it takes; once it is whole it is received.

What counts is what was committed: a piece lies in the store before its row says so, and the last
ones become an upload in the same transaction. So whoever is killed at any moment leaves a file of
which it is known how far it came, and at most one piece is sent again.
"""

import hashlib
import itertools
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction

from yelin import gate
from yelin.acts.frame import Done, named
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.files.store import store
from yelin.keys.models import DataKey
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import Actor
from yelin.things.models import Thing
from yelin.warehouse.arrivals import Arrival, ArrivalQuerySet, Piece
from yelin.warehouse.models import Upload
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import plain_name, receive

# How long a file waits for the rest of it, from the last piece on.
WAITS = timedelta(days=3)
PIECE_BYTES = 8 << 20
MOST_PIECES = 20_000
MOST_UNDER_WAY = 20
DIGESTS: dict[str, Callable[[], Any]] = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}


class Elsewhere(Exception):
    """The bytes do not begin where those that are kept end, at ``arrived``."""

    def __init__(self, arrived: int) -> None:
        super().__init__(f"{arrived} bytes are here")
        self.arrived = arrived


class Busy(Exception):
    """The file is being received whole in this moment."""


class Altered(Exception):
    """The bytes are not those of which the digest was told; none of them is kept."""


@dataclass(frozen=True, slots=True)
class Told:
    """The digest that the sender tells of what one request brings."""

    algorithm: str
    digest: bytes


def begin(
    *, actor: Actor, entry: Entry, filename: str, size: int, options: Options, metadata: str
) -> Arrival:
    """Let a file of ``size`` bytes come in pieces.

    Raises ``Refused`` where the actor may bring nothing in, ``Incomplete`` for an empty file or one
    above the limit, ``OutOfTurn`` where too many are under way.
    """
    _require_right(actor, entry)
    if size == 0:
        raise Incomplete.at("file", "The file is empty.", duties.KEEP_ACCURATE)
    limit = config.upload_limit_mb
    if size > limit * 1_000_000:
        raise Incomplete.at("file", "The file is larger than {limit} MB.", None, {"limit": limit})
    if under_way(actor).count() >= MOST_UNDER_WAY:
        raise OutOfTurn("Too many files of yours are on their way. Finish or give up some first.")
    with transaction.atomic():
        thing = Thing.objects.select_for_update(no_key=True).get(pk=entry.pk)
        return Arrival.objects.create(
            entry=entry,
            seat_id=actor.seat_id,
            person_id=str(actor.person_id),
            filename=plain_name(filename),
            size=size,
            options=asdict(options),
            metadata=metadata,
            sealed_by=DataKey.objects.of(thing, at=clock.now()),
            until=clock.now() + WAITS,
        )


def under_way(actor: Actor) -> ArrivalQuerySet:
    """Return the files that the actor may go on with."""
    own = Arrival.objects.under_way(clock.now())
    return own.filter(seat=actor.seat_id, person=actor.person_id)


def find(actor: Actor, pk: uuid.UUID) -> Arrival:
    """Return a file that the actor sends, or has sent lately. Raises ``Unseen``."""
    own = Arrival.objects.filter(seat=actor.seat_id, person=actor.person_id)
    along = own.select_related("entry__provider", "entry__thing", "sealed_by")
    found = along.filter(pk=pk, until__gte=clock.now()).first() if actor.seat_id else None
    if found is None:
        raise gate.Unseen
    return found


def give_up(arrival: Arrival) -> None:
    """Forget a file that is on its way, and what has come of it."""
    with transaction.atomic():
        _hold(arrival.pk)
        arrival.drop()
        arrival.delete()


def sweep() -> None:
    """Forget the files that nobody goes on with any more."""
    for pk in Arrival.objects.over(clock.now()).values_list("pk", flat=True):
        with suppress(Busy, Arrival.DoesNotExist):
            give_up(Arrival.objects.get(pk=pk))


def take(
    *, actor: Actor, arrival: Arrival, at: int, body: Iterable[bytes], told: Told | None = None
) -> Arrival:
    """Keep what ``body`` brings from ``at`` on; whole, the file is received for its entry.

    Where the line breaks, what came before stays, unless its digest was told: then all counts or
    nothing. Raises ``Elsewhere``, ``Busy``, ``Altered``, ``Incomplete`` for more than was
    announced, and what ``warehouse.receive`` does.
    """
    _require_right(actor, arrival.entry)
    taking = _Taking(actor, arrival.pk, at, told)
    taking.run(body)
    return find(actor, arrival.pk)


def _require_right(actor: Actor, entry: Entry) -> None:
    gate.decide(actor, "warehouse.receive", entry).must_allow("warehouse.receive", entry.pk)


def _hold(pk: uuid.UUID) -> Arrival:
    """Return the row, held until commit. Raises ``Busy`` where somebody receives it whole."""
    rows = Arrival.objects.select_for_update(skip_locked=True, of=("self",))
    held = rows.select_related("sealed_by", "entry__provider", "entry__thing").filter(pk=pk).first()
    if held is None:
        raise Busy
    return held


@dataclass
class _Taking:
    """One request that brings bytes of a file, as long as no later one took its place."""

    actor: Actor
    pk: uuid.UUID
    at: int
    told: Told | None
    attempt: str = field(default_factory=lambda: str(uuid.uuid4()))
    kept: list[Piece] = field(default_factory=list)
    size: int = 0

    def run(self, body: Iterable[bytes]) -> None:
        with transaction.atomic():
            held = _hold(self.pk)
            if held.arrived != self.at:
                raise Elsewhere(held.arrived)
            if held.upload_id is not None:
                return
            held.attempt, self.size = self.attempt, held.size
            held.save(update_fields=["attempt"])
        stream = _Stream(body, held.size - self.at, self.told)
        try:
            while piece := self._keep(held, stream):
                self.kept.append(piece)
                if self.told is None and self._ends < self.size:
                    self._count()
            stream.require_as_told()
            self._count()
        except BaseException:
            store().delete(*(piece.key for piece in self.kept))
            raise
        if stream.lost is not None:
            raise stream.lost

    @property
    def _ends(self) -> int:
        return self.at + sum(piece.size for piece in self.kept)

    def _keep(self, held: Arrival, stream: "_Stream") -> Piece | None:
        """Put the next bytes into the store; they do not count yet."""
        if held.pieces.count() >= MOST_PIECES:
            raise Incomplete.at("file", "The pieces are too small. Send larger ones.")
        first = stream.read()
        if not first:
            return None
        piece = Piece(arrival=held, begins=self._ends)
        before = stream.count - len(first)
        whole = itertools.chain([first], stream.up_to(PIECE_BYTES - len(first)))
        store().put(piece.key, whole, held.sealed_by)
        piece.size = stream.count - before
        return piece

    def _count(self) -> None:
        """Let what was kept count; the last of it makes the file an upload."""
        if not self.kept:
            return
        if self._ends == self.size:
            named("warehouse.receive").several(self.actor, self._asked, self._note)
        else:
            with transaction.atomic():
                self._advance(_hold(self.pk))
        self.at, self.kept = self._ends, []

    def _advance(self, held: Arrival) -> None:
        if held.attempt != self.attempt:
            raise Elsewhere(held.arrived)
        Piece.objects.bulk_create(self.kept)
        if self._ends < self.size:
            held.arrived, held.until = self._ends, clock.now() + WAITS
            held.save(update_fields=["arrived", "until"])

    def _asked(self) -> Sequence[dict[str, Any]]:
        # The row is held from here until all is committed: whoever comes meanwhile is told so.
        self._held = _hold(self.pk)
        self._advance(self._held)
        received = receive(self._held.read(), self._held.filename)
        options = Options(**self._held.options)
        return [{"entry": self._held.entry, "received": received, "options": options}]

    def _note(self, done: Sequence[Done]) -> None:
        made = done[0].made
        assert isinstance(made, Upload)  # noqa: S101 - the act makes nothing else
        self._held.drop()
        self._held.upload, self._held.arrived = made, self._held.size
        self._held.save(update_fields=["upload", "arrived"])


class _Stream:
    """What a request brings, counted, and measured where its digest was told."""

    def __init__(self, body: Iterable[bytes], most: int, told: Told | None) -> None:
        self._body = iter(body)
        self._most = most
        self._told = told
        self._digest = DIGESTS[told.algorithm]() if told else None
        self.count = 0
        self.lost: OSError | None = None

    def read(self) -> bytes:
        """Return some more, or nothing at the end, also where the line broke."""
        try:
            got = next(self._body, b"")
        except OSError as lost:
            self.lost = lost
            return b""
        self.count += len(got)
        if self.count > self._most:
            raise Incomplete.at("file", "More bytes came than the file was said to have.")
        if self._digest:
            self._digest.update(got)
        return got

    def up_to(self, most: int) -> Iterator[bytes]:
        """Yield what comes, until there are ``most`` bytes or more."""
        while most > 0 and (got := self.read()):
            yield got
            most -= len(got)

    def require_as_told(self) -> None:
        if self._told and (self.lost or self._digest.digest() != self._told.digest):  # type: ignore[union-attr]  # there is one where it was told
            raise Altered
