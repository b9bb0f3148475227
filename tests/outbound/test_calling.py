"""The way out of what waits for many at once: it connects to what was checked, or not at all."""

import asyncio
import ipaddress
import ssl
from contextlib import contextmanager

import pytest
import trustme
from dns.asyncresolver import Resolver
from tests.outbound.servers import names, site

from yelin.outbound.calling import Calls, Outgoing
from yelin.outbound.rules import NotSent, Stop

OPEN, CLOSED = "127.0.0.1", "127.0.0.9"
NAMED = (ipaddress.ip_network(f"{OPEN}/32"),)
AUTHORITY = trustme.CA()
# A connection is kept unless whoever is asked is told not to.
ALONE = [("Connection", "close")]


@contextmanager
def both():
    """Run a site at the address that may be reached, and one inside at the same port."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert("rebind.test", OPEN, CLOSED).configure_cert(tls)
    with site(OPEN, tls=tls) as reached, site(CLOSED, reached.port, tls) as inside:
        yield reached, inside


def told(port, *, lists, headers=ALONE, host="rebind.test", times=1):
    """Ask so often one after the other; return each status, or why nothing was sent."""

    async def ask(calls):
        url = f"https://{host}:{port}/hello"
        asked = Outgoing("GET", url, headers, authority=AUTHORITY.cert_pem.bytes().decode())
        try:
            async with calls.open(asked) as incoming:
                content = b"".join([piece async for piece in incoming.pieces])
                assert content == b"hello"
                return incoming.status
        except NotSent as error:
            return error.stop

    async def every(served):
        resolver = Resolver(configure=False)
        resolver.nameservers, resolver.port = served.nameservers, served.port
        calls = Calls(NAMED, resolver)
        try:
            return [await ask(calls) for _ in range(times)]
        finally:
            await calls.close()

    with names(rebind_test=lists) as served:
        return asyncio.run(every(served))


@pytest.mark.parametrize("headers", [ALONE, []], ids=["each by a line of its own", "by one line"])
def test_a_name_that_changes_its_mind_never_leads_inside(headers):
    """DNS rebinding: whatever is said between check and connect, and from call to call."""
    with both() as (reached, inside):
        outcomes = told(
            reached.port, lists=[[OPEN], [CLOSED], [CLOSED], [OPEN]], headers=headers, times=8
        )
        assert inside.asked == []
        assert outcomes[0] == 200
        assert set(outcomes) <= {200, Stop.ADDRESS}
        assert len(reached.asked) == outcomes.count(200)


def test_what_was_checked_is_what_is_connected_to():
    """The name is asked once for one connection; what it would say then, nobody hears."""
    with both() as (reached, inside):
        assert told(reached.port, lists=[[OPEN], [CLOSED]]) == [200]
        assert (len(reached.asked), inside.asked) == (1, [])


def test_one_closed_address_among_open_ones_closes_the_name():
    with both() as (reached, inside):
        assert told(reached.port, lists=[[OPEN, CLOSED]]) == [Stop.ADDRESS]
        assert reached.asked == inside.asked == []


@pytest.mark.parametrize("host", [CLOSED, "127.9", "0x7f.0.0.9", "[::ffff:127.0.0.9]"])
def test_an_address_that_is_written_out_is_checked_as_well(host):
    with both() as (reached, inside):
        (stop,) = told(reached.port, lists=[[OPEN]], host=host)
        assert stop in {Stop.ADDRESS, Stop.URL}
        assert inside.asked == []


def test_a_name_that_nobody_knows_is_told_as_such():
    with both() as (reached, _):
        assert told(reached.port, lists=[[]]) == [Stop.NAME]
