"""Files sent to the real server over lines that hold, and over lines that do not."""

import io
import socket

import pytest
import requests
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from tests.catalog.makers import make_entry
from tests.parties.makers import make_body, make_seat, make_token
from tests.serving import free_port, serving
from tests.warehouse.makers import PORTS
from urllib3 import encode_multipart_formdata

from yelin.files.store import scratch
from yelin.surface.bodies import at_once
from yelin.warehouse.models import Upload

pytestmark = pytest.mark.django_db(transaction=True)
FORM, FORM_TYPE = encode_multipart_formdata({"file": ("ports.csv", PORTS.encode())})
SENDINGS = [(PORTS.encode(), "text/csv"), (FORM, FORM_TYPE)]


@pytest.fixture
def port():
    port = free_port()
    with serving(port):
        yield port


def test_a_file_is_taken_whole_or_not_at_all(port):
    seat = make_seat(make_body(), "steward")
    path = f"/api/v1/resources/{make_entry(seat.body).slug}/releases"
    token = {"Authorization": f"Bearer {make_token(seat)}"}

    def send(body, kind, more=""):
        return requests.post(
            f"http://127.0.0.1:{port}{path}?lang=en{more}",
            data=body,
            headers=token | {"Content-Type": kind},
            timeout=30,
        )

    for body, kind in SENDINGS:
        answer = send(iter([body[:20], body[20:]]), kind)
        assert answer.status_code == 411, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert "Content-Length" in answer.json()["detail"]

    for body, kind in SENDINGS:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n"
            f"Authorization: {token['Authorization']}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(head.encode() + body[:-1])
            # Half closed, so that what the server makes of it can still be read.
            line.shutdown(socket.SHUT_WR)
            told = line.makefile("rb").read()
        assert b" 202 " not in told
    assert not Upload.objects.exists()
    assert list(scratch().path.iterdir()) == []

    for body, kind in SENDINGS:
        assert send(body, kind).status_code == 202
    assert [upload.size for upload in Upload.objects.all()] == [len(PORTS.encode())] * 2

    # What a body is written in is not what its address is written in.
    for charset in ("hex", "undefined", "utf-16", '"gb18030"', "no-such; header=present"):
        answer = send(PORTS.encode(), f"text/csv; Charset={charset}", "&filename=%E6%B8%AF.csv")
        assert answer.status_code == 202, charset
    assert Upload.objects.filter(filename="港.csv").count() == 5


def test_what_is_whole_is_handed_over_in_one_piece_and_ended_before():
    ended = []

    def answering(environ, start):
        del environ
        response.close = lambda: ended.append(True)
        start("200 OK", [])
        return response

    response = HttpResponse(["一", "二"])
    assert at_once(answering)({}, lambda *_: None) == ["一二".encode()]
    assert ended == [True]


@pytest.mark.parametrize(
    "response", [StreamingHttpResponse([b"1", b"2"]), FileResponse(io.BytesIO(b"12"))]
)
def test_what_is_not_is_left_to_whoever_sends_it(response):
    assert at_once(lambda *_: response)({}, lambda *_: None) is response
    assert not response.closed
    assert b"".join(response) == b"12"
