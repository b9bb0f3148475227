"""What of an answer would run, or would break out of its place."""

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree

from django.http import HttpResponse
from tests.hostile.words import MARK

from yelin.warehouse.formats import RUNS

_RUNS_AT_ADDRESS = re.compile(r"^\s*(javascript|vbscript|data:text)", re.IGNORECASE)
_ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "data", "srcdoc"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == MARK or (tag == "script" and "src" not in held and "type" not in held):
            self.wrong.append(f"<{tag}> at {self.getpos()}")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.wrong.append(f"<{tag} {name}> at {self.getpos()}")
            if name in _ADDRESSES and _RUNS_AT_ADDRESS.search(value or ""):
                self.wrong.append(f"<{tag} {name}={value}>")

    handle_startendtag = handle_starttag


def wrong_in(answer: HttpResponse) -> list[str]:
    """Return what is wrong with an answer, whatever it is."""
    return list(_wrong(answer))


def _wrong(answer: HttpResponse) -> Iterator[str]:
    kind = answer.get("Content-Type", "").partition(";")[0]
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.status_code >= 500:
        yield f"status {answer.status_code}"
    if body and answer.get("X-Content-Type-Options") != "nosniff":
        yield "the browser may guess what it is"
    if kind == "text/html":
        text = body.decode()
        reader = _Reader()
        reader.feed(text)
        yield from reader.wrong
        if "hostile7" in text:
            yield "a template within was carried out"
        if "Content-Security-Policy" not in answer:
            yield "no content policy"
    elif kind == "text/csv":
        for line in csv.reader(io.StringIO(body.decode("utf-8-sig"))):
            yield from (f"a cell that runs: {cell[:60]}" for cell in line if _is_formula(cell))
    elif kind.endswith("xml"):
        ElementTree.fromstring(body)  # noqa: S314 - our own answer


def _is_formula(cell: str) -> bool:
    # A number may be less than nothing, and digits are kept from being shortened.
    return bool(re.match(RUNS, cell)) and not re.fullmatch(r"'.*|[-+]?[\d.,]+%?|=\"\d+\"", cell)
