import ipaddress
import socket
import ssl
import time
import tracemalloc

import pytest
import trustme
from tests.outbound.servers import names, site

from yelin.outbound.door import Door, Limits, Request
from yelin.outbound.rules import Destination, NotSent, Stop

# Of loopback, one address is the network that the operator named; .9 is the inside to be kept shut.
NAMED = (ipaddress.ip_network("127.0.0.1/32"),)


def everywhere(there):
    return True


def get(url, door=None, allows=everywhere, **request):
    door = door or Door(networks=NAMED)
    return door.send(Request("GET", url, **request), allows)


def stop_of(url, door=None, allows=everywhere, **request):
    with pytest.raises(NotSent) as stopped:
        get(url, door, allows, **request)
    assert url not in str(stopped.value)
    return stopped.value.stop


@pytest.fixture
def served():
    with site() as served:
        yield served


def test_a_request_arrives_with_nothing_added_but_our_name(served):
    answer = get(f"http://127.0.0.1:{served.port}/hello", headers={"X-Own": "1"})
    assert (answer.status, answer.content) == (200, b"hello")
    headers = served.asked[0]["headers"]
    assert headers["x-own"] == "1"
    assert set(headers) == {"host", "x-own", "user-agent", "accept-encoding"}


def test_no_proxy_of_the_environment_is_asked(served, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.9:1")
    assert get(f"http://127.0.0.1:{served.port}/").content == b"hello"


def test_cookies_are_not_kept(served):
    door = Door(networks=NAMED)
    for _ in range(2):
        get(f"http://127.0.0.1:{served.port}/hello", door)
    assert ["cookie" in asked["headers"] for asked in served.asked] == [False, False]


def test_a_private_address_is_closed_unless_the_operator_named_its_network(served):
    assert stop_of(f"http://127.0.0.1:{served.port}/", Door()) is Stop.ADDRESS
    assert served.asked == []


def test_a_name_that_leads_inside_is_closed():
    with site("127.0.0.9") as inside, names(inside_test=[["127.0.0.9"]]) as resolver:
        door = Door(networks=NAMED, resolver=resolver)
        assert stop_of(f"http://inside.test:{inside.port}/", door) is Stop.ADDRESS
        assert inside.asked == []


def test_a_name_with_one_closed_address_among_open_ones_is_closed(served):
    with names(half_test=[["127.0.0.1", "127.0.0.9"]]) as resolver:
        door = Door(networks=NAMED, resolver=resolver)
        assert stop_of(f"http://half.test:{served.port}/", door) is Stop.ADDRESS


def test_a_name_that_changes_its_mind_never_leads_inside(served):
    """B-32: DNS rebinding."""
    with (
        site("127.0.0.9", served.port) as inside,
        names(rebind_test=[["127.0.0.1"], ["127.0.0.9"]]) as resolver,
    ):
        door = Door(networks=NAMED, resolver=resolver)
        outcomes = []
        for _ in range(10):
            try:
                outcomes.append(get(f"http://rebind.test:{served.port}/", door).status)
            except NotSent as stopped:
                outcomes.append(stopped.stop)
        assert outcomes == [200, Stop.ADDRESS] * 5
        assert len(served.asked) == 5
        assert inside.asked == []


def test_a_name_that_changes_its_mind_between_a_redirect_and_its_goal_is_asked_again(served):
    with (
        site("127.0.0.9", served.port) as inside,
        names(rebind_test=[["127.0.0.1"], ["127.0.0.9"]]) as resolver,
    ):
        door = Door(networks=NAMED, resolver=resolver)
        url = f"http://rebind.test:{served.port}/redirect?302&/hello"
        assert stop_of(url, door) is Stop.ADDRESS
        assert inside.asked == []


def test_a_name_that_nobody_knows_is_told():
    with names() as resolver:
        assert stop_of("http://nowhere.test/", Door(resolver=resolver)) is Stop.NAME


def test_a_redirect_is_followed_where_it_is_allowed(served):
    url = f"http://127.0.0.1:{served.port}"
    assert get(f"{url}/redirect?302&/hello").content == b"hello"


@pytest.mark.parametrize(
    "to", ["http://127.0.0.9:{port}/hello", "http://[::ffff:127.0.0.1]:{port}/", "http://[::1]:1/"]
)
def test_a_redirect_inside_is_stopped(served, to):
    """B-32: every hop is checked as the first was."""
    url = f"http://127.0.0.1:{served.port}/redirect?307&{to.format(port=served.port)}"
    assert stop_of(url) is Stop.ADDRESS
    assert len(served.asked) == 1


def test_a_redirect_to_a_host_without_a_rule_is_stopped(served):
    url = f"http://127.0.0.1:{served.port}/redirect?302&http://other.example.com/"
    assert stop_of(url, allows=lambda there: there.host == "127.0.0.1") is Stop.RULE


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://a@127.0.0.1/"])
def test_a_redirect_to_what_is_no_web_address_is_stopped(served, to):
    assert stop_of(f"http://127.0.0.1:{served.port}/redirect?302&{to}") is Stop.URL


def test_a_redirect_that_never_ends_is_stopped(served):
    assert stop_of(f"http://127.0.0.1:{served.port}/loop") is Stop.REDIRECT
    assert len(served.asked) == 4


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (303, "GET"), (307, "POST")])
def test_another_server_is_not_told_what_the_first_was(served, status, method):
    with site() as other:
        to = f"http://127.0.0.1:{other.port}/hello"
        Door(networks=NAMED).send(
            Request(
                "POST",
                f"http://127.0.0.1:{served.port}/redirect?{status}&{to}",
                {"Authorization": "secret", "Content-Type": "text/plain"},
                b"told",
            ),
            everywhere,
        )
        (asked,) = other.asked
        assert asked["method"] == method
        assert "authorization" not in asked["headers"]
        assert asked["content"] == (b"told" if method == "POST" else b"")


def test_a_body_without_end_is_cut(served):
    door = Door(networks=NAMED, limits=Limits(most_bytes=100_000))
    tracemalloc.start()
    try:
        assert stop_of(f"http://127.0.0.1:{served.port}/huge", door) is Stop.SIZE
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_boasted_length_is_believed_at_once(served):
    assert stop_of(f"http://127.0.0.1:{served.port}/boast") is Stop.SIZE


def test_what_is_zipped_is_unzipped(served):
    assert get(f"http://127.0.0.1:{served.port}/zipped").content == b"hello" * 100


def test_a_zip_bomb_is_never_unpacked(served):
    tracemalloc.start()
    try:
        assert stop_of(f"http://127.0.0.1:{served.port}/bomb") is Stop.SIZE
        # Two hundred million bytes packed into two hundred thousand.
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("path", ["cut", "brotli"])
def test_an_encoding_that_is_broken_or_unasked_is_refused(served, path):
    assert stop_of(f"http://127.0.0.1:{served.port}/{path}") is Stop.ENCODING


@pytest.mark.parametrize("path", ["drip", "drip_head"])
def test_an_answer_that_drips_is_cut_when_the_time_is_over(served, path):
    door = Door(networks=NAMED, limits=Limits(seconds=1))
    began = time.monotonic()
    assert stop_of(f"http://127.0.0.1:{served.port}/{path}", door) is Stop.TIME
    assert time.monotonic() - began < 2


def test_a_closed_port_is_told():
    with site() as served:
        port = served.port
    assert stop_of(f"http://127.0.0.1:{port}/") is Stop.UNREACHABLE


@pytest.fixture
def authority():
    return trustme.CA()


def under_tls(authority, name):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(server)
    return server


def test_a_certificate_is_verified_for_the_name_that_was_asked(authority):
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with (
        site(tls=under_tls(authority, "right.test")) as served,
        names(right_test=[["127.0.0.1"]], wrong_test=[["127.0.0.1"]]) as resolver,
    ):
        door = Door(networks=NAMED, resolver=resolver, trust=trust)
        assert get(f"https://right.test:{served.port}/hello", door).content == b"hello"
        assert stop_of(f"https://wrong.test:{served.port}/hello", door) is Stop.TLS


def test_a_certificate_of_an_unknown_authority_is_refused(authority):
    with (
        site(tls=under_tls(authority, "right.test")) as served,
        names(right_test=[["127.0.0.1"]]) as resolver,
    ):
        door = Door(networks=NAMED, resolver=resolver)
        assert stop_of(f"https://right.test:{served.port}/hello", door) is Stop.TLS


def test_no_redirect_leads_from_tls_to_plain_text(authority):
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with (
        site() as plain,
        site(tls=under_tls(authority, "right.test")) as served,
        names(right_test=[["127.0.0.1"]]) as resolver,
    ):
        door = Door(networks=NAMED, resolver=resolver, trust=trust)
        url = f"https://right.test:{served.port}/redirect?302&http://127.0.0.1:{plain.port}/"
        assert stop_of(url, door) is Stop.REDIRECT
        assert plain.asked == []


def connect(host, port, door, *, inside=False):
    with door.connect(Destination.of(host, port), everywhere, inside=inside) as line:
        return line.getpeername()[0]


def test_a_connection_leads_to_the_address_that_was_checked_and_to_no_other(served):
    with (
        site("127.0.0.9", served.port),
        names(rebind_test=[["127.0.0.1"], ["127.0.0.9"]]) as resolver,
    ):
        door = Door(networks=NAMED, resolver=resolver)
        assert connect("rebind.test", served.port, door) == "127.0.0.1"
        with pytest.raises(NotSent) as stopped:
            connect("rebind.test", served.port, door)
        assert stopped.value.stop is Stop.ADDRESS


def test_what_must_stay_inside_is_not_connected_elsewhere():
    with names(outside_test=[["93.184.215.14"]]) as resolver:
        door = Door(networks=NAMED, resolver=resolver)
        there = Destination.of("outside.test", 5432)
        assert [str(each) for each in door.addresses(there, everywhere, inside=False)]
        with pytest.raises(NotSent) as stopped:
            door.connect(there, everywhere, inside=True)
        assert stopped.value.stop is Stop.PLAIN


def test_a_long_answer_comes_in_pieces_and_is_counted_as_it_comes(served):
    door = Door(networks=NAMED, limits=Limits(most_bytes=3_000_000))
    request = Request("GET", f"http://127.0.0.1:{served.port}/huge")
    came = []

    def take():
        with door.open(request, everywhere) as coming:
            came.extend(len(piece) for piece in coming.pieces)

    with pytest.raises(NotSent) as stopped:
        take()
    assert stopped.value.stop is Stop.SIZE
    assert 2_800_000 < sum(came) <= 3_000_000


def test_who_says_nothing_is_given_up_long_before_the_whole_time_is_over():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        door = Door(networks=NAMED, limits=Limits(seconds=60, silent_seconds=0.3))
        began = time.monotonic()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert stop_of(url, door) is Stop.TIME
        assert time.monotonic() - began < 5
