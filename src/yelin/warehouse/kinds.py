"""Tell what an uploaded file truly is, by its own bytes and never by its name."""

import codecs

from yelin.files.places import Place
from yelin.warehouse import gridded
from yelin.warehouse.findings import Unfit

_MAGIC = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM\x00", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"SQLite format 3", "SQLite"),
    (b"\x7fELF", "ELF"),
)


def sniff(source: Place, filename: str, work: Place) -> str:
    """Return what the file is by its own bytes: text, xlsx, xls, ods, parquet or zip.

    The name's extension never overrules the bytes. What is packed is looked into by another
    process, which writes below ``work``. Raises ``Unfit`` for anything else, by name.
    """
    with source.open("rb") as stream:
        head = stream.read(8192)
    if not head:
        raise Unfit("file.empty", "The file is empty")
    if head.startswith(b"PK"):
        return _sniff_zip(source, filename, work)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _sniff_compound(source, filename)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PARE"):
        raise Unfit("file.locked", "The Parquet file is encrypted; save it without a key")
    for magic, name in _MAGIC:
        if head.startswith(magic):
            raise _unsupported(name, filename)
    text = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if text.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        raise _unsupported("HTML", filename)
    if text.startswith(b"<?xml"):
        raise _unsupported("XML", filename)
    return "text"


def _unsupported(kind: str, filename: str) -> Unfit:
    return Unfit(
        "file.kind",
        "“{filename}” is in truth a {kind} file; send CSV, XLSX, XLS, ODS, JSON or Parquet",
        {"filename": filename, "kind": kind},
    )


def _sniff_zip(source: Place, filename: str, work: Place) -> str:
    target = work / "sniffed"
    try:
        kind = str(gridded.ask("yelin.warehouse.zipped", source, target)["kind"])
    finally:
        target.unlink(missing_ok=True)
    if kind == "xlsb":
        raise _unsupported("XLSB", filename)
    return kind


def _sniff_compound(source: Place, filename: str) -> str:
    with source.open("rb") as stream:
        content = stream.read(32 << 20)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Unfit("file.locked", "The spreadsheet is locked with a password; save it without one")
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return "xls"
    raise _unsupported("Microsoft Office", filename)
