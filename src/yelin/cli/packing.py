"""Several resources in one file, packed while it leaves: each decided when its turn comes."""

import contextlib
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog
from aiohttp import HttpVersion11, web
from django.utils import translation

from yelin.catalog.models import Entry
from yelin.cli.line import Line, Lost
from yelin.cli.sources import SERVER, Source, Threads
from yelin.delivery import batches, tickets
from yelin.delivery.batches import WHOLE, Turn
from yelin.delivery.handing import Handed
from yelin.delivery.models import Kept, Ticket
from yelin.delivery.opening import Call
from yelin.delivery.tickets import Redeemed
from yelin.files.zipped import Zip
from yelin.surface import calls, problems
from yelin.surface.packages import LeftOut, Package, Packed
from yelin.surface.sending import packed_headers
from yelin.warehouse.formats import Column

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ways:
    """What is shared with files that leave alone: threads, where bytes come from, who watches."""

    rows: Threads
    readers: Threads
    source: Callable[[web.Request, Redeemed], Awaitable[Source]]
    taken: Callable[[bytes], contextlib.AbstractContextManager[set[Line]]]
    problem: Callable[[web.Request, Exception], web.Response]


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file whose turn it is, as it was handed out, and its ticket, which has no other holder."""

    handed: Handed
    redeemed: Redeemed
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class _Sent:
    """A file that was written to the line up to its byte ``at``, and is not known to be there."""

    ticket: Ticket
    name: str
    size: int
    kept: Kept | None
    at: int
    watched: contextlib.ExitStack


class Packing:
    """The door at which several resources in one file are asked for."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Send the package that a secret is good for."""
        try:
            who = await self._ways.rows(batches.redeem, request.match_info["secret"])
        except Exception as error:  # noqa: BLE001 - what nobody foresaw is told as such
            return await self._ways.rows(self._ways.problem, request, error)
        with translation.override(who.asked.language):
            headers = SERVER | packed_headers(who.at)
        response = web.StreamResponse(headers=headers)
        if request.method != "GET":
            await response.prepare(request)
            return response
        if request.version >= HttpVersion11:
            response.enable_chunked_encoding()
        # By ending the line the other side says that it has all.
        response.force_close()
        with contextlib.suppress(Lost, ConnectionError), Line(request) as line:
            try:
                await response.prepare(request)
                await _Parcel(self._ways, request, who, response, line).send()
            except (Lost, ConnectionError):
                raise
            except Exception:
                log.exception("package_failed")
                raise
        return response


class _Parcel:
    """One package on its way to whoever came for it."""

    def __init__(
        self,
        ways: Ways,
        request: web.Request,
        who: batches.Redeemed,
        response: web.StreamResponse,
        line: Line,
    ) -> None:
        self._ways, self._request, self._who = ways, request, who
        self._response, self._line = response, line
        self._call = Call(
            address=calls.address_of(request.headers.get("X-Forwarded-For"), request.remote or "")
        )
        lang = "en" if who.asked.language.startswith("en") else "zh"
        self._package = Package(who.at, lang)
        self._zip, self._at = Zip(), 0
        self._sent: list[_Sent] = []

    async def send(self) -> None:
        """Send it. Raises ``Lost``; whatever goes wrong in a file breaks the line."""
        arrived = False
        try:
            for place, slug in enumerate(self._who.asked.slugs, 1):
                await self._resource(place, slug)
            for path, text in await self._ways.rows(self._beside):
                await self._write(self._zip.whole, path, self._who.at, text)
            await self._write(self._zip.close)
            await self._response.write_eof()
            arrived = await self._line.arrives()
        except Exception:
            # Whoever has got some of it must see that it is not all.
            self._line.end()
            raise
        finally:
            for sent in self._sent:
                await self._settle(sent, arrived=arrived)

    async def _resource(self, place: int, slug: str) -> None:
        entry: Entry | None = None
        try:
            entry = await self._ways.rows(batches.find, self._who.actor, slug)
            turn = await self._ways.rows(batches.turn, self._who.actor, entry)
        except problems.FORESEEN as error:
            await self._ways.rows(self._leave_out, slug, entry, "", error)
            return
        for which in turn.files:
            await self._file(place, turn, which)

    async def _file(self, place: int, turn: Turn, which: int) -> None:
        with contextlib.ExitStack() as watched:
            try:
                opened = await self._ways.rows(self._open, turn, which)
                lines = watched.enter_context(self._ways.taken(bytes(opened.redeemed.ticket.pk)))
                source = await self._ways.source(self._request, opened.redeemed)
            except problems.FORESEEN as error:
                part = "" if which == WHOLE else str(which)
                slug = turn.entry.slug
                await self._ways.rows(self._leave_out, slug, turn.entry, part, error)
                return
            lines.add(self._line)
            watched.callback(lines.discard, self._line)
            try:
                path = self._package.path(place, opened.handed)
                sent = await self._pack(path, opened, source, watched)
            finally:
                await self._ways.readers(source.close)
            self._sent.append(sent)

    def _open(self, turn: Turn, which: int) -> _Opened:
        """Hand the file out as if it left alone, by a ticket that nobody else comes with."""
        handed = batches.hand(self._who, turn, which, call=self._call)
        columns = handed.wanted.table(handed.decision).columns if which == WHOLE else ()
        handed.begin()
        secret = tickets.issue(handed.wanted, handed.decision, handed.delivery, {}, self._who.under)
        return _Opened(handed, tickets.redeem(secret), columns)

    async def _pack(
        self, path: str, opened: _Opened, source: Source, watched: contextlib.ExitStack
    ) -> _Sent:
        ticket, handed = opened.redeemed.ticket, opened.handed
        part = source.part("GET", {}, "")
        begin = partial(tickets.begin, alone=True)
        name = await self._ways.rows(begin, ticket, part.first, part.end)
        digest, size = hashlib.sha256(), 0

        def pack(piece: bytes) -> bytes:
            digest.update(piece)
            return self._zip.write(piece)

        try:
            await self._write(self._zip.begin, path, self._who.at)
            async for piece in source.pieces(part):
                size += len(piece)
                await self._write(pack, piece)
            await self._write(self._zip.end)
        except BaseException:
            end = partial(tickets.end, arrived=False)
            await self._ways.rows(end, ticket, name, size, source.kept)
            raise
        rows = source.kept.rows if source.kept else 0
        told = Packed(handed, path, size, digest.hexdigest(), opened.columns, rows)
        self._package.packed.append(told)
        return _Sent(ticket, name, size, source.kept, self._at, watched.pop_all())

    async def _write(self, work: Callable[..., bytes], *given: object) -> None:
        piece = await self._ways.readers(work, *given)
        self._at += len(piece)
        if piece:
            await self._line.write(self._response, piece)
        await self._settle_arrived()

    async def _settle_arrived(self) -> None:
        """Count the files of which the other side has confirmed the last byte."""
        if not self._sent:
            return
        # What frames the bytes on the line is counted as left, so this is never too much.
        confirmed = self._at - self._line.left
        for sent in [each for each in self._sent if each.at <= confirmed]:
            self._sent.remove(sent)
            await self._settle(sent, arrived=True)

    async def _settle(self, sent: _Sent, *, arrived: bool) -> None:
        with sent.watched:
            end = partial(tickets.end, arrived=arrived)
            await self._ways.rows(end, sent.ticket, sent.name, sent.size, sent.kept)

    def _leave_out(self, slug: str, entry: Entry | None, part: str, error: Exception) -> None:
        with translation.override(self._who.asked.language):
            english = entry.title_en if entry and self._package.lang == "en" else ""
            title = english or (entry.title if entry else "")
            self._package.left_out.append(LeftOut(slug, title, problems.of(error), part))

    def _beside(self) -> list[tuple[str, str]]:
        with translation.override(self._who.asked.language):
            return list(self._package.beside())
