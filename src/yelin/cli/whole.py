"""The whole catalog as one file, for whoever asks: in parts, and broken off where it must end."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable
from uuid import UUID

import structlog
from aiohttp import web
from django.utils.http import http_date

from yelin.cli.line import Line, Lost
from yelin.cli.sources import SERVER, Threads, pieces
from yelin.delivery import whole
from yelin.delivery.models import CatalogFile
from yelin.files.places import Reader
from yelin.surface import ranges
from yelin.surface.ranges import Part
from yelin.surface.sending import STRANGER

log = structlog.get_logger(__name__)

PATHS = {CatalogFile.path(form): form for form in CatalogFile.FORMS}
LOOKS_BETWEEN = 5
_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "csv.gz": "application/gzip"}


class Whole:
    """The door at which the whole catalog is asked for, and who takes it at this moment."""

    def __init__(
        self,
        rows: Threads,
        readers: Threads,
        problem: Callable[[web.Request, Exception], web.Response],
    ) -> None:
        self._rows, self._readers, self._problem = rows, readers, problem
        self._lines: defaultdict[UUID, set[Line]] = defaultdict(set)
        self._looks = 0
        self._looking = asyncio.Lock()
        self._next: asyncio.Task[CatalogFile] | None = None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Send the file, if all in it may be known now."""
        form = PATHS[request.path]
        try:
            file = await self._had()
            reader = await self._readers(file.reader, form)
        except Exception as error:  # noqa: BLE001 - what nobody foresaw is told as such
            # A newer one may have taken its place in this very moment.
            told = whole.NotReady() if isinstance(error, FileNotFoundError) else error
            return await self._rows(self._problem, request, told)
        try:
            return await self._send(request, file, form, reader)
        finally:
            await self._readers(reader.close)

    async def _had(self) -> CatalogFile:
        """Return the file that may be had now.

        Every entry is looked at for that, so one looks at a time: whoever comes meanwhile shares
        the next look, which begins after they came.
        """
        if self._next is None:
            self._next = asyncio.ensure_future(self._look_next())
        return await asyncio.shield(self._next)

    async def _look_next(self) -> CatalogFile:
        async with self._looking:
            self._next = None
            return await self._rows(whole.had)

    async def _send(
        self, request: web.Request, file: CatalogFile, form: str, reader: Reader
    ) -> web.StreamResponse:
        part = ranges.part(request.method, request.headers, file.digests[form], file.sizes[form])
        headers = SERVER | _headers(file, form) | dict(part.headers)
        response = web.StreamResponse(status=part.status, headers=headers)
        if request.method != "GET" or part.end == part.first:
            await response.prepare(request)
            await response.write_eof()
            return response
        response.force_close()
        with contextlib.suppress(Lost, ConnectionError), Line(request) as line:
            self._lines[file.pk].add(line)
            try:
                await self._write(request, response, part, reader, line)
            except (Lost, ConnectionError):
                raise
            except Exception:
                # Whoever has got some of it must see that it is not all.
                line.end()
                log.exception("catalog_failed")
                raise
            finally:
                self._lines[file.pk].discard(line)
        return response

    async def _write(
        self,
        request: web.Request,
        response: web.StreamResponse,
        part: Part,
        reader: Reader,
        line: Line,
    ) -> None:
        await response.prepare(request)
        async for piece in pieces(reader, part, self._readers):
            await line.write(response, piece)
        await response.write_eof()
        await line.arrives()

    async def look(self) -> None:
        """Break off what is on its way and may be had no more; every entry is asked for it."""
        self._looks += 1
        if self._looks % LOOKS_BETWEEN:
            return
        for pk in [pk for pk, lines in self._lines.items() if not lines]:
            del self._lines[pk]
        if not self._lines:
            return
        for pk in await self._rows(whole.gone, list(self._lines)):
            for line in self._lines.get(pk, ()):
                line.end()

    def leave(self) -> None:
        """Break every line; whoever comes again gets the rest."""
        for lines in self._lines.values():
            for line in lines:
                line.end()


def _headers(file: CatalogFile, form: str) -> dict[str, str]:
    return {
        "Content-Type": _MEDIA_TYPES[form],
        "Content-Disposition": f'attachment; filename="catalog.{form}"',
        "Last-Modified": http_date(file.begun_at.timestamp()),
        # Whoever keeps it asks each time whether it still may be had.
        "Cache-Control": "no-cache",
        "Access-Control-Allow-Origin": "*",
        **STRANGER,
    }
