"""What of an answer would run, or would break out of its place."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree

from django.http import HttpResponse
from tests.files.makers import make_examined
from tests.hostile.words import MARK

from yelin.files.confined import Refused
from yelin.warehouse.formats import RUNS

_RUNS_AT_ADDRESS = re.compile(r"^\s*(javascript|vbscript|data:text)", re.IGNORECASE)
_ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "data", "srcdoc"}
# A header of which no part is taken for another, in ASCII alone: what browsers cannot read they
# pass over, and show what should be kept.
_NAMED = re.compile(
    r"(attachment|inline); filename=\"[\w. -]+\"(; filename\*=UTF-8''[\w%.~-]+)?", re.ASCII
)
_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Reader(HTMLParser):
    def __init__(self, *, drawn: bool = False) -> None:
        super().__init__()
        self.wrong: list[str] = []
        # A drawing that is opened by itself has a policy of its own, which lets it have styles.
        self.drawn = drawn

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == MARK or (tag == "script" and "src" not in held and "type" not in held):
            self.wrong.append(f"<{tag}> at {self.getpos()}")
        for name, value in attrs:
            if name.startswith("on") or (name == "style" and not self.drawn):
                self.wrong.append(f"<{tag} {name}> at {self.getpos()}")
            if name in _ADDRESSES and _RUNS_AT_ADDRESS.search(value or ""):
                self.wrong.append(f"<{tag} {name}={value}>")

    handle_startendtag = handle_starttag


def wrong_in(answer: HttpResponse, *, exact: bool = False) -> list[str]:
    """Return what is wrong with an answer, whatever it is; ``exact`` are cells for programs."""
    return list(_wrong(answer, exact=exact))


def _wrong(answer: HttpResponse, *, exact: bool) -> Iterator[str]:
    kind = answer.get("Content-Type", "").partition(";")[0]
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.status_code >= 500:
        yield f"status {answer.status_code}"
    if body and answer.get("X-Content-Type-Options") != "nosniff":
        yield "the browser may guess what it is"
    if body and "Content-Security-Policy" not in answer:
        yield "no content policy"
    named = answer.get("Content-Disposition")
    if named is not None and not _NAMED.fullmatch(named):
        yield f"a name that browsers do not read: {named}"
    if (
        named is not None
        and kind not in _BY_KIND
        and "sandbox" not in answer["Content-Security-Policy"]
    ):
        yield "a file of somebody's that is no stranger to us"
    if not (exact and kind == "text/csv"):
        yield from _BY_KIND.get(kind, _nothing)(body)


def _nothing(body: bytes) -> Iterator[str]:
    del body
    yield from ()


def _page(body: bytes) -> Iterator[str]:
    text = body.decode()
    reader = _Reader()
    reader.feed(text)
    yield from reader.wrong
    if "hostile7" in text:
        yield "a template within was carried out"


def _table(body: bytes) -> Iterator[str]:
    csv.field_size_limit(1 << 20)
    for line in csv.reader(io.StringIO(body.decode("utf-8-sig"))):
        yield from (f"a cell that runs: {cell[:60]}" for cell in line if _is_formula(cell))


def _tree(body: bytes) -> Iterator[str]:
    for element in ElementTree.fromstring(body).iter():  # noqa: S314 - our own answer
        if MARK in element.tag:
            yield f"<{element.tag}>"
        for name, value in element.items():
            if name.rpartition("}")[2] in _ADDRESSES and _RUNS_AT_ADDRESS.search(value):
                yield f"<{element.tag} {name}={value}>"
        # What a feed says is HTML, its reader takes for HTML.
        if element.get("type") in {"html", "xhtml"}:
            reader = _Reader()
            reader.feed(element.text or "")
            yield from reader.wrong


def _drawing(body: bytes) -> Iterator[str]:
    reader = _Reader(drawn=True)
    reader.feed(body.decode())
    yield from reader.wrong


def _document(body: bytes) -> Iterator[str]:
    """Hold what we made to what we let others bring: it does nothing by itself."""
    try:
        make_examined(body, "ours.pdf")
    except Refused as refused:
        yield f"a paper that is refused here: {refused.message_id}"


def _book(body: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        for name in parts.namelist():
            if b"<f>" in parts.read(name) or b"<f " in parts.read(name):
                yield f"a formula in {name}"


def _archive(body: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        for name in parts.namelist():
            if name.startswith("/") or ".." in name.split("/") or "\\" in name:
                yield f"a file that leaves its folder: {name}"


def _said(body: bytes) -> Iterator[str]:
    json.loads(body)
    yield from ()


_BY_KIND: dict[str, Callable[[bytes], Iterator[str]]] = {
    "text/html": _page,
    "text/csv": _table,
    "text/xml": _tree,
    "application/xml": _tree,
    "application/atom+xml": _tree,
    "application/rdf+xml": _tree,
    "application/opensearchdescription+xml": _tree,
    "application/json": _said,
    "application/ld+json": _said,
    "application/problem+json": _said,
    "image/svg+xml": _drawing,
    "application/pdf": _document,
    "application/zip": _archive,
    _BOOK: _book,
}


def _is_formula(cell: str) -> bool:
    # A number may be less than nothing, and digits are kept from being shortened.
    return bool(re.match(RUNS, cell)) and not re.fullmatch(
        r"'.*|[-+]?[\d.,]+%?|=\"\d+\"", cell, re.DOTALL
    )
