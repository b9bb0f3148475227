"""Several resources leave in one file: decided, counted and cut off as if each left alone."""

import contextlib
import csv
import io
import json
import zipfile
from datetime import timedelta

import frictionless
import pytest
import requests
from tests.catalog.makers import make_entry
from tests.delivery.streams import Slow, make_long_release, streams_beside, until
from tests.gate.makers import make_grant, make_hold
from tests.parties.makers import make_enterprise, make_seat, make_token
from tests.warehouse.makers import make_release

from yelin.delivery import opening
from yelin.delivery.models import Batch, Delivery, Pace, Tally, Ticket
from yelin.gate import Obligations
from yelin.law import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def streams(monkeypatch):
    with streams_beside(monkeypatch) as url:
        yield url


def asks(client, *entries, more="", **headers):
    """Return the address to which the page process leads."""
    named = "&".join(f"resource={each if isinstance(each, str) else each.slug}" for each in entries)
    response = client.get(f"/api/v1/batch?{named}{more}", headers=headers)
    assert response.status_code == 307, response.content
    return response["Location"]


def opened(answer) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.content
    found = zipfile.ZipFile(io.BytesIO(answer.content))
    assert found.testzip() is None
    return found


def said(package: zipfile.ZipFile) -> dict:
    return json.loads(package.read("datapackage.json"))


def is_over(ticket):
    """Whether the process knows that the one who took this has left."""
    return any(over for _, _, over in ticket.sent.values())


def tallies():
    return {each.entry_id: each.downloads for each in Tally.objects.all()}


def test_several_resources_are_had_in_one_file_with_what_they_are(client, streams, tmp_path):
    long, short = make_long_release().entry, make_release().entry
    url = asks(client, long, short)
    assert url.startswith(f"{streams}/streams/batches/ylb_")
    answer = requests.get(url, timeout=60)
    assert answer.headers["Content-Type"] == "application/zip"
    package = opened(answer)
    about = said(package)
    first, second = about["resources"]
    alone = client.get(f"/api/v1/resources/{short.slug}/download?format=csv").content
    assert package.read(second["path"]) == alone
    rows = list(csv.reader(io.StringIO(package.read(first["path"]).decode())))
    assert (len(rows) - 1, first["rows"]) == (50_000, 50_000)
    assert about["leftOut"] == []
    assert first["version"] == "1"
    assert first["licenses"][0]["name"] == long.licence
    assert [each for each in package.namelist() if each.startswith("licences/")]
    assert first["title"] in package.read("README.txt").decode()
    package.extractall(tmp_path)
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["title", "message"])
    until(lambda: tallies() == {long.pk: 1, short.pk: 2})


@pytest.mark.long
def test_what_is_refused_is_a_line_and_never_a_hole(client, streams):
    open_to_all = make_release().entry
    closed = make_release(
        make_entry(opening_type="conditional", opening_condition="说明用途")
    ).entry
    empty = make_entry()
    answer = requests.get(asks(client, closed, open_to_all, "nothing-1", empty), timeout=60)
    about = said(opened(answer))
    assert [each["name"] for each in about["resources"]] == [open_to_all.slug]
    gone = {each["resource"]: each for each in about["leftOut"]}
    assert gone.keys() == {closed.slug, "nothing-1", empty.slug}
    assert gone[closed.slug]["status"] == 403
    assert gone[closed.slug]["basis"]["provision"]
    assert (gone["nothing-1"]["status"], "title" in gone["nothing-1"]) == (404, False)
    assert gone[empty.slug]["title"] == empty.title


@pytest.mark.long
def test_what_is_stopped_after_it_was_promised_is_left_out_when_its_turn_comes(client, streams):
    first, second = make_release().entry, make_release().entry
    url = asks(client, first, second)
    make_hold(second)
    about = said(opened(requests.get(url, timeout=60)))
    assert [each["name"] for each in about["resources"]] == [first.slug]
    assert [each["resource"] for each in about["leftOut"]] == [second.slug]
    until(lambda: tallies() == {first.pk: 1})


@pytest.mark.long
def test_whoever_has_a_grant_bears_what_it_says_and_is_named_for_each(client, streams):
    seat = make_seat(make_enterprise(), "representative")
    headers = {"Authorization": f"Bearer {make_token(seat)}"}
    closed = [
        make_release(make_entry(opening_type="conditional", opening_condition="说明用途")).entry
        for _ in range(2)
    ]
    make_grant(seat.body, closed[0], bears=Obligations(shown_items=frozenset({"年份", "代码"})))
    make_grant(seat.body, closed[1])
    package = opened(requests.get(asks(client, *closed, **headers), timeout=60))
    first, second = said(package)["resources"]
    assert "海口港" not in package.read(first["path"]).decode()
    assert "海口港" not in json.dumps(first, ensure_ascii=False)
    assert "海口港" in package.read(second["path"]).decode()
    assert first["receipt"] != second["receipt"]
    until(lambda: Delivery.objects.filter(outcome="finished").count() == 2)
    assert {str(each.pk) for each in Delivery.objects.all()} == {
        each["receipt"].split("/")[-2] for each in (first, second)
    }


@pytest.mark.long
def test_a_package_that_is_cut_off_counts_what_has_arrived_and_no_more(client, streams):
    first, second = make_release().entry, make_long_release().entry
    with Slow(asks(client, first, second)) as slow:
        assert slow.status == 200
        slow.take(400_000)
        until(lambda: tallies() == {first.pk: 1})
    until(lambda: any(is_over(each) for each in Ticket.objects.all()))
    assert tallies() == {first.pk: 1}


def test_a_right_that_ends_cuts_the_file_that_is_on_its_way(client, streams):
    entry = make_long_release().entry
    with Slow(asks(client, entry)) as slow:
        slow.take(100_000)
        make_hold(entry)
        until(lambda: Ticket.objects.filter(ended_at__isnull=False).exists())
        with contextlib.suppress(ConnectionError):
            slow.take(50_000_000)
        assert b"datapackage.json" not in slow.body
    assert tallies() == {}


@pytest.mark.long
def test_each_file_is_taken_from_what_is_fair_in_an_hour(client, streams, still, monkeypatch):
    few = opening.config.model_copy(update={"fair_use_per_hour": 2})
    monkeypatch.setattr(opening, "config", few)
    entries = [make_release().entry for _ in range(3)]
    about = said(opened(requests.get(asks(client, *entries), timeout=60)))
    assert len(about["resources"]) == 2
    assert [each["status"] for each in about["leftOut"]] == [429]
    assert Pace.objects.get().used == 2


@pytest.mark.long
def test_an_address_is_good_for_a_few_minutes_and_its_secret_is_stored_nowhere(client, streams):
    entry = make_release().entry
    url = asks(client, entry)
    secret = url.rpartition("/")[2]
    assert secret.encode() not in bytes(Batch.objects.get().asked)
    assert requests.head(url, timeout=60).headers["Content-Type"] == "application/zip"
    with clock.standing_at(clock.now() + timedelta(minutes=5)):
        assert requests.get(url, timeout=60).status_code == 410
    assert requests.get(f"{streams}/streams/batches/ylb_nothing", timeout=60).status_code == 410
