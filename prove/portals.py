"""A catalog of others on loopback, whose resources a proof or a test changes as it likes."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

DCAT = "http://www.w3.org/ns/dcat#"
TERMS = "http://purl.org/dc/terms/"


@dataclass
class Portal:
    """What it lists: CKAN packages by their place, and files by their path."""

    port: int = 0
    packages: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    broken: bool = False

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def search(self, start: int, rows: int) -> bytes:
        """Return a page of its packages, as CKAN answers."""
        result = {"count": len(self.packages), "results": self.packages[start : start + rows]}
        return json.dumps({"success": True, "result": result}).encode()


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    portal: Portal

    def do_GET(self) -> None:
        self.portal.asked.append(self.path)
        there = urlsplit(self.path)
        if self.portal.broken:
            self.answer(500, "text/plain", b"no")
        elif there.path == "/api/3/action/package_search":
            asked = parse_qs(there.query)
            page = self.portal.search(int(asked["start"][0]), int(asked["rows"][0]))
            self.answer(200, "application/json", page)
        elif there.path in self.portal.files:
            self.answer(200, *self.portal.files[there.path])
        else:
            self.answer(404, "text/plain", b"no")

    def answer(self, status: int, media_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *said: object) -> None:
        pass


@contextmanager
def portal() -> Iterator[Portal]:
    """Serve a portal until the end of the block."""
    served = Portal()
    door = type("Door", (_Door,), {"portal": served})
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    served.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()


def package(number: int, **over: Any) -> dict[str, Any]:
    """Return a CKAN package as such catalogs have them."""
    return {
        "id": f"p{number:05}",
        "name": f"harbour-{number}",
        "title": f"港口货物吞吐量 {number}",
        "notes": "各港口逐月货物吞吐量。",
        "state": "active",
        "private": False,
        "author": "某某",
        "author_email": "someone@example.gov",
        "license_id": "cc-by",
        "tags": [{"name": "港口", "display_name": "港口"}],
        "resources": [{"format": "CSV"}, {"format": "XLSX"}, {"format": ""}],
        "extras": [{"key": "frequency", "value": "monthly"}],
    } | over


def dataset(id_: str, title: str, summary: str) -> str:
    """Return a dataset of DCAT in N-Triples; one without a title has none."""
    says = [f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{DCAT}Dataset>"]
    said = {"title": title, "description": summary}
    says += [f"<{TERMS}{name}> {json.dumps(text)}" for name, text in said.items() if text]
    return "".join(f"<{id_}> {each} .\n" for each in says)


def feed(datasets: list[str], path: str, address: str, rows: int) -> dict[str, tuple[str, bytes]]:
    """Return the pages of a DCAT catalog by their path; each leads to the next, as Hydra says."""
    begins = range(0, max(1, len(datasets)), rows)
    pages = [path, *(f"{path}/{number}" for number in range(2, len(begins) + 1))]
    kind = f"<{address}{path}> a <{DCAT}Catalog> .\n"
    texts = [kind + "".join(datasets[begin : begin + rows]) for begin in begins]
    for number, following in enumerate(pages[1:]):
        here, there = f"{address}{pages[number]}", f"{address}{following}"
        texts[number] += f"<{here}> <http://www.w3.org/ns/hydra/core#next> <{there}> .\n"
    turtle = [("text/turtle", text.encode()) for text in texts]
    return dict(zip(pages, turtle, strict=True))
