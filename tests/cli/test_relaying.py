"""Calls of services pass through the process for long streams, whole, or in sight not."""

import hashlib
import ipaddress
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from tests.catalog.makers import make_entry
from tests.delivery.makers import close
from tests.delivery.streams import streams_beside, until
from tests.exchange.makers import make_shared
from tests.exchange.services import (
    SECRET,
    make_caller,
    make_key,
    make_service,
    signed,
)
from tests.exchange.upstream import PIECE
from tests.exchange.upstream import upstream as run_upstream
from tests.parties.makers import make_actor, make_person, make_seat, make_token

from yelin.cli import judging
from yelin.config import config
from yelin.delivery.models import Delivery, Docket, Tally
from yelin.exchange import acts
from yelin.exchange.models import Circuit
from yelin.exchange.services import FAILURES, PAUSE
from yelin.gate.models import Grant
from yelin.gate.obligations import Obligations
from yelin.keys import messages
from yelin.law import clock
from yelin.ledger import log, sequencer
from yelin.outbound.models import EgressRule
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)
LOOPBACK = (ipaddress.ip_network("127.0.0.1/32"),)


@pytest.fixture
def upstream():
    with run_upstream() as running:
        yield running


@pytest.fixture
def streams(monkeypatch):
    own = config.model_copy(update={"outbound_networks": LOOPBACK})
    monkeypatch.setattr("yelin.cli.relaying.config", own)
    with streams_beside(monkeypatch) as url:
        yield url


@pytest.fixture
def service(upstream):
    return make_service(upstream.url)


def call(streams, service, path="/v1/echo", method="GET", headers=None, **more):
    url = f"{streams}/api/v1/services/{service.entry.slug}{path}"
    return requests.request(method, url, headers=headers, timeout=30, **more)


def raw(streams, *lines, body=b""):
    """Send a request as no library would; return the status and the head of the answer."""
    where = urlsplit(streams)
    with socket.create_connection((where.hostname, where.port), 20) as line:
        head = "\r\n".join([*lines, f"Host: {where.netloc}", "Connection: close", "", ""])
        line.sendall(head.encode("latin-1") + body)
        came = b""
        while piece := line.recv(4096):
            came += piece
    return int(came.split()[1]), came


def outcomes():
    return sorted(Delivery.objects.values_list("outcome", flat=True))


@pytest.mark.duty("sharing.type")
def test_a_call_reaches_the_service_and_its_answer_the_caller(streams, service, upstream):
    who, grant, seat = make_caller(service)
    answer = call(streams, service, "/v1/echo?a=%E6%B5%B7&b=1", "POST", who, data=b"hello")
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"method": "POST", "path": "/base/v1/echo?a=%E6%B5%B7&b=1", "size": 5}
    (seen,) = upstream.asked
    assert seen["headers"]["x-api-key"] == SECRET
    assert seen["headers"]["x-yelin-body"] == seat.body.credit_code
    assert "authorization" not in seen["headers"]
    delivery = Delivery.objects.get()
    assert (delivery.channel, delivery.outcome, delivery.grant_id) == ("call", "finished", grant.pk)
    assert delivery.size == len(answer.content)
    assert answer.headers["X-Yelin-Receipt"].endswith(f"/deliveries/{delivery.pk}/receipt")
    assert messages.digest_in(answer.headers["Content-Digest"]) == (
        hashlib.sha256(answer.content).digest()
    )


@pytest.mark.long
def test_what_the_service_says_is_told_as_it_is(streams, service):
    who, *_ = make_caller(service)
    answer = call(streams, service, "/v1/teapot", headers=who)
    assert (answer.status_code, answer.json()) == (418, {"says": "no coffee"})
    assert outcomes() == ["finished"]


@pytest.mark.long
def test_nothing_of_one_side_is_told_the_other_that_is_not_its_own(streams, service, upstream):
    who, _, seat = make_caller(service)
    sent = who | {
        "Cookie": "sessionid=ours",
        "X-Yelin-Body": "forged",
        "X-Yelin-Seat": "forged",
        "X-Forwarded-For": "10.0.0.1",
        "Forwarded": "for=10.0.0.1",
        "X-Api-Key": "mine",
        "Connection": "X-Hop",
        "X-Hop": "1",
        "X-HTTP-Method-Override": "DELETE",
        "X-Own": "kept",
    }
    answer = call(streams, service, "/v1/headers", headers=sent)
    seen = upstream.asked[0]
    told = dict(seen["raw"])
    assert len(told) == len(seen["raw"])
    assert told["x-yelin-body"] == seat.body.credit_code
    assert told["x-yelin-seat"] == str(seat.pk)
    assert (told["x-api-key"], told["x-own"]) == (SECRET, "kept")
    stays = {"cookie", "authorization", "x-forwarded-for", "forwarded", "x-hop"}
    assert not stays & set(told)
    assert "x-http-method-override" not in told
    came = {name.lower(): value for name, value in answer.headers.items()}
    assert came["x-own"] == "kept"
    assert not {"set-cookie", "x-secret-hop", "access-control-allow-origin"} & set(came)
    assert "forged" not in came["x-yelin-receipt"]
    assert came["content-security-policy"] == "default-src 'none'; sandbox"
    assert came["x-content-type-options"] == "nosniff"


PATHS_OUT = (
    "/admin", "/v1/../admin", "/v1/%2e%2e/admin", "/v1/..%2fadmin", "/v1/%2E./admin",
    "/v1//admin", "//v1/echo", "/v1%2fecho", "/v1/%252e%252e/admin", "/v1/..;/admin",
    "/v1\\..\\admin", "/v1/%5c..%5cadmin", "/v12/echo", "/v1/%00", "/v1/a%0d%0ab", "/v1/%zz",
)  # fmt: skip


def test_no_way_of_writing_a_path_leads_out_of_what_is_offered(streams, service, upstream):
    who, *_ = make_caller(service)
    slug = service.entry.slug
    for path in PATHS_OUT:
        status, _ = raw(
            streams,
            f"GET /api/v1/services/{slug}{path} HTTP/1.1",
            f"Authorization: {who['Authorization']}",
        )
        assert status in {400, 404}, path
        assert upstream.asked == [], path
        assert Delivery.objects.count() == 0, path


@pytest.mark.long
def test_a_method_that_is_not_offered_is_named_as_such(streams, service, upstream):
    who, *_ = make_caller(service)
    answer = call(streams, service, method="DELETE", headers=who)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")
    assert upstream.asked == []


@pytest.mark.long
def test_a_token_that_only_reads_sends_nothing(streams, service, upstream):
    _, _, seat = make_caller(service)
    who = {"Authorization": f"Bearer {make_token(seat, only_reads=True)}"}
    assert call(streams, service, method="POST", headers=who, data=b"x").status_code == 403
    assert call(streams, service, headers=who).status_code == 200
    assert [each["method"] for each in upstream.asked] == ["GET"]


def test_a_request_that_two_parsers_could_part_differently_is_refused(streams, service, upstream):
    who, *_ = make_caller(service)
    status, _ = raw(
        streams,
        f"POST /api/v1/services/{service.entry.slug}/v1/echo HTTP/1.1",
        f"Authorization: {who['Authorization']}",
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        body=b"0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n",
    )
    assert status == 400
    assert upstream.asked == []


def test_nobody_calls_without_a_right(streams, service, upstream):
    assert call(streams, service).status_code == 403
    other = {"Authorization": f"Bearer {make_token(make_seat())}"}
    refused = call(streams, service, headers=other)
    assert (refused.status_code, refused.headers["Content-Type"]) == (
        403,
        "application/problem+json",
    )
    assert call(streams, service, headers={"Authorization": "Bearer yln_no"}).status_code == 401
    citizen = {"Authorization": f"Bearer {make_token(person=make_person())}"}
    assert call(streams, service, headers=citizen).status_code == 403
    who, grant, _ = make_caller(service, purposes=["verification"])
    ask = who | {"X-Yelin-Purpose": "administrative_basis"}
    assert call(streams, service, headers=ask).status_code == 403
    fits = who | {"X-Yelin-Purpose": "verification"}
    assert call(streams, service, headers=fits).status_code == 200
    ended = clock.now() - timedelta(seconds=1)
    Grant.objects.filter(pk=grant.pk).update(since=ended - timedelta(days=1), until=ended)
    assert call(streams, service, headers=fits).status_code == 403
    assert len(upstream.asked) == 1


@pytest.mark.long
def test_a_grant_of_rows_is_none_for_calls_and_a_service_is_called_as_a_whole(streams, service):
    rows, *_ = make_caller(service, action="resource.read")
    assert call(streams, service, headers=rows).status_code == 403
    some = Obligations(shown_items=frozenset({"年份"}))
    part, *_ = make_caller(service, bears=some)
    assert call(streams, service, headers=part).status_code == 409


@pytest.mark.long
def test_a_resource_that_is_shared_at_once_is_called_for_a_stated_use(streams, upstream):
    entry = make_shared(sharing_type="unconditional", sharing_condition="")
    service = make_service(upstream.url, entry)
    who = {"Authorization": f"Bearer {make_token(make_seat())}"}
    assert call(streams, service, headers=who).status_code == 400
    fits = who | {"X-Yelin-Purpose": "verification"}
    assert call(streams, service, headers=fits).status_code == 200
    assert Delivery.objects.get().seat_id is not None


@pytest.mark.long
def test_what_is_open_to_all_is_called_by_anyone_and_counted_by_the_hour(streams, upstream):
    entry = make_entry(opening_type="unconditional")
    service = make_service(upstream.url, entry)
    answer = call(streams, service)
    assert answer.status_code == 200
    assert "X-Yelin-Receipt" not in answer.headers
    assert (Delivery.objects.count(), Tally.objects.get().queries) == (0, 1)


@pytest.mark.long
def test_a_grant_says_how_often_it_is_called(streams, service):
    who, *_ = make_caller(service, bears=Obligations(rate_per_hour=2))
    taken = [call(streams, service, headers=who) for _ in range(3)]
    assert [each.status_code for each in taken] == [200, 200, 429]
    assert taken[0].headers["RateLimit-Policy"].startswith('"grant";q=2')


@pytest.mark.long
def test_a_service_that_is_ended_is_called_no_more(streams, service):
    who, *_ = make_caller(service)
    acts.end_service(actor=make_actor(service.entry.provider), service=service)
    answer = call(streams, service, headers=who)
    assert answer.status_code == 404
    service.refresh_from_db()
    assert service.said == {}


# Where it does not go.


@pytest.mark.long
def test_an_answer_that_leads_elsewhere_is_not_followed(streams, service, upstream):
    who, *_ = make_caller(service)
    answer = call(streams, service, "/v1/redirect", headers=who, allow_redirects=False)
    assert answer.status_code == 502
    assert "Location" not in answer.headers
    assert len(upstream.asked) == 1
    assert outcomes() == ["cut"]


def test_an_address_inside_is_not_connected_to(streams, upstream, monkeypatch):
    service = make_service(upstream.url)
    who, *_ = make_caller(service)
    monkeypatch.setattr("yelin.cli.relaying.config", config)
    with streams_beside(monkeypatch) as closed:
        answer = call(closed, service, headers=who)
    assert answer.status_code == 502
    assert upstream.asked == []
    # That is not the service's failure.
    assert Circuit.objects.get().failures == 0


@pytest.mark.long
def test_a_way_out_that_has_ended_leads_nowhere(streams, service, upstream):
    who, *_ = make_caller(service)
    EgressRule.objects.update(ended_at=clock.now())
    assert call(streams, service, headers=who).status_code == 502
    assert upstream.asked == []


@pytest.mark.long
def test_a_service_under_a_strangers_certificate_is_not_asked(streams, upstream):
    service = make_service(upstream.url, authority="")
    who, *_ = make_caller(service)
    assert call(streams, service, headers=who).status_code == 502
    assert upstream.asked == []


# Long, slow, broken.


@pytest.mark.long
def test_a_long_message_passes_whole_both_ways(streams, service, upstream):
    who, *_ = make_caller(service)
    size = 24 << 20

    def pieces():
        for _ in range(size // len(PIECE)):
            yield PIECE

    answer = call(streams, service, method="POST", headers=who, data=pieces())
    assert answer.json()["size"] == size
    assert upstream.asked[0]["digest"] == hashlib.sha256(b"x" * size).hexdigest()
    came = call(streams, service, f"/v1/stream?n={size}", headers=who)
    assert came.content == b"x" * size
    assert "Content-Digest" not in came.headers
    until(lambda: outcomes() == ["finished"] * 2)
    assert Delivery.objects.order_by("begun_at").last().size == size


@pytest.mark.long
def test_a_message_that_is_too_long_is_refused_or_broken_off(streams, upstream):
    service = make_service(upstream.url, most_bytes=1_000_000)
    who, *_ = make_caller(service)
    assert call(
        streams, service, method="POST", headers=who, data=b"x" * 1_000_001
    ).status_code == (413)
    growing = (PIECE for _ in range(20))
    assert call(streams, service, method="POST", headers=who, data=growing).status_code == 413
    assert call(streams, service, "/v1/bytes?n=1000001", headers=who).status_code == 502
    with pytest.raises(requests.RequestException):
        call(streams, service, "/v1/stream?n=9000000", headers=who)
    until(lambda: outcomes() == ["cut"] * 4)
    assert not any(each["size"] > 1_000_000 for each in upstream.asked)


@pytest.mark.long
def test_a_service_that_says_nothing_is_not_waited_for(streams, upstream):
    service = make_service(upstream.url, seconds=1)
    who, *_ = make_caller(service)
    answer = call(streams, service, "/v1/silent", headers=who)
    assert answer.status_code == 504
    assert upstream.gone.wait(20)
    assert outcomes() == ["cut"]
    assert Circuit.objects.get().failures == 1


@pytest.mark.long
def test_an_answer_that_dies_in_the_middle_is_seen_to_be_none(streams, service):
    who, *_ = make_caller(service)
    with pytest.raises(requests.RequestException):
        call(streams, service, "/v1/dies", headers=who)
    until(lambda: outcomes() == ["cut"])
    assert Delivery.objects.get().size > 0
    assert Circuit.objects.get().failures == 1


@pytest.mark.long
def test_a_caller_that_leaves_ends_the_call_at_the_service(streams, service, upstream):
    who, *_ = make_caller(service)
    where = urlsplit(streams)
    with socket.create_connection((where.hostname, where.port), 20) as line:
        head = f"GET /api/v1/services/{service.entry.slug}/v1/silent HTTP/1.1\r\nHost: x\r\n"
        line.sendall(f"{head}Authorization: {who['Authorization']}\r\n\r\n".encode())
        until(lambda: upstream.asked)
    assert upstream.gone.wait(20)
    until(lambda: outcomes() == ["cut"])
    # Whoever leaves says nothing of the service.
    assert Circuit.objects.get().failures == 0


def test_a_right_that_ends_in_the_middle_breaks_the_call_off(streams, service, upstream):
    who, grant, _ = make_caller(service)
    url = f"{streams}/api/v1/services/{service.entry.slug}/v1/endless"
    answer = requests.get(url, headers=who, stream=True, timeout=30)
    assert answer.status_code == 200
    Grant.objects.filter(pk=grant.pk).update(revoked_at=clock.now(), revoked_because="用途已改变")
    with pytest.raises(requests.RequestException):
        for _ in answer.iter_content(1000):
            pass
    assert upstream.gone.wait(20)
    until(lambda: outcomes() == ["cut"])


# The breaker.


@pytest.mark.long
def test_nobody_waits_for_a_service_that_does_not_answer_until_one_call_tries(
    streams, service, upstream
):
    who, *_ = make_caller(service)
    upstream.fails = True
    # A method that is asked once: others may be asked again where the line breaks.
    told = [
        call(streams, service, method="POST", headers=who).status_code for _ in range(FAILURES + 2)
    ]
    assert told == [502] * FAILURES + [503] * 2
    assert len(upstream.asked) == FAILURES
    resting = call(streams, service, headers=who)
    assert 1 <= int(resting.headers["Retry-After"]) <= PAUSE.total_seconds()
    assert Circuit.objects.get().state == "open"
    with clock.standing_at(clock.now() + PAUSE + timedelta(seconds=1)):
        # What is tried once fails, and all others wait again.
        assert call(streams, service, headers=who).status_code == 502
        assert call(streams, service, headers=who).status_code == 503
    upstream.fails = False
    with clock.standing_at(clock.now() + 2 * PAUSE + timedelta(seconds=3)):
        assert call(streams, service, headers=who).status_code == 200
        assert call(streams, service, headers=who).status_code == 200
    circuit = Circuit.objects.get()
    assert (circuit.state, circuit.failures) == ("closed", 0)


def test_of_all_who_come_after_the_pause_one_tries(service):
    Circuit.objects.update(failures=FAILURES, failed_at=clock.now(), opened_at=clock.now() - PAUSE)
    together = threading.Barrier(8)

    def tries(_):
        try:
            circuit = Circuit.objects.get()
            together.wait()
            return circuit.lets_through(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(tries, range(8))) == 1
    assert Circuit.objects.get().state == "trying"


def test_failures_of_many_at_once_are_all_counted(service):
    def fails(_):
        try:
            Circuit.objects.get().fail("time")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(fails, range(24)))
    circuit = Circuit.objects.get()
    assert (circuit.failures, circuit.state) == (24, "open")


# Signed, and proved.


@pytest.mark.long
def test_a_signed_request_is_known_by_the_key_of_its_token(streams, upstream):
    service = make_service(upstream.url, signed=True)
    who, _, seat = make_caller(service)
    assert call(streams, service, headers=who).status_code == 401
    private = make_key(seat)
    sent = signed(private, "POST", f"{streams}/api/v1/services/{service.entry.slug}/v1/echo", b"x")
    answer = call(streams, service, method="POST", headers=who | sent, data=b"x")
    assert answer.status_code == 200, answer.text
    told = upstream.asked[0]["headers"]
    assert told["x-yelin-signed-by"] == messages.key_id(private.public_key().public_bytes_raw())
    assert "signature" not in told
    # The very same once more is somebody who listened.
    again = call(streams, service, method="POST", headers=who | sent, data=b"x")
    assert (again.status_code, len(upstream.asked)) == (401, 1)


def test_a_signature_that_does_not_hold_is_refused_wherever_it_is_wrong(streams, upstream):
    service = make_service(upstream.url)
    who, _, seat = make_caller(service)
    private, stranger = make_key(seat), make_key(make_seat())
    url = f"{streams}/api/v1/services/{service.entry.slug}/v1/echo"

    def answer(sent, body=b"x", length=None):
        more = {"data": body if length is None else (PIECE for _ in range(length))}
        return call(streams, service, method="POST", headers=who | sent, **more).status_code

    assert answer(signed(private, "POST", url, b"x"), b"y") == 401
    assert answer(signed(private, "GET", url, b"x")) == 401
    assert answer(signed(private, "POST", f"{url}2", b"x")) == 401
    assert answer(signed(stranger, "POST", url, b"x")) == 401
    old, ahead = clock.now() - timedelta(minutes=6), clock.now() + timedelta(minutes=2)
    assert answer(signed(private, "POST", url, b"x", at=old)) == 401
    assert answer(signed(private, "POST", url, b"x", at=ahead)) == 401
    for left_out in ("@method", "@target-uri", "content-digest"):
        assert answer(signed(private, "POST", url, b"x", without=left_out)) == 401
    assert answer({"Signature": "sig1=:AAAA:"}) == 401
    assert all(each["size"] == 0 for each in upstream.asked)
    # Of a long body the last piece is held back until it is known to be the one that was signed.
    assert answer(signed(private, "POST", url, b"other"), length=40) == 401
    assert all("digest" not in each for each in upstream.asked)


@pytest.mark.long
@pytest.mark.parametrize(
    ("cookie", "says"),
    [("zh-hans", "请求的签名不成立：没有签名。"), ("en", "does not hold: There is no signature.")],
)
def test_why_a_signature_does_not_hold_is_said_in_the_askers_language(
    streams, service, cookie, says
):
    who, *_ = make_caller(service)
    sent = who | {
        "Signature-Input": 'sig1=("@method");created=1',
        "Cookie": f"yelin_language={cookie}",
    }
    answer = call(streams, service, headers=sent)
    assert answer.status_code == 401
    assert says in answer.json()["detail"]


@pytest.mark.long
def test_a_key_that_has_ended_signs_nothing(streams, service):
    who, _, seat = make_caller(service)
    private = make_key(seat)
    key = seat.tokens.get(message_keys__isnull=False).message_keys.get()
    acts.end_key(actor=Actor.of(seat), key=key)
    url = f"{streams}/api/v1/services/{service.entry.slug}/v1/echo"
    sent = signed(private, "GET", url, b"")
    assert call(streams, service, headers=who | sent).status_code == 401


@pytest.mark.long
def test_request_answer_and_receipt_prove_each_other_offline(streams, service, capsys, client):
    who, *_ = make_caller(service)
    url = f"{streams}/api/v1/services/{service.entry.slug}/v1/echo?a=1"
    wish = {"Accept-Signature": 'sig1=("@status");created;nonce="n1"'}
    answer = call(streams, service, "/v1/echo?a=1", "POST", who | wish, data=b"hello")
    assert 'nonce="n1"' in answer.headers["Signature-Input"]
    close()
    sequencer.settle()
    receipt = client.get(urlsplit(answer.headers["X-Yelin-Receipt"]).path, headers=who)
    assert receipt.status_code == 200, receipt.content
    keys = client.get("/api/v1/keys").content
    asked = f"POST {url} HTTP/1.1\r\n\r\n".encode() + b"hello"
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    came = f"HTTP/1.1 200 OK\r\n{head}\r\n".encode() + answer.content
    vkey = str(log.verifier_key())

    def judged(asked=asked, came=came, keys=keys):
        return judging.judge(receipt.content, vkey, judging.Saved(asked, came, keys))

    assert judged() == 0
    assert "the answer was signed by the platform's key" in capsys.readouterr().out
    assert judged(asked=asked.replace(b"hello", b"hallo")) == 1
    assert judged(asked=asked.replace(b"a=1", b"a=2")) == 1
    assert judged(came=came.replace(b'"size": 5', b'"size": 6')) == 1
    assert judged(came=came.replace(b" 200 ", b" 201 ")) == 1
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert judged(keys=json.dumps(messages.key_set([other])).encode()) == 1
    # The commitment is salted: whoever has the receipt alone cannot guess a short body.
    payload = json.loads(receipt.content)["payload"]
    assert hashlib.sha256(b"hello").hexdigest() not in json.dumps(payload)
    assert Docket.objects.get().finished == 1
