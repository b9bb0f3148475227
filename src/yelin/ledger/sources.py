"""Fetch a published ledger's checkpoint, tiles and entries, from a folder or from its address."""

import urllib.error
import urllib.request
import zlib
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import urlsplit

from yelin.ledger.note import MAX_NOTE_BYTES
from yelin.ledger.tiles import MAX_ENTRY_BYTES, Malformed, Tile, decode_entries, encode_entries
from yelin.ledger.tree import HASH_SIZE, TILE_WIDTH

_TIMEOUT_SECONDS = 20.0
# What gzip may add to bytes that do not get shorter, which hashes never do.
_GZIP_BYTES = 4096


class Unavailable(Exception):
    """A part of the ledger is not there, or came in a form that is none of its own."""


class LogSource(Protocol):
    """Where the parts of one published ledger come from; each raises ``Unavailable``."""

    def checkpoint(self) -> str:
        """Return the newest signed checkpoint."""
        ...

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return exactly the first ``width`` hashes of a tile."""
        ...

    def entries(self, index: int, width: int) -> bytes:
        """Return a bundle of exactly the first ``width`` entries."""
        ...


class _Paths:
    """Read parts by their tlog-tiles paths; a partial one may be had from the full one."""

    def _read(self, path: str, limit: int) -> bytes:
        raise NotImplementedError

    def checkpoint(self) -> str:
        """Return the newest signed checkpoint."""
        try:
            return self._read("checkpoint", MAX_NOTE_BYTES).decode()
        except UnicodeDecodeError as error:
            raise Unavailable("the checkpoint is not UTF-8") from error

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return exactly the first ``width`` hashes of a tile."""
        hashes, asked = self._read_tile(Tile(level, index, width), HASH_SIZE)
        if len(hashes) != asked.width * HASH_SIZE:
            raise Unavailable(f"{asked} has {len(hashes)} bytes, not {asked.width * HASH_SIZE}")
        return hashes[: width * HASH_SIZE]

    def entries(self, index: int, width: int) -> bytes:
        """Return a bundle of exactly the first ``width`` entries."""
        bundle, asked = self._read_tile(Tile(None, index, width), 2 + MAX_ENTRY_BYTES)
        if asked.width == width:
            return bundle
        try:
            return encode_entries(decode_entries(bundle, asked.width)[:width])
        except Malformed as error:
            raise Unavailable(f"{asked}: {error}") from error

    def _read_tile(self, tile: Tile, each: int) -> tuple[bytes, Tile]:
        try:
            return self._read(tile.path, tile.width * each), tile
        except Unavailable:
            if tile.width == TILE_WIDTH:
                raise
            # A log may drop a partial tile once the full one is there.
            full = Tile(tile.level, tile.index)
            try:
                return self._read(full.path, full.width * each), full
            except Unavailable:
                pass
            raise


class DirectorySource(_Paths):
    """A ledger, or a mirror of one, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _read(self, path: str, limit: int) -> bytes:
        try:
            with (self._folder / path).open("rb") as file:
                return _limited(path, file, limit)
        except OSError as error:
            raise Unavailable(f"{path}: {error.strerror}") from error


class HttpSource(_Paths):
    """A ledger at its address: ``base_url`` is the site's, the ledger lies in its ``ledger/``."""

    def __init__(self, base_url: str, *, timeout_seconds: float = _TIMEOUT_SECONDS) -> None:
        self._base = f"{base_url.rstrip('/')}/ledger/"
        host = _host(self._base)
        self._timeout_seconds = timeout_seconds
        # Put together by hand: the usual opener would also follow file: and ftp: addresses.
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            _SameHost(host),
        ):
            self._opener.add_handler(handler)

    def _read(self, path: str, limit: int) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - _host() lets only http and https in
            self._base + path, headers={"Accept-Encoding": "gzip, identity"}
        )
        try:
            with self._opener.open(request, timeout=self._timeout_seconds) as answer:
                # A log may answer with gzip whether or not it was asked to.
                if answer.headers.get("Content-Encoding") == "gzip":
                    blob = _unzipped(path, _limited(path, answer, limit + _GZIP_BYTES), limit)
                else:
                    blob = _limited(path, answer, limit)
        except urllib.error.HTTPError as error:
            error.close()
            raise Unavailable(f"{path}: the server answered {error.code}") from error
        except (OSError, HTTPException) as error:
            raise Unavailable(f"{path}: {error}") from error
        return blob


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follow a redirect only within the host that was asked."""

    def __init__(self, host: tuple[str, str, int | None]) -> None:
        self._host = host

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if _host(newurl) != self._host:
            fp.close()
            raise Unavailable(f"{req.full_url} leads away to {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _host(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Unavailable(f"{url} is no http or https address")
    return parts.scheme, parts.hostname, parts.port


def _limited(path: str, stream: IO[bytes], limit: int) -> bytes:
    blob = stream.read(limit + 1)
    if len(blob) > limit:
        raise Unavailable(f"{path} is longer than {limit} bytes")
    return blob


def _unzipped(path: str, blob: bytes, limit: int) -> bytes:
    inflater = zlib.decompressobj(wbits=31)
    try:
        plain = inflater.decompress(blob, limit + 1)
    except zlib.error as error:
        raise Unavailable(f"{path}: {error}") from error
    if len(plain) > limit or not inflater.eof:
        raise Unavailable(f"{path} is cut, or longer than {limit} bytes")
    return plain
