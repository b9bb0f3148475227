"""Both digests of a file, SHA-256 and SM3, made while its bytes pass."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Self

from yelin.files.places import Place, pieces
from yelin.files.sm3 import sm3


@dataclass(frozen=True, slots=True)
class Digests:
    """The SHA-256 (FIPS 180-4) and the SM3 (GB/T 32905) of the same bytes, hexadecimal."""

    sha256: str
    sm3: str

    def as_dict(self) -> dict[str, str]:
        """Return both by name, as manifests hold them."""
        return asdict(self)


class Digesting:
    """Makes both digests of pieces as they come; SM3, the slower one, in a thread beside."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._sm3 = sm3()
        self._beside = ThreadPoolExecutor(1, "sm3")
        self._last: Future[None] | None = None

    def update(self, piece: bytes) -> None:
        """Take the next piece; no more than two are held."""
        if self._last:
            self._last.result()
        self._last = self._beside.submit(self._sm3.update, piece)
        self._sha256.update(piece)

    def done(self) -> Digests:
        """Return the digests of all that came."""
        if self._last:
            self._last.result()
        return Digests(self._sha256.hexdigest(), self._sm3.finalize().hex())

    def close(self) -> None:
        """End the thread beside."""
        self._beside.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()


def digests(place: Place) -> Digests:
    """Return both digests of what a file holds once opened."""
    return digests_of(pieces(place.open("rb")))


def digests_of(content: Iterable[bytes]) -> Digests:
    """Return both digests of what comes in pieces."""
    with Digesting() as digesting:
        for piece in content:
            digesting.update(piece)
        return digesting.done()
