"""A graph from the bytes of a stranger: nothing else is fetched, whatever the bytes name."""

import json
import logging
import re
from typing import Any

from rdflib import Graph

from yelin.harvesting.content import Unreadable

# rdflib logs the values that it cannot make sense of; they are the stranger's, and may be personal.
logging.getLogger("rdflib").setLevel(logging.CRITICAL)
PARSERS = {
    "application/ld+json": "json-ld",
    "application/json": "json-ld",
    "text/turtle": "turtle",
    "application/x-turtle": "turtle",
    "text/n3": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
}
_ENTITIES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


def read(blob: bytes, media_type: str, base: str) -> Graph:
    """Return the graph in ``blob``, whose relative addresses are below ``base``.

    Raises ``Unreadable``.
    """
    parser = PARSERS.get(media_type.partition(";")[0].strip().lower()) or _looks_like(blob)
    try:
        text = blob.decode("utf-8-sig") if parser != "xml" else blob
        if parser == "json-ld":
            _nothing_to_fetch(json.loads(text))
        elif parser == "xml" and (_ENTITIES.search(blob) or b"\x00" in blob):
            raise Unreadable("The document declares a type or entities of its own.")
        return Graph(bind_namespaces="none").parse(data=text, format=parser, publicID=base)
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable("This is neither JSON-LD nor Turtle nor RDF/XML.") from error


def _looks_like(blob: bytes) -> str:
    begins = blob.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return {b"{": "json-ld", b"[": "json-ld", b"<": "xml"}.get(begins, "turtle")


def _nothing_to_fetch(document: Any) -> None:
    """Raise ``Unreadable`` where a context lies elsewhere: it would be fetched from there."""
    if isinstance(document, list):
        for each in document:
            _nothing_to_fetch(each)
    if isinstance(document, dict):
        contexts = document.get("@context", [])
        for context in contexts if isinstance(contexts, list) else [contexts]:
            if isinstance(context, str) or (isinstance(context, dict) and "@import" in context):
                raise Unreadable("Its context lies at another address, which is not fetched.")
        for each in document.values():
            _nothing_to_fetch(each)
