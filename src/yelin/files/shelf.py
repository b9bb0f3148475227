"""Where bytes lie under keys: a folder here, a bucket elsewhere (``bucket``)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore

from yelin.files.places import Reader, reader, settle


class Unreachable(OSError):
    """The bytes are away, closed to us or not where the settings say."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.strerror = reason


@contextmanager
def told() -> Iterator[None]:
    """Raise ``Unreachable`` for whatever does not answer; what is missing is ``FileNotFoundError``.

    No key of the bucket's is in its words.
    """
    try:
        yield
    except BaseError as error:
        raise Unreachable(str(error).partition("\n")[0]) from None


class Shelf(Protocol):
    """Bytes under keys, sealed or not.

    What is worked on lies below ``folder``, what is made for a key below ``drafts``.
    """

    folder: Path
    drafts: Path
    objects: ObjectStore
    # Whether the files themselves lie elsewhere.
    is_far: bool

    def near(self, key: str) -> Path:
        """Return a file of this machine with the bytes of ``key``, to be worked on."""

    def reader(self, key: str) -> Reader:
        """Return the bytes of ``key``, to be read anywhere, from where they lie.

        Raises ``FileNotFoundError``.
        """

    def put(self, key: str, content: Iterator[bytes]) -> None:
        """Keep these bytes under ``key``, whole or not at all, power cut or not."""

    def keep(self, key: str) -> None:
        """Keep the file that was made below ``drafts`` for ``key``, as ``put`` would."""

    def forget(self, key: str) -> None:
        """Remove what this machine has of ``key`` besides."""

    def tidy(self) -> None:
        """Remove what this machine has of keys that are no more, and what killed makers left."""


class Folder:
    """A folder of this machine, or one that several share."""

    is_far = False

    def __init__(self, folder: Path) -> None:
        self.folder = self.drafts = folder
        self.objects: ObjectStore = LocalStore(folder)

    def near(self, key: str) -> Path:
        """Return the file itself, which may be missing."""
        return self.folder / key

    def reader(self, key: str) -> Reader:
        """Return the file, opened."""
        return reader(self.folder / key)

    def put(self, key: str, content: Iterator[bytes]) -> None:
        """Write under another name first."""
        with told():
            obstore.put(self.objects, key, content)
        settle(self.folder / key)

    def keep(self, key: str) -> None:
        """Let a file that was made here outlast a power cut."""
        settle(self.folder / key)

    def forget(self, key: str) -> None:
        """Do nothing: there is the one file."""

    def tidy(self) -> None:
        """Do nothing: what is no more is not here either."""


def private(folder: Path) -> Path:
    """Make ``folder`` if need be and let nobody else on this machine in."""
    # Closed releases lie here, and the embedded database opens the folder above to all.
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder
