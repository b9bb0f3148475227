"""Which kinds of file are taken beside datasets, and how each is handed out again."""

from dataclasses import dataclass
from pathlib import PurePath

_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: by which type it is handed out, under which suffixes.

    A ``picture`` was written anew by us, so a browser may show it; everything else it only keeps.
    """

    name: str
    media_type: str
    suffixes: tuple[str, ...]
    picture: bool = False

    def named(self, stem: str) -> str:
        """Return a file's name with a suffix of this kind, whatever its sender called it."""
        given = PurePath(stem)
        if given.suffix.lower() in self.suffixes:
            return f"{given.stem[-_LONGEST:]}{given.suffix.lower()}"
        return f"{given.stem[-_LONGEST:]}{self.suffixes[0]}"


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

KINDS = {
    kind.name: kind
    for kind in (
        Kind("pdf", "application/pdf", (".pdf",)),
        Kind("ofd", "application/ofd", (".ofd",)),
        Kind("docx", f"{_OFFICE}wordprocessingml.document", (".docx",)),
        Kind("xlsx", f"{_OFFICE}spreadsheetml.sheet", (".xlsx",)),
        Kind("pptx", f"{_OFFICE}presentationml.presentation", (".pptx",)),
        Kind("odt", f"{_OPEN}text", (".odt",)),
        Kind("ods", f"{_OPEN}spreadsheet", (".ods",)),
        Kind("odp", f"{_OPEN}presentation", (".odp",)),
        Kind("jpeg", "image/jpeg", (".jpg", ".jpeg"), picture=True),
        Kind("png", "image/png", (".png",), picture=True),
        Kind("webp", "image/webp", (".webp",), picture=True),
        # Under no other suffix, so that no program runs it: a table of text is data for XLSX.
        Kind("text", "text/plain", (".txt",)),
    )
}

_BYTES = "application/octet-stream"
# What a release may hold besides, by the reason for which it is no attachment: handed out byte by
# byte, under the name it had, and never shown.
OPAQUE = {
    f"kind.{kind.name}": kind
    for kind in (
        Kind("older", _BYTES, ()),
        Kind("packed", _BYTES, ()),
        Kind("picture", _BYTES, ()),
        Kind("page", _BYTES, ()),
        Kind("unknown", _BYTES, ()),
    )
}
CONTENTS = KINDS | {kind.name: kind for kind in OPAQUE.values()}
# What a desktop runs when its name is clicked.
PROGRAMS = frozenset(
    {
        ".bat", ".chm", ".class", ".cmd", ".com", ".dex", ".dll", ".exe", ".hta", ".jar", ".js",
        ".jse", ".lnk", ".msi", ".ps1", ".scr", ".so", ".vbe", ".vbs", ".wsf",
    }
)  # fmt: skip
