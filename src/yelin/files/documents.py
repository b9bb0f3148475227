"""Office and layout documents (OOXML, ODF, OFD) read part by part, inside a confined process."""

import io
from pathlib import PurePosixPath
from typing import BinaryIO

from yelin.files.bundle import Bundle
from yelin.files.confined import Refused
from yelin.files.kinds import PROGRAMS

MOST_INFLATED = 300 << 20
_TYPES = "[Content_Types].xml"
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
}
_OPEN = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_XML = {".xml", ".rels"}
_RUNS = PROGRAMS | {".htm", ".html", ".mht", ".swf"}
_EMBEDDED = {".docx", ".xlsx", ".pptx"}
# A link that is followed only when somebody clicks it, and one that Excel asks about.
_LINKS = {"hyperlink", "externalLinkPath"}


def _macros() -> Refused:
    return Refused(
        "kind.macros", "The document holds macros or embedded programs. Save it without them."
    )


def _fetches() -> Refused:
    return Refused(
        "kind.fetches",
        "The document fetches something from elsewhere when it is opened. Save it with everything"
        " in it, or as PDF.",
    )


def examine(file: BinaryIO, *, inside: bool = False) -> str:
    """Return which kind of document this is, read to its end; ``inside`` another it has no more.

    Raises ``Refused`` for a bare archive, and for one with macros, programs or a lock.
    """
    bundle = Bundle(file, MOST_INFLATED)
    _require_alone(bundle, file)
    kind = _kind_of(bundle)
    for entry in bundle.zip.infolist():
        _require_harmless(entry.filename, inside=inside)
        suffix = PurePosixPath(entry.filename).suffix.lower()
        if suffix in _EMBEDDED:
            examine(io.BytesIO(b"".join(bundle.parts(entry.filename))), inside=True)
        elif suffix in _XML:
            _walk(bundle, entry.filename)
        else:
            for _piece in bundle.parts(entry.filename):
                pass
    return kind


def _require_alone(bundle: Bundle, file: BinaryIO) -> None:
    """Raise ``Refused`` where anything stands before, behind or twice in the ZIP."""
    entries = bundle.zip.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("kind.locked", "The file is locked by a password. Send it without one.")
    begins = min((entry.header_offset for entry in entries), default=1)
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 22))
    ends = file.read(22).startswith(b"PK\x05\x06")
    if begins or not ends or len(bundle.names) != len(entries):
        raise Refused("kind.two", "This file is of two kinds at once, which is unsafe.")


def _kind_of(bundle: Bundle) -> str:
    if _TYPES in bundle.names:
        return _ooxml(bundle)
    if "mimetype" in bundle.names:
        kind = _OPEN.get(b"".join(bundle.parts("mimetype")).strip())
        if kind and "content.xml" in bundle.names:
            return kind
    elif "OFD.xml" in bundle.names:
        roots: list[str] = []
        bundle.parse("OFD.xml", lambda tag, _: roots.append(tag))
        if roots[:1] == ["OFD"]:
            return "ofd"
    raise Refused(
        "kind.packed", "This is an archive. Send each document of it as a file of its own."
    )


def _ooxml(bundle: Bundle) -> str:
    found: list[str] = []

    def start(_tag: str, attributes: dict[str, str]) -> None:
        found.append(attributes.get("ContentType", ""))

    bundle.parse(_TYPES, start)
    if any("macroEnabled" in each or "vba" in each.lower() for each in found):
        raise _macros()
    kinds = {_MAIN[each] for each in found if each in _MAIN}
    if len(kinds) != 1:
        raise Refused(
            "kind.packed", "This is an archive. Send each document of it as a file of its own."
        )
    return kinds.pop()


def _require_harmless(name: str, *, inside: bool) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise Refused("kind.two", "This file is of two kinds at once, which is unsafe.")
    suffix = path.suffix.lower()
    folders = {part.lower() for part in path.parts[:-1]}
    is_ole = "embeddings" in folders and suffix not in _EMBEDDED
    has_scripts = path.parts[0].lower() in {"basic", "scripts"}
    if (
        suffix in _RUNS
        or is_ole
        or has_scripts
        or "activex" in folders
        or path.stem.lower().startswith("vbaproject")
        or (inside and suffix in _EMBEDDED)
    ):
        raise _macros()


def _walk(bundle: Bundle, name: str) -> None:
    """Read a part as XML, and look for what fetches, listens or is locked."""

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") == "External":
            if attributes.get("Type", "").rpartition("/")[2] not in _LINKS:
                raise _fetches()
        elif tag in {"ddeLink", "oleLink", "dde-source"}:
            raise _fetches()
        elif tag == "event-listener":
            raise _macros()
        elif tag == "encryption-data":
            raise Refused("kind.locked", "The file is locked by a password. Send it without one.")
        elif tag == "file-entry" and "oleobject" in attributes.get("manifest:media-type", ""):
            raise _macros()

    bundle.parse(name, start)
