"""A PDF read object by object, inside a confined process: it may show, and do nothing."""

import zipfile
from io import SEEK_END
from typing import BinaryIO

import pikepdf

from yelin.files.confined import Refused

_TAIL = 4096
# What makes a PDF do something, hold other files, or be a form of another kind.
_ACTS = {"/JavaScript", "/JS", "/RichMedia", "/XFA", "/Movie", "/3D"}
_CARRIES = {"/EmbeddedFiles", "/EF"}
_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/Rendition",
    "/Movie",
    "/Sound",
    "/RichMediaExecute",
}


def examine(file: BinaryIO) -> None:
    """Read the file as PDF to its end. Raises ``Refused`` for one that acts, or is not whole."""
    size = file.seek(0, SEEK_END)
    file.seek(max(0, size - _TAIL))
    _, mark, behind = file.read().rpartition(b"%%EOF")
    if not mark:
        raise Refused("pdf.cut", "The PDF is not whole: its end is missing. Save or scan it again.")
    if behind.strip(b"\r\n\t \x00") or zipfile.is_zipfile(file):
        raise Refused("kind.two", "This file is of two kinds at once, which is unsafe.")
    file.seek(0)
    try:
        with pikepdf.open(file) as found:
            for each in found.objects:
                _look(each)
            if not len(found.pages):
                raise Refused("pdf.empty", "The PDF has no page.")
    except pikepdf.PasswordError:
        raise Refused(
            "kind.locked", "The file is locked by a password. Send it without one."
        ) from None


def _look(whole: pikepdf.Object) -> None:
    waiting = [whole]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Array):
            # What stands elsewhere is looked at in its own turn.
            waiting += [inner for inner in each if _is_here(inner)]
        elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            _require_still(each)
            waiting += [inner for _, inner in each.items() if _is_here(inner)]


def _is_here(inner: object) -> bool:
    return isinstance(inner, pikepdf.Object) and not inner.is_indirect


def _require_still(each: pikepdf.Object) -> None:
    names = set(each.keys())
    action = each.get("/S")
    if names & _ACTS or (isinstance(action, pikepdf.Name) and str(action) in _ACTIONS):
        raise Refused(
            "kind.acts",
            "The file holds a script, or something that starts by itself. Print it to PDF anew and"
            " send that.",
        )
    if names & _CARRIES:
        raise Refused(
            "kind.carries",
            "The file carries other files inside. Send each of them as a file of its own.",
        )
