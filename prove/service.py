"""A department's API beside a house, offered as a service, and a program that may call it."""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme

from prove import house
from yelin.exchange import acts
from yelin.exchange.operations import ServiceContent
from yelin.outbound.models import Purpose
from yelin.surface import relayed

# Answers whatever is asked at once by ten thousand bytes; ``/v1/give/N`` by so many, and to what is
# sent by how many bytes came. It is told its certificate, and tells its port.
UPSTREAM = """
import asyncio, ssl, sys

SAYS = b"x" * 10_000
HEAD = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n"
SMALL = HEAD % len(SAYS) + SAYS
PIECE = b"y" * (256 << 10)

async def body_of(reader, head):
    came = 0
    if b"chunked" in head:
        while size := int(await reader.readline(), 16):
            left = size + 2
            while left:
                left -= len(await reader.read(min(left, 1 << 20)))
            came += size
        await reader.readline()
    elif b"content-length:" in head:
        left = came = int(head.partition(b"content-length:")[2].split()[0])
        while left:
            left -= len(await reader.read(min(left, 1 << 20)))
    return came

async def answer(reader, writer):
    while True:
        try:
            head = (await reader.readuntil(b"\\r\\n\\r\\n")).lower()
        except (asyncio.IncompleteReadError, ConnectionError):
            break
        came = await body_of(reader, head)
        path = head.split()[1]
        if b"/give/" in path:
            left = int(path.rpartition(b"/")[2])
            writer.write(HEAD % left)
            while left:
                piece = PIECE[:left]
                writer.write(piece)
                await writer.drain()
                left -= len(piece)
        elif came:
            said = str(came).encode()
            writer.write(HEAD % len(said) + said)
        else:
            writer.write(SMALL)
        await writer.drain()
    writer.close()

async def main():
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(sys.argv[1])
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


@dataclass(frozen=True, slots=True)
class Offered:
    """The service, where it is called through the platform and where it is itself."""

    path: str
    url: str
    upstream: str
    token: str
    authority: str
    process: int


@contextlib.contextmanager
def offered(cast: house.Cast, *, most_bytes: int = 10_000_000_000) -> Iterator[Offered]:
    """Offer an API of the first department; a steward of the second may call it at once."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    with tempfile.TemporaryDirectory(prefix="service-") as work:
        chain = Path(work) / "chain.pem"
        issued.private_key_and_cert_chain_pem.write_to_path(chain)
        said = authority.cert_pem.bytes().decode()
        with subprocess.Popen(
            [sys.executable, "-c", UPSTREAM, str(chain)], stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                assert process.stdout is not None
                port = int(process.stdout.readline())
                slug = _entry(cast, port, said, most_bytes)
                address = relayed.address_of(slug)
                yield Offered(
                    path=f"/api/v1/services/{slug}",
                    url=address,
                    upstream=f"https://127.0.0.1:{port}",
                    token=house.token_of(cast.stewards[1][0]),
                    authority=said,
                    process=process.pid,
                )
            finally:
                process.kill()


def _entry(cast: house.Cast, port: int, authority: str, most_bytes: int) -> str:
    steward = house.actor_of(cast.stewards[0][0])
    entry = house.confirmed(cast, house.content_of("人口信息查询服务", opening_type="none"))
    house.let_out(cast, cast.departments[0], port, purpose=Purpose.RELAY)
    said = {
        "address": f"https://127.0.0.1:{port}",
        "operations": [{"method": each, "path": "/v1"} for each in ("GET", "POST")],
        "authority": authority,
        "most_bytes": most_bytes,
    }
    acts.offer_service(actor=steward, entry=entry, content=ServiceContent.model_validate(said))
    return entry.slug
