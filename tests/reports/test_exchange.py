"""Calls between departments as public reports tell of them: long, signed, and while none signs."""

import hashlib
from urllib.parse import urlsplit

import pytest
from tests.cli.test_relaying import call, service, streams, upstream  # noqa: F401 - fixtures
from tests.delivery.makers import close
from tests.delivery.streams import until
from tests.exchange.services import make_caller, make_key, signed

from yelin.cli import judging
from yelin.delivery.models import Delivery, Docket
from yelin.ledger import log, sequencer
from yelin.ledger.models import Leaf

pytestmark = pytest.mark.django_db(transaction=True)
LONG = (10 << 20) + 1


def test_a_signed_message_however_long_is_proved_whole(streams, service, upstream, client):  # noqa: F811 - the fixtures
    """B-46: a byte past ten megabytes there and back; a byte that differs is found."""
    who, _, seat = make_caller(service)
    private = make_key(seat)
    body = bytes(LONG)
    url = f"{streams}/api/v1/services/{service.entry.slug}/v1/echo"
    sent = signed(private, "POST", url, body)
    answer = call(streams, service, "/v1/echo", "POST", who | sent, data=body)
    assert answer.json()["size"] == LONG
    assert upstream.asked[0]["digest"] == hashlib.sha256(body).hexdigest()
    close()
    sequencer.settle()
    path = urlsplit(answer.headers["X-Yelin-Receipt"]).path
    receipt = client.get(path, headers=who).content
    vkey, keys = str(log.verifier_key()), client.get("/api/v1/keys").content

    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    came = f"HTTP/1.1 200 OK\r\n{head}\r\n".encode() + answer.content

    def judged(body: bytes) -> int:
        fields = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        asked = f"POST {url} HTTP/1.1\r\n{fields}\r\n".encode() + body
        return judging.judge(receipt, vkey, judging.Saved(asked, came, keys))

    assert judged(body) == 0
    assert judged(body[:-1] + b"\x01") == 1
    assert judged(body[:-1]) == 1


def test_calls_go_on_while_nobody_signs_and_all_are_proved_after(streams, service, client):  # noqa: F811 - the fixtures
    """B-47: whoever signs the log is in no call's way, and what waits is made up for."""
    who, *_ = make_caller(service)
    before = log.newest_checkpoint()
    answers = [call(streams, service, headers=who) for _ in range(40)]
    assert {answer.status_code for answer in answers} == {200}
    until(lambda: Delivery.objects.filter(outcome="finished").count() == 40)
    close()
    assert log.newest_checkpoint() == before
    assert Leaf.objects.filter(index=None).exists()
    sequencer.settle()
    assert not Leaf.objects.filter(index=None).exists()
    assert sum(Docket.objects.values_list("finished", flat=True)) == 40
    vkey = str(log.verifier_key())
    for answer in answers:
        path = urlsplit(answer.headers["X-Yelin-Receipt"]).path
        receipt = client.get(path, headers=who)
        assert judging.judge(receipt.content, vkey) == 0
