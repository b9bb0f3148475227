"""One table as a data package: what its own reader makes of it, and to whom it is given."""

import hashlib

import frictionless
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.catalog.makers import make_entry
from tests.delivery.makers import make_closed, make_taker
from tests.parties.makers import make_token
from tests.warehouse.makers import make_release

from yelin.config import Config
from yelin.delivery import tasks
from yelin.delivery.kept import Wanted
from yelin.delivery.models import Delivery, Kept, Tally
from yelin.files.places import pieces
from yelin.gate import Obligations
from yelin.gate.obligations import Mask
from yelin.parties.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


def address(entry):
    return f"/resources/{entry.slug}.datapackage.json"


# Python warns of a file that it leaves open.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_its_own_reader_finds_every_row_as_it_is_described(client, live_server, monkeypatch):
    monkeypatch.setattr(Config, "url", property(lambda _: live_server.url))
    entry = make_release(make_entry()).entry
    said = client.get(address(entry)).json()
    (resource,) = said["resources"]
    file = client.get(resource["path"].removeprefix(live_server.url)).content
    assert resource["hash"] == f"sha256:{hashlib.sha256(file).hexdigest()}"
    assert (resource["bytes"], resource["rows"]) == (len(file), 3)
    assert resource["licenses"][0]["name"] == entry.licence
    assert resource["sources"][0]["title"] == entry.provider.name
    assert [each["name"] for each in resource["schema"]["fields"]] == ["年份", "海口港", "代码"]
    report = frictionless.validate(f"{live_server.url}{address(entry)}", type="package")
    assert report.valid, report.flatten(["title", "message"])
    package = frictionless.Package(f"{live_server.url}{address(entry)}")
    assert [row["代码"] for row in package.resources[0].read_rows()] == ["007", "008", "009"]


def test_it_says_what_one_may_have_and_counts_nothing(client):
    entry = make_closed()
    assert client.get(address(entry)).status_code == 403
    bears = Obligations(shown_items=frozenset({"年份", "代码"}), masks={"代码": Mask.PARTIAL})
    taker, _ = make_taker(entry, bears=bears)
    token = make_token(person=Person.objects.get(pk=taker.person_id))
    told = client.get(address(entry), headers={"Authorization": f"Bearer {token}"}).json()
    (resource,) = told["resources"]
    assert [each["name"] for each in resource["schema"]["fields"]] == ["年份", "代码"]
    assert "rows" not in resource
    assert not Delivery.objects.exists()
    assert not Tally.objects.exists()


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(Wanted, "is_small", property(lambda _: False))


def waiting():
    return list(ProcrastinateJob.objects.filter(task_name="delivery.make_ready", status="todo"))


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_takes_long_is_made_for_its_digest_by_the_worker(
    client, live_server, monkeypatch, large
):
    monkeypatch.setattr(Config, "url", property(lambda _: live_server.url))
    entry = make_release(make_entry()).entry
    for _each in range(2):
        (resource,) = client.get(address(entry)).json()["resources"]
        assert not {"hash", "bytes"} & set(resource)
    (job,) = waiting()
    tasks.make_ready(**job.args)
    (resource,) = client.get(address(entry)).json()["resources"]
    (lies,) = Kept.objects.all()
    content = b"".join(pieces(lies.place.open("rb")))
    assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert resource["bytes"] == len(content)
    report = frictionless.validate(f"{live_server.url}{address(entry)}", type="package")
    assert report.valid, report.flatten(["title", "message"])


def test_nothing_is_made_ready_of_what_is_not_open_to_all(client, large):
    entry = make_closed()
    taker, _ = make_taker(entry)
    token = make_token(person=Person.objects.get(pk=taker.person_id))
    said = client.get(address(entry), headers={"Authorization": f"Bearer {token}"}).json()
    assert "hash" not in said["resources"][0]
    assert waiting() == []
    tasks.make_ready(entry=str(entry.pk))
    assert not Kept.objects.exists()
