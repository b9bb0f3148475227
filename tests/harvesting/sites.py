"""A catalog of others on loopback, whose resources a test changes as it likes."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Catalog:
    """What the site lists: CKAN packages by their place, and files by their path."""

    port: int = 0
    packages: list[dict] = field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    broken: bool = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        catalog: Catalog = self.server.catalog
        catalog.asked.append(self.path)
        there = urlsplit(self.path)
        if catalog.broken:
            self.answer(500, "text/plain", b"no")
        elif there.path == "/api/3/action/package_search":
            asked = parse_qs(there.query)
            start, rows = int(asked["start"][0]), int(asked["rows"][0])
            some = catalog.packages[start : start + rows]
            result = {"count": len(catalog.packages), "results": some}
            said = {"success": True, "result": result}
            self.answer(200, "application/json", json.dumps(said).encode())
        elif there.path in catalog.files:
            self.answer(200, *catalog.files[there.path])
        else:
            self.answer(404, "text/plain", b"no")

    def answer(self, status, media_type, content):
        self.send_response(status)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *said):
        pass


@contextmanager
def catalog() -> Iterator[Catalog]:
    """Serve a catalog until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.catalog = Catalog(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.catalog
    finally:
        server.shutdown()
        server.server_close()


def package(number: int, **over) -> dict:
    """A CKAN package as such catalogs have them."""
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
