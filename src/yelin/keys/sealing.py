"""How bytes lie sealed: in segments, so that any part can be opened without the rest.

A mark and the id of the key, then a stream in Tink's format AES-GCM-HKDF (AES-256, HKDF with
SHA-256, segments of 128 KiB), which Tink's own library reads and writes too. Each file has a salt
and so a key of its own; its associated data are the id of the key and the file's name, so that no
sealed file can stand in for another. No segment can be changed, moved or cut off unseen.

https://developers.google.com/tink/wire-format#streaming_encryption
"""

import io
import secrets
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, NoReturn, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from typing_extensions import Buffer

MARK = b"YLSEAL\x01\n"
KEY_BYTES = 32
SEGMENT = 128 << 10
TAG = 16
_PREFIX = 7
_MOST_SEGMENTS = 1 << 32
_STREAM_HEADER = 1 + KEY_BYTES + _PREFIX
HEADER = len(MARK) + 16 + _STREAM_HEADER
# Tink counts its header as part of the first segment.
_FIRST = SEGMENT - _STREAM_HEADER


class SealBroken(Exception):
    """What lies here is not what was sealed under this key and name."""


class Secret:
    """A key in the clear; it can be neither shown nor pickled, so it stays in memory."""

    __slots__ = ("_bytes",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._bytes = key

    @classmethod
    def fresh(cls) -> Self:
        """Return a new random key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def reveal(self) -> bytes:
        """Return the key's bytes, for a cipher and for nothing else."""
        return self._bytes

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key in the clear is not written anywhere")


@dataclass(frozen=True, slots=True)
class FileKey:
    """What opens one sealed file and no other: its header and the key derived for it."""

    header: bytes
    derived: bytes = field(repr=False)

    @classmethod
    def fresh(cls, key_id: uuid.UUID, secret: Secret, name: str) -> Self:
        """Return the key for a new file ``name``."""
        salt, prefix = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(_PREFIX)
        header = MARK + key_id.bytes + bytes([_STREAM_HEADER]) + salt + prefix
        return cls(header, _derive(secret, salt, associated(key_id, name)))

    @classmethod
    def of(cls, header: bytes, key_id: uuid.UUID, secret: Secret, name: str) -> Self:
        """Return the key of the file ``name`` that begins with ``header``.

        Raises ``SealBroken`` where that is no seal, or one under another key.
        """
        if key_named_by(header) != key_id or header[len(MARK) + 16] != _STREAM_HEADER:
            raise SealBroken("this is not sealed under the key that it should be")
        salt = header[-_STREAM_HEADER + 1 : -_PREFIX]
        return cls(header, _derive(secret, salt, associated(key_id, name)))

    def nonce(self, number: int, *, last: bool) -> bytes:
        """Return the nonce of a segment, which says its place and whether it is the last."""
        return self.header[-_PREFIX:] + number.to_bytes(4, "big") + bytes([last])


def associated(key_id: uuid.UUID, name: str) -> bytes:
    """Return what a sealed file is bound to."""
    return key_id.bytes + name.encode()


def key_named_by(header: bytes) -> uuid.UUID | None:
    """Return the id of the key that a file's first bytes name; none where it is plain."""
    if len(header) < HEADER or not header.startswith(MARK):
        return None
    return uuid.UUID(bytes=header[len(MARK) : len(MARK) + 16])


def _derive(secret: Secret, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=salt, info=info).derive(secret.reveal())


def _begin(number: int) -> int:
    """Return where the segment ``number`` begins in the plain bytes."""
    return 0 if number == 0 else _FIRST - TAG + (number - 1) * (SEGMENT - TAG)


class Sealer(io.RawIOBase):
    """Seals what is written to it; only closing it makes a whole file."""

    def __init__(self, target: BinaryIO, key: FileKey) -> None:
        self._target = target
        self._key = key
        self._cipher = AESGCM(key.derived)
        self._held = bytearray()
        self._number = 0
        target.write(key.header)

    def writable(self) -> bool:
        """Return that one may write."""
        return True

    def write(self, more: "Buffer", /) -> int:
        """Take more; a segment is sealed once it is known not to be the last."""
        view = memoryview(more).cast("B")
        at = 0
        while at < len(view):
            room = _begin(self._number + 1) - _begin(self._number)
            if len(self._held) == room:
                self._seal(last=False)
                continue
            part = view[at : at + room - len(self._held)]
            self._held += part
            at += len(part)
        return len(view)

    def close(self) -> None:
        """Seal the last segment and close the file beneath."""
        if not self.closed:
            self._seal(last=True)
            self._target.close()
        super().close()

    def _seal(self, *, last: bool) -> None:
        nonce = self._key.nonce(self._number, last=last)
        self._target.write(self._cipher.encrypt(nonce, bytes(self._held), None))
        self._held.clear()
        self._number += 1


Read = Callable[[int, int], bytes]


class Opener(io.RawIOBase):
    """Opens a sealed file at any place; each segment that it answers from is proved first.

    ``read`` returns so many sealed bytes from a place, as ``os.pread`` does.
    """

    def __init__(self, key: FileKey, read: Read, size: int, close: Callable[[], None]) -> None:
        self._cipher = AESGCM(key.derived)
        self._key = key
        self._read = read
        self._close = close
        sealed = size - HEADER
        if sealed < TAG:
            raise SealBroken("the file is shorter than any seal")
        self._segments = 1 + max(0, -(-(sealed - _FIRST) // SEGMENT))
        self.size = sealed - self._segments * TAG
        self._at = 0
        self._held = (-1, b"")
        # The last segment proves that nothing was cut off, wherever one reads.
        self._segment(self._segments - 1)

    def readable(self) -> bool:
        """Return that one may read."""
        return True

    def seekable(self) -> bool:
        """Return that one may read anywhere."""
        return True

    def tell(self) -> int:
        """Return where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, target: "Buffer", /) -> int:
        """Fill ``target`` as far as the file reaches."""
        view = memoryview(target).cast("B")
        part = self.read_at(self._at, len(view))
        view[: len(part)] = part
        self._at += len(part)
        return len(part)

    def read_at(self, at: int, length: int) -> bytes:
        """Return up to ``length`` bytes from ``at`` on; several threads may ask at once."""
        end = min(self.size, at + length)
        parts = []
        while at < end:
            number = 0 if at < _FIRST - TAG else 1 + (at - _FIRST + TAG) // (SEGMENT - TAG)
            skip = at - _begin(number)
            part = memoryview(self._segment(number))[skip : skip + end - at]
            parts.append(part)
            at += len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Close the file beneath."""
        if not self.closed:
            self._close()
        super().close()

    def _segment(self, number: int) -> bytes:
        held, plain = self._held
        if held == number:
            return plain
        begin = HEADER + (0 if number == 0 else _FIRST + (number - 1) * SEGMENT)
        length = SEGMENT if number else _FIRST
        sealed = self._read(length, begin)
        nonce = self._key.nonce(number, last=number == self._segments - 1)
        try:
            plain = self._cipher.decrypt(nonce, sealed, None)
        except InvalidTag as error:
            raise SealBroken("the file was changed since it was sealed") from error
        self._held = (number, plain)
        return plain


class Growing(Opener):
    """Opens a file that is being sealed still, as far as it is certain: never its last segment.

    ``size_now`` tells how many sealed bytes there are by now.
    """

    def __init__(
        self, key: FileKey, read: Read, size_now: Callable[[], int], close: Callable[[], None]
    ) -> None:
        self._cipher = AESGCM(key.derived)
        self._key = key
        self._read = read
        self._close = close
        self._size_now = size_now
        self._at = 0
        self._held = (-1, b"")
        # None of those that are read is the last one.
        self._segments = _MOST_SEGMENTS

    def read_at(self, at: int, length: int) -> bytes:
        """Return up to ``length`` bytes from ``at`` on, or none where it has not come so far."""
        beyond_first = self._size_now() - HEADER - _FIRST
        # A segment is not the last once another one has begun after it.
        followed = max(0, -(-beyond_first // SEGMENT))
        self.size = _begin(followed)
        return super().read_at(at, length)


def stream(pieces: Iterable[bytes], key: FileKey) -> Iterator[bytes]:
    """Yield ``pieces`` sealed, a segment or more at a time."""
    gathered = _Gathered()
    sealer = Sealer(gathered, key)  # type: ignore[arg-type]  # write and close are all that it needs
    for piece in pieces:
        sealer.write(piece)
        if ready := gathered.take():
            yield ready
    sealer.close()
    yield gathered.take()


class _Gathered:
    """Holds what was sealed until it is taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(part)
        return len(part)

    def close(self) -> None:
        """Nothing lies beneath."""

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def seal(plain: bytes, key: FileKey) -> bytes:
    """Return a small document sealed."""
    return b"".join(stream([plain], key))


def unseal(sealed: bytes, key_id: uuid.UUID, secret: Secret, name: str) -> bytes:
    """Return a small document opened. Raises ``SealBroken``."""
    key = FileKey.of(sealed[:HEADER], key_id, secret, name)
    opener = Opener(key, lambda length, at: sealed[at : at + length], len(sealed), lambda: None)
    return opener.read_at(0, opener.size)
