"""Real servers on loopback: web servers that behave badly, and a name server that lies."""

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from urllib.parse import unquote

import dns.message
import dns.resolver
import dns.rrset


@dataclass
class Served:
    """A running server: where it is and what it was asked."""

    port: int
    asked: list[dict] = field(default_factory=list)


class _Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        content = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.served.asked.append(
            {
                "method": self.command,
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "content": content,
            }
        )
        name, _, self.rest = self.path.lstrip("/").partition("?")
        getattr(self, f"say_{name or 'hello'}")()

    do_POST = do_GET  # noqa: N815 - the base class calls it so

    def log_message(self, *said):
        pass

    def answer(self, content=b"", status=200, **headers):
        self.send_response(status)
        for header, value in ({"content_length": str(len(content))} | headers).items():
            self.send_header(header.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def say_hello(self):
        self.answer(b"hello", set_cookie="a=b")

    def say_redirect(self):
        status, _, to = self.rest.partition("&")
        self.answer(status=int(status), location=unquote(to))

    def say_loop(self):
        self.answer(status=302, location="/loop")

    def say_huge(self):
        self.send_response(200)
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for _ in range(100_000):
            try:
                self.wfile.write(b"x" * 65536)
            except OSError:
                return

    def say_boast(self):
        self.answer(b"", content_length="99999999999")

    def say_zipped(self):
        self.answer(gzip.compress(b"hello" * 100), content_encoding="gzip")

    def say_bomb(self):
        packer = zlib.compressobj(wbits=31)
        packed = [packer.compress(bytes(1_000_000)) for _ in range(200)]
        self.answer(b"".join(packed) + packer.flush(), content_encoding="gzip")

    def say_cut(self):
        self.answer(gzip.compress(b"hello" * 100)[:-9], content_encoding="gzip")

    def say_brotli(self):
        self.answer(b"....", content_encoding="br")

    def say_drip(self):
        self.send_response(200)
        self.send_header("content-length", "1000")
        self.end_headers()
        self._drip(b"x")

    def say_drip_head(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
        self._drip(b"x")

    def _drip(self, byte):
        for _ in range(100):
            try:
                self.wfile.write(byte)
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)

    def say_busy(self):
        self.answer(b"not now", status=503)


@contextmanager
def site(host="127.0.0.1", port=0, tls: ssl.SSLContext | None = None) -> Iterator[Served]:
    server = ThreadingHTTPServer((host, port), _Site)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None
    server.daemon_threads = True
    server.served = Served(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def names(**answers) -> Iterator[dns.resolver.Resolver]:
    """Serve names: each maps to one list of addresses for each time that it is asked, in turn.

    An underscore stands for the dot of a name.
    """
    turns = {f"{name.replace('_', '.')}.": cycle(lists) for name, lists in answers.items()}
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.settimeout(0.05)
    over = threading.Event()

    def serve():
        while not over.is_set():
            try:
                blob, sender = sock.recvfrom(4096)
            except TimeoutError:
                continue
            asked = dns.message.from_wire(blob)
            reply = dns.message.make_response(asked)
            question = asked.question[0]
            kind = dns.rdatatype.to_text(question.rdtype)
            name = question.name.to_text()
            if name not in turns:
                reply.set_rcode(dns.rcode.NXDOMAIN)
            elif kind == "A":
                found = [a for a in next(turns[name]) if ":" not in a]
                if found:
                    reply.answer.append(dns.rrset.from_text(name, 0, "IN", kind, *found))
            sock.sendto(reply.to_wire(), sender)

    thread = threading.Thread(target=serve)
    thread.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = sock.getsockname()[1]
    try:
        yield resolver
    finally:
        over.set()
        thread.join()
        sock.close()
