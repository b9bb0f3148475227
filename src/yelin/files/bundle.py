"""A document that is a ZIP, inside a confined process: counted byte by byte, walked as XML."""

import codecs
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from yelin.files.confined import Refused

MOST_ENTRIES = 10_000
# DEFLATE can reach 1,032:1; documents that people make stay far below this.
MOST_RATIO = 400
RATIO_FROM = 32 << 20
# The names in a ZIP are so encoded where it does not say; later, no module could be opened.
codecs.lookup("cp437")


class Bundle:
    """A ZIP whose every inflated byte is counted, whatever its directory claims."""

    def __init__(self, file: BinaryIO, most_inflated: int, *, ratio_from: int = RATIO_FROM) -> None:
        self.zip = zipfile.ZipFile(file)
        self._size = file.seek(0, io.SEEK_END)
        self._most_inflated = most_inflated
        self._ratio_from = ratio_from
        self._inflated = 0
        if len(self.zip.namelist()) > MOST_ENTRIES:
            raise Refused("file.bomb", "The file has more than {limit} parts", limit=MOST_ENTRIES)
        self.names = set(self.zip.namelist())

    def pieces(self, entry: str | zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield an entry in pieces, stopping at a bomb.

        A ratio alone is no bomb: what is small stays small.
        """
        with self.zip.open(entry) as stream:
            while piece := stream.read(1 << 16):
                self._inflated += len(piece)
                if self._inflated > self._most_inflated or (
                    self._inflated > self._ratio_from and self._inflated > MOST_RATIO * self._size
                ):
                    raise Refused("file.bomb", "The file unpacks to far more than a document holds")
                yield piece

    def parts(self, name: str) -> Iterator[bytes]:
        """Yield an entry in pieces, stopping at any document type as well."""
        tail = b""
        for piece in self.pieces(name):
            if b"<!DOCTYPE" in (window := tail + piece) or b"<!ENTITY" in window:
                raise _declares()
            tail = piece[-16:]
            yield piece

    def parse(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Walk an XML entry, with element names stripped of their prefix."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        # In another encoding it does not show in the bytes.
        parser.StartDoctypeDeclHandler = _stop
        parser.StartElementHandler = lambda tag, attributes: start(
            tag.rpartition(":")[2], attributes
        )
        if end:
            parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
        if text:
            parser.CharacterDataHandler = text
        for piece in self.parts(name):
            parser.Parse(piece, False)  # noqa: FBT003 - expat's own signature
        parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature


def _declares() -> Refused:
    return Refused("file.doctype", "The file declares entities, which is unsafe")


def _stop(*_said: object) -> None:
    raise _declares()
