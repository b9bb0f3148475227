"""The whole catalog leaves by the process for long streams, and breaks off once it must."""

import csv
import gzip
import hashlib
import select

import pytest
import requests
from tests.catalog.makers import make_entry
from tests.delivery.streams import Slow, streams_beside, until
from tests.gate.makers import make_hold

from yelin.cli import whole as door
from yelin.compiling import writing
from yelin.config import config
from yelin.delivery import whole

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def streams(monkeypatch):
    with streams_beside(monkeypatch) as url:
        yield url


def titles(blob):
    return {row["信息资源名称"] for row in csv.DictReader(blob.decode("utf-8-sig").splitlines())}


@pytest.mark.duty("opening.free")
def test_everyone_has_it_whole_or_in_parts_and_whoever_has_it_is_told_so(streams):
    entries = [make_entry() for _ in range(3)]
    file = whole.write()
    answer = requests.get(f"{streams}/streams/catalog.csv", timeout=60)
    assert titles(answer.content) == {entry.title for entry in entries}
    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    assert answer.headers["Last-Modified"].endswith("GMT")
    packed = requests.get(f"{streams}/streams/catalog.csv.gz", timeout=60)
    assert gzip.decompress(packed.content) == answer.content
    head = requests.head(f"{streams}/streams/catalog.csv", timeout=60)
    assert int(head.headers["Content-Length"]) == len(answer.content) == file.sizes["csv"]
    part = {"Range": "bytes=10-99", "If-Range": answer.headers["ETag"]}
    some = requests.get(f"{streams}/streams/catalog.csv", headers=part, timeout=60)
    assert (some.status_code, some.content) == (206, answer.content[10:100])
    known = {"If-None-Match": answer.headers["ETag"]}
    again = requests.get(f"{streams}/streams/catalog.csv", headers=known, timeout=60)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.duty("opening.type")
def test_what_may_be_known_no_more_is_given_to_nobody_not_in_parts_either(streams):
    entry = make_entry()
    whole.write()
    make_hold(entry, "entry.read")
    for more in ({}, {"Range": "bytes=0-9"}):
        answer = requests.get(f"{streams}/streams/catalog.csv", headers=more, timeout=60)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert entry.title not in answer.text
    whole.renew()
    answer = requests.get(f"{streams}/streams/catalog.csv", timeout=60)
    assert answer.status_code == 200
    assert entry.summary not in answer.content.decode()


def test_what_is_on_its_way_breaks_off_once_something_in_it_may_be_known_no_more(
    streams, monkeypatch
):
    monkeypatch.setattr(door, "LOOKS_BETWEEN", 1)
    entry = make_entry()
    # Longer than what the line holds.
    monkeypatch.setattr(writing, "guarded", lambda cell: cell + "x" * 100_000)
    file = whole.write()
    with Slow(f"{streams}/streams/catalog.csv") as slow:
        assert slow.status == 200
        slow.take(50_000)
        broken = select.poll()
        broken.register(slow.socket, select.POLLERR | select.POLLHUP)
        make_hold(entry, "entry.read")
        until(lambda: [event for _, event in broken.poll(0) if event & select.POLLERR])
        with pytest.raises(ConnectionResetError):
            slow.take(file.sizes["csv"])


def test_where_there_are_more_than_one_answer_holds_everyone_is_led_to_it(client, monkeypatch):
    monkeypatch.setattr("yelin.web.portal.resources.MOST_IN_A_FILE", 1)
    make_entry()
    make_entry()
    led = client.get("/catalog.csv")
    assert (led.status_code, led["Location"]) == (307, f"{config.streams}/streams/catalog.csv")
    for other in ("/catalog.xlsx", "/catalog.csv?q=港口"):
        assert client.get(other).status_code == 413
    assert "catalog.csv.gz" not in client.get("/resources/").content.decode()
    whole.write()
    page = client.get("/resources/").content.decode()
    assert f"{config.streams}/streams/catalog.csv.gz" in page
