"""A bucket that speaks S3: bytes go there in parts and come by ranges, each asked for again alone.

What is worked on comes here whole first (``near``); what is handed out is read where it lies.
"""

import itertools
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import obstore
from obstore.store import ObjectStore, S3Store

from yelin.config import Config
from yelin.files.near import ORPHANED_SECONDS, Near
from yelin.files.places import Reader
from yelin.files.shelf import private, told

# A part of what goes there; S3 takes ten thousand of them.
PART = 8 << 20
PARTS_AT_ONCE = 4
# What a reader fetches at once, and holds.
BLOCK = 1 << 20
# What comes here whole comes in so many ranges at a time.
RANGE = 8 << 20
RANGES_AT_ONCE = 4
# Whoever asks for a page waits; jobs are run again as a whole.
RETRIES = 4


def bucket_of(config: Config) -> ObjectStore:
    """Return the bucket that the settings name, which is not asked for anything yet."""
    address = urlsplit(config.store)
    said: dict[str, Any] = {
        "region": config.store_region,
        # Not every server that speaks S3 takes many at once.
        "disable_bulk_delete": True,
    }
    if config.store_endpoint:
        host = urlsplit(config.store_endpoint).hostname or ""
        said["endpoint"] = config.store_endpoint
        said["virtual_hosted_style_request"] = host.startswith(f"{address.netloc}.")
    if config.store_key_id:
        said |= {
            "access_key_id": config.store_key_id,
            "secret_access_key": config.store_key,
        }
    client: dict[str, Any] = {"allow_http": config.store_endpoint.startswith("http://")}
    if config.store_certificate:
        client["root_certificate"] = config.store_certificate.read_bytes()
    with told():
        return S3Store(
            address.netloc,
            prefix=address.path.strip("/") or None,
            client_options=cast("Any", client),
            retry_config={"max_retries": RETRIES},
            **said,
        )


class Bucket:
    """A bucket, and copies of what was worked on, on this machine."""

    is_far = True

    def __init__(self, objects: ObjectStore, work: Path, limit_mb: int) -> None:
        self.objects = objects
        self.folder = private(work / "near")
        self.drafts = private(work / "drafts")
        self._copies = Near(self.folder, self._ranges, limit_mb * 1_000_000)

    def near(self, key: str) -> Path:
        """Return the copy of this machine, fetched unless it is there."""
        return self._copies.of(key)

    def reader(self, key: str) -> Reader:
        """Return the object, to be read by ranges."""
        return _Far(self.objects, key)

    def put(self, key: str, content: Iterator[bytes]) -> None:
        """Send in parts; the object is there once all have come."""
        first = bytearray()
        for piece in content:
            first += piece
            if len(first) >= PART:
                break
        else:
            with told():
                obstore.put(self.objects, key, bytes(first), use_multipart=False)
            return
        self._send(key, itertools.chain([bytes(first)], content))

    def keep(self, key: str) -> None:
        """Send a file that was made here, which stays as a copy."""
        self._send(key, self.drafts / key)
        self._copies.take(key, self.drafts / key)

    def forget(self, key: str) -> None:
        """Remove the copy of this machine."""
        self._copies.forget(key)

    def tidy(self) -> None:
        """Ask for each copy whether the bucket has it still."""
        for key in self._copies:
            try:
                with told():
                    obstore.head(self.objects, key)
            except FileNotFoundError:
                self._copies.forget(key)
        before = time.time() - ORPHANED_SECONDS
        for path in self.drafts.rglob("*"):
            if path.is_file() and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)

    def _send(self, key: str, content: Iterable[bytes] | Path) -> None:
        with told():
            obstore.put(self.objects, key, content, chunk_size=PART, max_concurrency=PARTS_AT_ONCE)

    def _ranges(self, key: str) -> Iterator[bytes]:
        """Yield the object from its beginning to its end."""
        with told():
            size = obstore.head(self.objects, key)["size"]
            for at in range(0, size, RANGE * RANGES_AT_ONCE):
                starts = range(at, min(size, at + RANGE * RANGES_AT_ONCE), RANGE)
                ends = [min(size, start + RANGE) for start in starts]
                yield from map(
                    bytes,
                    obstore.get_ranges(
                        self.objects, key, starts=list(starts), ends=ends, coalesce=0
                    ),
                )


class _Far:
    """An object that is read anywhere; small reads in a row cost one request."""

    def __init__(self, objects: ObjectStore, key: str) -> None:
        self._objects = objects
        self._key = key
        with told():
            self.size = obstore.head(objects, key)["size"]
        # The two blocks that were read last: one reads on while another looks at the end.
        self._held: tuple[tuple[int, bytes], ...] = ()

    def read_at(self, at: int, length: int, /) -> bytes:
        """Return up to ``length`` bytes from ``at`` on; several threads may ask at once."""
        end = min(self.size, at + length)
        parts = []
        while at < end:
            number, skip = divmod(at, BLOCK)
            part = memoryview(self._block(number))[skip : skip + end - at]
            parts.append(part)
            at += len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Hold nothing any more."""
        self._held = ()

    def _block(self, number: int) -> bytes:
        for held, block in self._held:
            if held == number:
                return block
        begin = number * BLOCK
        with told():
            got = obstore.get_range(
                self._objects, self._key, start=begin, end=min(self.size, begin + BLOCK)
            )
        block = bytes(got)
        self._held = ((number, block), *self._held[:1])
        return block
