"""Files sent in pieces by tus 1.0.0, over lines that break and servers that are killed."""

import base64
import hashlib
import io
import os
import signal
import socket
import time
from datetime import timedelta

import pytest
from tests.catalog.makers import make_entry
from tests.parties.makers import make_body, make_seat, make_token
from tests.serving import free_port, serving
from tusclient.client import TusClient

from yelin.files.store import store
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.warehouse import arriving, tasks
from yelin.warehouse.arrivals import Arrival, Piece
from yelin.warehouse.models import Upload

pytestmark = pytest.mark.django_db(transaction=True)
FILES = "/api/v1/uploads/resumable/"
BYTES = "application/offset+octet-stream"
ROWS = "年份,海口港,代码\n" + "".join(f"{1000 + n},{n},{n:07}\n" for n in range(5000))
WHOLE = ROWS.encode()


@pytest.fixture
def seat():
    return make_seat(make_body(), "steward")


@pytest.fixture
def entry(seat):
    return make_entry(seat.body, state="registered")


def metadata(**said):
    return ",".join(f"{name} {base64.b64encode(str(text).encode()).decode()}"
                    for name, text in said.items())  # fmt: skip


class Caller:
    """A program with a token, or a page with a session, that speaks tus to Django's own client."""

    def __init__(self, client, seat=None):
        self.client = client
        self.token = {"Authorization": f"Bearer {make_token(seat)}"} if seat else {}

    def ask(self, method, path=FILES, body=b"", **headers):
        headers = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        return self.client.generic(
            method, path, body, content_type=headers.pop("Content-Type", BYTES),
            headers=self.token | {"Tus-Resumable": "1.0.0"} | headers,
        )  # fmt: skip

    def begin(self, entry, size, body=b"", **said):
        described = metadata(entry=entry.pk, filename="港口.csv", **said)
        kind = {} if body else {"Content_Type": "text/plain"}
        return self.ask("POST", body=body, Upload_Length=size, Upload_Metadata=described, **kind)

    def send(self, path, at, body, **more):
        return self.ask("PATCH", path, body, Upload_Offset=at, **more)

    def offset(self, path):
        return int(self.ask("HEAD", path)["Upload-Offset"])


@pytest.fixture
def caller(client, seat):
    return Caller(client, seat)


@pytest.mark.duty("aggregation.bring_in")
def test_pieces_become_the_file_that_was_sent_and_nothing_of_them_stays(caller, entry):
    begun = caller.begin(entry, len(WHOLE), WHOLE[:10], encoding="utf-8", other="kept")
    path = begun["Location"]
    assert (begun.status_code, begun["Upload-Offset"]) == (201, "10")
    assert caller.send(path, 10, WHOLE[10:5000]).status_code == 204
    head = caller.ask("HEAD", path)
    assert (head["Upload-Offset"], head["Upload-Length"]) == ("5000", str(len(WHOLE)))
    assert "other a2VwdA==" in head["Upload-Metadata"]
    kept = list(store().keys("arriving"))
    assert len(kept) == 2
    assert all(WHOLE[:5] not in store().local(key).read_bytes() for key in kept)
    done = caller.send(path, 5000, WHOLE[5000:])
    upload = Upload.objects.get()
    assert done["Content-Location"] == f"/api/v1/uploads/{upload.pk}"
    assert caller.ask("HEAD", path)["Content-Location"] == done["Content-Location"]
    assert (upload.sha256, upload.filename) == (hashlib.sha256(WHOLE).hexdigest(), "港口.csv")
    assert upload.options["encoding"] == "utf-8"
    assert not list(store().keys("arriving"))
    assert not Piece.objects.exists()
    tasks.prepare(str(upload.pk))
    assert Upload.objects.get().rows == 5000


def test_the_bytes_count_only_from_where_those_kept_end_and_never_beyond_the_length(caller, entry):
    path = caller.begin(entry, 100)["Location"]
    caller.send(path, 0, b"x" * 40)
    elsewhere = caller.send(path, 0, b"x" * 40)
    assert (elsewhere.status_code, elsewhere["Upload-Offset"]) == (409, "40")
    assert caller.send(path, 40, b"x" * 61).status_code == 422
    assert caller.send(path, 40, b"x", Content_Type="text/plain").status_code == 415
    assert caller.offset(path) == 40
    assert len(list(store().keys("arriving"))) == 1


def test_a_checksum_lets_all_of_a_request_count_or_nothing(caller, entry):
    path = caller.begin(entry, len(WHOLE))["Location"]
    told = {name: base64.b64encode(hashlib.new(name, WHOLE[:9]).digest()).decode()
            for name in ("sha1", "sha256")}  # fmt: skip
    altered = caller.send(path, 0, b"x" * 9, Upload_Checksum=f"sha1 {told['sha1']}")
    assert (altered.status_code, caller.offset(path)) == (460, 0)
    assert caller.send(path, 0, WHOLE[:9], Upload_Checksum="md4 AAAA").status_code == 422
    right = caller.send(path, 0, WHOLE[:9], Upload_Checksum=f"sha256 {told['sha256']}")
    assert (right.status_code, caller.offset(path)) == (204, 9)


def test_what_the_server_can_do_is_told_and_another_version_is_not_spoken(client, caller, entry):
    told = client.options(FILES)
    assert (told.status_code, told["Tus-Version"]) == (204, "1.0.0")
    assert "creation-with-upload,termination,checksum,expiration" in told["Tus-Extension"]
    other = caller.ask("POST", Tus_Resumable="0.2.0", Upload_Length=1)
    assert (other.status_code, other["Tus-Version"]) == (412, "1.0.0")
    assert caller.begin(entry, 20_000 * 1_000_000 + 1).status_code == 422
    assert caller.begin(entry, 0).status_code == 422
    assert caller.ask("POST", Upload_Length="1e9").status_code == 404


@pytest.mark.long
def test_a_file_is_the_senders_own_and_needs_the_right_to_bring_data_in(client, caller, entry):
    path = caller.begin(entry, 100)["Location"]
    colleague = Caller(client, make_seat(entry.provider, "steward"))
    assert colleague.ask("HEAD", path).status_code == 404
    assert colleague.send(path, 0, b"x").status_code == 404
    assert colleague.ask("DELETE", path).status_code == 404
    assert Caller(client, make_seat(entry.provider, "auditor")).begin(entry, 9).status_code == 403
    stranger = Caller(client, make_seat(make_body(), "steward"))
    assert stranger.begin(entry, 9).status_code == 404
    assert Caller(client).begin(entry, 9).status_code == 404


def test_a_page_sends_by_its_session_and_only_with_the_forms_own_word(client, seat, entry):
    client.handler.enforce_csrf_checks = True
    client.force_login(seat.person.user)
    page = Caller(client)
    assert page.begin(entry, 9).status_code == 403
    form = client.get(f"/desk/entries/{entry.pk}/upload/").context["csrf_token"]
    page.token = {"X-CSRFToken": str(form)}
    begun = page.begin(entry, 9)
    assert page.send(begun["Location"], 0, b"1234").status_code == 204


def test_given_up_or_too_late_nothing_of_a_file_is_left(caller, entry, monkeypatch):
    given_up = caller.begin(entry, 100, b"x" * 10)["Location"]
    assert caller.ask("DELETE", given_up).status_code == 204
    assert caller.ask("HEAD", given_up).status_code == 404
    late = caller.begin(entry, 100, b"x" * 10)["Location"]
    Arrival.objects.update(until=clock.now() - timedelta(seconds=1))
    assert caller.send(late, 10, b"x").status_code == 404
    tasks.clear_leavings(0)
    assert not Arrival.objects.exists()
    assert not list(store().keys("arriving"))


def test_of_two_who_send_at_once_one_wins_and_the_other_leaves_nothing(seat, entry, monkeypatch):
    monkeypatch.setattr(arriving, "PIECE_BYTES", 10)
    actor = Actor.of(seat)
    arrival = arriving.begin(actor=actor, entry=entry, filename="a.csv", size=100,
                             options=arriving.Options(), metadata="")  # fmt: skip

    def slowly():
        yield b"a" * 10
        arriving.take(actor=actor, arrival=arrival, at=10, body=[b"b" * 10])
        yield b"a" * 10
        yield b"a" * 10

    with pytest.raises(arriving.Elsewhere) as elsewhere:
        arriving.take(actor=actor, arrival=arrival, at=0, body=slowly())
    assert elsewhere.value.arrived == 20
    held = Arrival.objects.get()
    assert b"".join(held.read()) == b"a" * 10 + b"b" * 10
    assert len(list(store().keys("arriving"))) == 2


@pytest.mark.long
@pytest.mark.slow
def test_a_server_that_is_killed_amid_a_file_goes_on_with_it_where_it_stood(caller, seat, entry):
    token, port = {"Authorization": f"Bearer {make_token(seat)}"}, free_port()
    whole = WHOLE * (1 + 12_000_000 // len(WHOLE))
    with serving(port) as server:
        tus = TusClient(f"http://127.0.0.1:{port}{FILES}", headers=token)
        said = {"entry": entry.code, "filename": "ports.csv"}
        sender = tus.uploader(file_stream=io.BytesIO(whole), chunk_size=1_000_000, metadata=said)
        sender.upload_chunk()
        assert sender.offset == 1_000_000
        with socket.create_connection(("127.0.0.1", port)) as line:
            path = sender.url.partition(str(port))[2]
            line.sendall(
                f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\n"
                f"Content-Type: {BYTES}\r\nUpload-Offset: 1000000\r\n"
                f"Content-Length: {len(whole) - 1_000_000}\r\n"
                f"Authorization: {token['Authorization']}\r\n\r\n".encode()
            )
            line.sendall(whole[1_000_000:11_000_000])
            deadline = time.monotonic() + 20
            while Arrival.objects.get().arrived == 1_000_000:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            os.killpg(server.pid, signal.SIGKILL)
    kept = Arrival.objects.get().arrived
    assert 9_000_000 <= kept < 11_000_000
    # Another process goes on with it.
    assert caller.offset(path) == kept
    assert caller.send(path, kept, whole[kept:]).status_code == 204
    assert Upload.objects.get().sha256 == hashlib.sha256(whole).hexdigest()
    assert not list(store().keys("arriving"))
