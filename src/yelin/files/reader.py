"""Find out what a file is by reading it as what it claims to be, in a confined process.

``examined`` has it started (``files/confined.py``). The first bytes say which reader tries; only
what that reader reads to its end is of its kind. Pictures are written anew from their points alone.
"""

import codecs
import re
import sys
import zipfile
from contextlib import suppress
from io import SEEK_END
from typing import BinaryIO

from yelin.files import confined, documents, pdf, pictures
from yelin.files.confined import Refused, Said

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 30
# A text is held whole.
MOST_TEXT = 20 << 20

# What is refused by its first bytes alone, so that the words can say what to send instead.
_KNOWN = (
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"#!", "program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "older"),
    (b"{\\rtf", "older"),
    (b"Rar!", "packed"),
    (b"7z\xbc\xaf\x27\x1c", "packed"),
    (b"\x1f\x8b", "packed"),
    (b"BZh", "packed"),
    (b"\xfd7zXZ", "packed"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
)
_REFUSED = {
    "program": Refused("kind.program", "This is a program; programs are not taken."),
    "older": Refused(
        "kind.older",
        "This is an older Office document, which may hold macros. Save it as DOCX, XLSX or PDF.",
    ),
    "packed": Refused(
        "kind.packed", "This is an archive. Send each document of it as a file of its own."
    ),
    "picture": Refused(
        "kind.picture", "This kind of picture is not taken. Save it as JPEG or PNG."
    ),
    "page": Refused(
        "kind.page",
        "This is a web page or a program in the form of text. Save the page as PDF, or the words"
        " alone as text.",
    ),
    "unknown": Refused(
        "kind.unknown",
        "This is none of the kinds that are taken: PDF, OFD, DOCX, XLSX, PPTX, ODT, ODS, ODP,"
        " JPEG, PNG, WebP or plain text.",
    ),
}
_MARKUP = re.compile(
    r"\A\s*<|<\s*/?\s*(?:script|html|iframe|svg|object|embed|body|meta|link|style)\b|<\?(?:php|xml)",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")

# Later, no module could be opened.
for _encoding in ("utf-8-sig", "gb18030", "utf-16"):
    codecs.lookup(_encoding)

# Of ISO media, the brands of HEIF pictures, which phones make.
_HEIF = {b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"}


def work(order: Said, file: BinaryIO, target: BinaryIO) -> Said:
    """Return which kind of file this is, and whether it was written anew.

    Where only a ``preview`` is ordered, a picture stays as it is and a small one is written.
    """
    head = file.read(16)
    file.seek(0)
    if head.startswith(b"%PDF-"):
        pdf.examine(file)
        return {"kind": "pdf", "anew": False}
    if head.startswith(b"PK\x03\x04"):
        return {"kind": documents.examine(file), "anew": False}
    kind = pictures.kind_of(head)
    if kind and order["preview"]:
        pictures.preview(file, kind, target)
        return {"kind": kind, "anew": False}
    if kind:
        pictures.write_anew(file, kind, target)
        return {"kind": kind, "anew": True}
    _require_text(head, file)
    return {"kind": "text", "anew": False}


def _require_text(head: bytes, file: BinaryIO) -> None:
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF:
        raise _REFUSED["picture"]
    for mark, kind in _KNOWN:
        if head.startswith(mark):
            raise _REFUSED[kind]
    if b"%PDF-" in file.read(1024) or zipfile.is_zipfile(file):
        raise Refused("kind.two", "This file is of two kinds at once, which is unsafe.")
    if file.seek(0, SEEK_END) > MOST_TEXT:
        raise _REFUSED["unknown"]
    file.seek(0)
    content = file.read()
    encodings = ("utf-16",) if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            break
    else:
        raise _REFUSED["unknown"]
    if _CONTROL.search(text):
        raise _REFUSED["unknown"]
    if _MARKUP.search(text):
        raise _REFUSED["page"]


if __name__ == "__main__":
    sys.exit(confined.answer(work, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS))
