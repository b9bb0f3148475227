"""A file that is written here and there: on the disk it is noise, under a key only it has."""

import os
import secrets
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BLOCK = 256 << 10
# So many blocks are in memory at once.
HELD = 16
_NONCE, _TAG = 12, 16
_SLOT = _NONCE + BLOCK + _TAG


class Scattered:
    """Bytes that may be written anywhere, any number of times; they go with whoever holds them.

    No name leads to them. Each block is sealed anew each time that it goes to the disk.
    """

    def __init__(self, folder: Path) -> None:
        self._file = TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - closed with its holder
        weakref.finalize(self, self._file.close)
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._held: OrderedDict[int, bytearray] = OrderedDict()
        self._changed: set[int] = set()
        self._there: set[int] = set()
        self._lock = threading.Lock()
        self.size = 0

    def read_at(self, at: int, length: int) -> bytes:
        """Return up to ``length`` bytes from ``at`` on."""
        with self._lock:
            end = min(self.size, at + length)
            return b"".join(bytes(self._block(number)[a:b]) for number, a, b in _parts(at, end))

    def write_at(self, at: int, part: bytes) -> None:
        """Write there; what lies between the end and there is zeros."""
        with self._lock:
            taken = memoryview(part)
            for number, a, b in _parts(at, at + len(part)):
                self._block(number)[a:b] = taken[: b - a]
                self._changed.add(number)
                taken = taken[b - a :]
            self.size = max(self.size, at + len(part))

    def truncate(self, size: int) -> None:
        """Forget what lies behind."""
        with self._lock:
            first = -(-size // BLOCK)
            for number in [*self._held]:
                if number >= first:
                    del self._held[number]
            self._there = {number for number in self._there if number < first}
            self._changed = {number for number in self._changed if number < first}
            if size % BLOCK:
                number, kept = divmod(size, BLOCK)
                self._block(number)[kept:] = bytes(BLOCK - kept)
                self._changed.add(number)
            self.size = size

    def pieces(self) -> Iterator[bytes]:
        """Yield all of it, from its beginning to its end."""
        for at in range(0, self.size, BLOCK):
            yield self.read_at(at, BLOCK)

    def _block(self, number: int) -> bytearray:
        if number in self._held:
            self._held.move_to_end(number)
            return self._held[number]
        block = bytearray(BLOCK)
        if number in self._there:
            sealed = os.pread(self._file.fileno(), _SLOT, number * _SLOT)
            block[:] = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(number))
        self._held[number] = block
        if len(self._held) > HELD:
            self._put_away(*self._held.popitem(last=False))
        return block

    def _put_away(self, number: int, block: bytearray) -> None:
        if number not in self._changed:
            return
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, bytes(block), _bound(number))
        os.pwrite(self._file.fileno(), sealed, number * _SLOT)
        self._changed.discard(number)
        self._there.add(number)


def _bound(number: int) -> bytes:
    return number.to_bytes(8, "big")


def _parts(at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the blocks between two places: number, and from where to where."""
    while at < end:
        number, begin = divmod(at, BLOCK)
        stop = min(BLOCK, begin + end - at)
        yield number, begin, stop
        at += stop - begin
