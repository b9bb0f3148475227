"""A department's own API on loopback, under TLS: it says what it was asked, or behaves badly."""

import asyncio
import contextlib
import hashlib
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import trustme
from aiohttp import web

AUTHORITY = trustme.CA()
CERTIFICATE = AUTHORITY.cert_pem.bytes().decode()
PIECE = b"x" * (64 << 10)


@dataclass
class Upstream:
    """A running API: where it is, what it was asked, and what became of what it was sent."""

    port: int
    asked: list[dict] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    fails: bool = False

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"


async def _answer(request: web.Request) -> web.StreamResponse:
    upstream = request.app[_UPSTREAM]
    seen = {
        "method": request.method,
        "path": request.raw_path,
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "raw": [(n.decode().lower(), v.decode()) for n, v in request.raw_headers],
        "size": 0,
    }
    upstream.asked.append(seen)
    digest = hashlib.sha256()
    try:
        async for piece in request.content.iter_any():
            seen["size"] += len(piece)
            digest.update(piece)
    except BaseException:
        seen["broken"] = True
        upstream.gone.set()
        raise
    seen["digest"] = digest.hexdigest()
    if upstream.fails:
        request.transport.abort()
        return web.Response()
    name = request.path.rpartition("/")[2]
    return await getattr(
        _Says(request, upstream, seen), name, _Says(request, upstream, seen).echo
    )()


class _Says:
    def __init__(self, request, upstream, seen):
        self.request, self.upstream, self.seen = request, upstream, seen

    async def echo(self):
        return web.json_response(
            {"method": self.seen["method"], "path": self.seen["path"], "size": self.seen["size"]}
        )

    async def bytes(self):
        return web.Response(body=b"y" * int(self.request.query["n"]))

    async def redirect(self):
        raise web.HTTPFound("https://127.0.0.1:9/inside")

    async def teapot(self):
        return web.json_response({"says": "no coffee"}, status=418)

    async def headers(self):
        return web.Response(
            text="<script>alert(1)</script>",
            content_type="text/html",
            headers={
                "Set-Cookie": "sessionid=theirs",
                "X-Secret-Hop": "1",
                "Connection": "X-Secret-Hop",
                "X-Yelin-Receipt": "forged",
                "Access-Control-Allow-Origin": "*",
                "X-Own": "kept",
            },
        )

    async def silent(self):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.upstream.gone.set()
            raise
        return web.Response()

    async def dies(self):
        response = web.StreamResponse(headers={"Content-Length": str(100 * len(PIECE))})
        await response.prepare(self.request)
        for _ in range(20):
            await response.write(PIECE)
        self.request.transport.abort()
        return response

    async def endless(self):
        """Send on and on, a piece at a time, once the test says so."""
        response = web.StreamResponse()
        await response.prepare(self.request)
        try:
            for _ in range(10):
                await response.write(PIECE)
            while True:
                await response.write(b"z" * 1000)
                await asyncio.sleep(0.05)
        except (ConnectionError, asyncio.CancelledError):
            self.upstream.gone.set()
            raise

    async def stream(self):
        """Send ``n`` bytes, of which nobody knows the number before."""
        left, response = int(self.request.query["n"]), web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(self.request)
        while left:
            piece = PIECE[:left]
            await response.write(piece)
            left -= len(piece)
        await response.write_eof()
        return response


_UPSTREAM = web.AppKey("upstream", Upstream)


@contextlib.contextmanager
def upstream() -> Iterator[Upstream]:
    """Run one until the block ends."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert("127.0.0.1", "api.example.cn").configure_cert(tls)
    loop, up, over = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    found: list[Upstream] = []

    async def serve():
        app = web.Application(client_max_size=1 << 40)
        app.router.add_route("*", "/{path:.*}", _answer)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        app[_UPSTREAM] = Upstream(0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        app[_UPSTREAM].port = site._server.sockets[0].getsockname()[1]
        found.append(app[_UPSTREAM])
        up.set()
        await over.wait()
        for each in runner.server.connections:
            if each.transport is not None:
                each.transport.abort()
        await runner.cleanup()
        # What was aborted is told so by the loop, a turn for each layer of the line.
        for _ in range(5):
            await asyncio.sleep(0)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert up.wait(20)
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
