"""Long files leave by a process of their own: whole, in parts, slowly, or cut off in sight."""

import asyncio
import contextlib
import hashlib
import os
import random
import shutil
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import obstore
import pytest
import requests
from django.conf import settings
from django.db import transaction
from tests.catalog.makers import make_entry
from tests.cli.test_ingesting import address
from tests.cli.test_serving import port  # noqa: F401 - a fixture
from tests.delivery.streams import Slow, make_long_release, streams_beside, until
from tests.gate.makers import make_grant, make_hold
from tests.parties.makers import make_enterprise, make_seat, make_token
from tests.running import running

from yelin.cli import streaming
from yelin.config import Config, config
from yelin.delivery import tickets
from yelin.delivery.models import SILENCE, TICKET_LASTS, Delivery, Kept, Tally, Ticket
from yelin.files.bucket import BLOCK
from yelin.files.places import is_sealed
from yelin.files.store import sha256
from yelin.gate.models import Grant
from yelin.law import clock
from yelin.operation import checks
from yelin.operation.findings import Level
from yelin.parties.models import Seat

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def streams(monkeypatch):
    with streams_beside(monkeypatch) as url:
        yield url


def asks(client, entry, more="format=csv", **headers):
    """Return the address to which the page process leads."""
    response = client.get(f"/api/v1/resources/{entry.slug}/download?{more}", headers=headers)
    assert response.status_code == 307, response.content
    return response["Location"]


def downloads():
    return sum(Tally.objects.values_list("downloads", flat=True))


def is_over(ticket):
    """Whether the process knows that the one reader of this ticket has left."""
    return any(over for _, _, over in Ticket.objects.get(pk=ticket).sent.values())


def closed():
    return make_entry(opening_type="conditional", opening_condition="说明用途")


def granted(entry):
    """Return headers of a program that has the entry by a grant, and that grant."""
    seat = make_seat(make_enterprise(), "representative")
    grant = make_grant(seat.body, entry)
    return {"Authorization": f"Bearer {make_token(seat)}"}, grant, seat


def test_a_long_file_is_taken_at_the_address_of_the_streams_and_counted_once(client, streams):
    entry = make_long_release().entry
    url = asks(client, entry)
    assert url.startswith(f"{streams}/streams/yls_")
    taken = requests.get(url, timeout=20)
    assert taken.status_code == 200
    assert len(taken.content) == int(taken.headers["Content-Length"]) > 3_000_000
    assert taken.text.splitlines()[0] == "年份,海口港,代码"
    assert "filename*=UTF-8''" in taken.headers["Content-Disposition"]
    until(lambda: downloads() == 1)
    assert requests.get(url, timeout=20).status_code == 410
    assert downloads() == 1


def test_the_process_says_that_it_is_up_and_so_does_the_operators_check(streams):
    for path in ("healthz", "readyz"):
        assert requests.get(f"{streams}/streams/{path}", timeout=20).text == "ok\n"
    assert [each.level for each in checks.streams()] == [Level.WELL]


def test_where_no_process_sends_long_files_the_operator_is_told(monkeypatch):
    monkeypatch.setattr(Config, "streams", property(lambda _: "http://127.0.0.1:9"))
    assert [each.level for each in checks.streams()] == [Level.WRONG]


def test_a_stream_is_one_line_by_its_id_and_its_secret_is_never_logged(streams, caplog):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    with caplog.at_level("INFO"):
        taken = requests.get(
            f"{streams}/streams/yls_unknown", headers={"X-Request-ID": trace}, timeout=20
        )
    assert taken.headers["X-Request-ID"] == trace
    assert taken.json()["request_id"] == trace
    (line,) = [each.msg for each in caplog.records if trace in str(each.msg)]
    assert line["route"] == "/streams/{secret}"
    assert line["status"] == taken.status_code
    assert "yls_unknown" not in caplog.text


@pytest.mark.long
def test_a_secret_that_is_not_known_is_answered_as_one_that_has_passed(client, streams):
    same = {"X-Request-ID": "0" * 32}
    answer = requests.get(f"{streams}/streams/yls_nothing", headers=same, timeout=20)
    assert (answer.status_code, answer.json()["status"]) == (410, 410)
    url = asks(client, make_long_release().entry)
    with clock.standing_at(clock.now() + TICKET_LASTS + timedelta(seconds=1)):
        late = requests.get(url, headers=same, timeout=20)
        assert (late.status_code, late.content) == (410, answer.content)


@pytest.mark.long
def test_any_part_of_a_file_is_that_part_of_the_whole(client, streams):
    entry = make_long_release().entry
    whole = requests.get(asks(client, entry), timeout=20)
    url, size, drawn = asks(client, entry), len(whole.content), random.Random(3)  # noqa: S311 - no secret
    for _ in range(25):
        first = drawn.randrange(size)
        last = drawn.randrange(first, size + 1000)
        part = requests.get(url, headers={"Range": f"bytes={first}-{last}"}, timeout=20)
        assert part.status_code == 206
        assert part.content == whole.content[first : last + 1]
        end = min(last, size - 1)
        assert part.headers["Content-Range"] == f"bytes {first}-{end}/{size}"
    beyond = requests.get(url, headers={"Range": f"bytes={size}-"}, timeout=20)
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    tag = whole.headers["ETag"]
    same = requests.get(url, headers={"If-None-Match": tag}, timeout=20)
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    stale = {"Range": "bytes=5-9", "If-Range": '"other"'}
    assert requests.get(asks(client, entry), headers=stale, timeout=20).content == whole.content
    head = requests.head(url, timeout=20)
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(size))


@pytest.mark.long
def test_a_download_that_was_cut_off_is_resumed_and_counts_once_it_is_whole(client, streams):
    entry = make_long_release().entry
    whole = requests.get(asks(client, entry), timeout=20).content
    until(lambda: downloads() == 1)
    url = asks(client, entry)
    with Slow(url) as slow:
        begun = slow.take(700_000)
    ticket = Ticket.objects.order_by("-issued_at").first()
    until(lambda: is_over(ticket.pk))
    assert downloads() == 1
    rest = requests.get(url, headers={"Range": f"bytes={len(begun)}-"}, timeout=20)
    assert begun + rest.content == whole
    until(lambda: downloads() == 2)


@pytest.mark.long
def test_parts_that_are_fetched_at_once_make_one_delivery(client, streams):
    entry = make_long_release().entry
    url = asks(client, entry)
    size = int(requests.head(url, timeout=20).headers["Content-Length"])
    cuts = [*range(0, size, size // 5), size]

    def fetch(pair):
        headers = {"Range": f"bytes={pair[0]}-{pair[1] - 1}"}
        return requests.get(url, headers=headers, timeout=20).content

    with ThreadPoolExecutor(6) as pool:
        parts = list(pool.map(fetch, pairwise(cuts)))
    assert sum(map(len, parts)) == size
    until(lambda: downloads() == 1)


@pytest.mark.long
def test_whoever_leaves_in_the_middle_has_not_been_delivered(client, streams):
    entry = make_long_release().entry
    with Slow(asks(client, entry)) as slow:
        slow.take(100_000)
    until(lambda: is_over(Ticket.objects.get().pk))
    assert downloads() == 0


@pytest.mark.drawn(1)
@pytest.mark.parametrize("what", ["grant", "term", "hold", "body", "seat", "token"])
def test_a_right_that_ends_cuts_off_what_is_on_its_way(client, streams, what):
    """B-70: the one address that opens without a login ends with the right it was given for."""
    entry = make_long_release(closed()).entry
    headers, grant, seat = granted(entry)
    with Slow(asks(client, entry, **headers)) as slow:
        assert slow.status == 200
        slow.take(50_000)
        end(what, entry, grant, seat)
        until(lambda: Ticket.objects.get().ended_at)
        with pytest.raises(ConnectionResetError):
            slow.take(10_000_000)
    assert len(slow.body) < 1_000_000
    until(lambda: Delivery.objects.get().outcome == "cut")
    assert 50_000 <= Delivery.objects.get().size < 3_000_000
    assert requests.get(slow.url, timeout=20).status_code == 410


def end(what, entry, grant, seat):
    if what == "grant":
        grant.revoked_at, grant.revoked_because = clock.now(), "用途已变"
        grant.save()
    elif what == "term":
        Grant.objects.update(until=clock.now())
    elif what in {"hold", "body"}:
        make_hold(entry if what == "hold" else seat.body)
    elif what == "seat":
        with transaction.atomic():
            Seat.objects.filter(pk=seat.pk).end(clock.now())
    elif what == "token":
        seat.tokens.update(expires_at=clock.now())


@pytest.mark.long
def test_a_file_that_is_made_meanwhile_is_sent_as_it_grows(client, streams, monkeypatch):
    monkeypatch.setattr(streaming, "FOLLOW_SECONDS", 0)
    entry = make_long_release(closed(), rows=400_000).entry
    headers, _, _ = granted(entry)
    for number, format_ in enumerate(("csv", "ndjson"), 1):
        taken = requests.get(asks(client, entry, f"format={format_}", **headers), timeout=60)
        assert taken.status_code == 200
        assert "Content-Length" not in taken.headers
        until(lambda: not Delivery.objects.exclude(outcome="finished").exists())
        kept = Kept.objects.latest("made_at")
        assert Kept.objects.count() == number
        assert kept.size == len(taken.content)
        assert hashlib.sha256(taken.content).hexdigest() == sha256(kept.place)
        again = requests.get(asks(client, entry, f"format={format_}", **headers), timeout=60)
        assert again.content == taken.content
        assert int(again.headers["Content-Length"]) == kept.size


@pytest.mark.long
def test_what_is_not_open_is_kept_sealed_and_its_delivery_has_a_receipt(client, streams):
    entry = make_long_release(closed()).entry
    headers, _, _ = granted(entry)
    taken = requests.get(asks(client, entry, **headers), timeout=20)
    until(lambda: Delivery.objects.get().outcome == "finished")
    made = Delivery.objects.get()
    assert taken.headers["X-Yelin-Receipt"].endswith(f"/deliveries/{made.pk}/receipt")
    assert (made.rows, made.size) == (50_000, len(taken.content))
    assert is_sealed(Kept.objects.get().place.path)


def answers(number):
    with contextlib.suppress(requests.RequestException):
        return requests.get(f"http://127.0.0.1:{number}/streams/readyz", timeout=5).ok
    return False


@contextlib.contextmanager
def process(number, **more):
    """Run ``yelin stream`` itself, with ``more`` settings, until it is killed."""
    # Names and digests are keyed by the house's secret, which this process has from elsewhere.
    config.private("keys/django", settings.SECRET_KEY.encode)
    told = {
        "DATABASE_URL": address(),
        "YELIN_HOME": str(config.root),
        "YELIN_STREAM_PORT": str(number),
        "DJANGO_SETTINGS_MODULE": "yelin.settings",
        **more,
    }
    command = [sys.executable, "-m", "yelin.cli", "stream"]
    with running(command, env=os.environ | told) as stream:
        try:
            until(lambda: answers(number), "the stream does not answer")
            yield
        finally:
            stream.kill()


def test_killed_in_the_middle_it_goes_on_once_it_is_started_again(client, port, monkeypatch):  # noqa: F811 - the fixture
    monkeypatch.setattr(Config, "streams", property(lambda _: f"http://127.0.0.1:{port}"))
    entry = make_long_release(closed()).entry
    headers, _, _ = granted(entry)
    with process(port):
        whole = requests.get(asks(client, entry, **headers), timeout=60).content
        until(lambda: Delivery.objects.filter(outcome="finished").count() == 1)
        resumed, given_up = (Slow(asks(client, entry, **headers)) for _ in range(2))
        with resumed, given_up:
            begun = resumed.take(700_000)
            given_up.take(10_000)
            # Both are on their way.
            assert Ticket.objects.filter(ended_at=None).count() == 2
    with pytest.raises(requests.ConnectionError):
        requests.get(resumed.url, timeout=60)
    with process(port):
        rest = requests.get(
            resumed.url, headers={"Range": f"bytes={len(begun)}-"}, timeout=60
        ).content
        until(lambda: Ticket.objects.filter(ended_at=None).count() == 1)
    assert begun + rest == whole
    with clock.standing_at(clock.now() + SILENCE):
        tickets.forget()
    assert Counter(Delivery.objects.values_list("outcome", flat=True)) == {"finished": 2, "cut": 1}
    assert not Ticket.objects.exists()


@pytest.mark.long
def test_from_a_bucket_a_download_goes_on_where_it_broke_off(client, port, bucket, monkeypatch):  # noqa: F811 - the fixture
    monkeypatch.setattr(Config, "streams", property(lambda _: f"http://127.0.0.1:{port}"))
    entry = make_long_release(closed()).entry
    headers, _, _ = granted(entry)
    with process(port, **bucket):
        url = asks(client, entry, **headers)
        whole = requests.get(url, timeout=60).content
        with Slow(asks(client, entry, **headers)) as slow:
            begun = slow.take(2_500_001)
    assert len(begun) < len(whole)
    # Nothing of it lies on this machine, and whoever goes on has never seen its beginning.
    shutil.rmtree(config.work / "near", ignore_errors=True)
    assert not list((config.work / "drafts").rglob("*.csv*"))
    with process(port, **bucket):
        rest = requests.get(slow.url, headers={"Range": f"bytes={len(begun)}-"}, timeout=60)
        assert rest.status_code == 206
        assert begun + rest.content == whole
    assert not list((config.work / "near").rglob("kept/*"))


@pytest.mark.long
def test_of_a_bucket_only_the_part_that_is_asked_for_is_fetched(client, streams, bucket):
    del bucket
    entry = make_long_release().entry
    whole = requests.get(asks(client, entry), timeout=60).content
    url = asks(client, entry)
    fetched, get_range = [], obstore.get_range

    def told(objects, key, *, start, end):
        fetched.append((start, end))
        return get_range(objects, key, start=start, end=end)

    first = len(whole) * 2 // 3
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(obstore, "get_range", told)
        part = requests.get(url, headers={"Range": f"bytes={first}-{first + 99_999}"}, timeout=60)
    assert part.content == whole[first : first + 100_000]
    # What tells that it is not sealed stands in front.
    (_, of_front), *of_part = sorted(fetched)
    assert of_front <= BLOCK < first
    assert all(first - BLOCK < start and end <= first + 100_000 + BLOCK for start, end in of_part)


def test_processes_that_share_a_port_answer_one_for_the_other():
    async def stand():
        async with streaming.serving("127.0.0.1", 0, shared=True) as first:
            place = first.address
            with pytest.raises(OSError, match="in use"):
                async with streaming.serving(*place):
                    pass
            async with streaming.serving(*place, shared=True):
                await alive(*place)
            await alive(*place)

    async def alive(*place):
        reader, writer = await asyncio.open_connection(*place)
        writer.write(b"GET /streams/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b" 200 " in await reader.readline()
        writer.close()

    asyncio.run(stand())
