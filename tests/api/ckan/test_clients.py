"""The clients that people use, unchanged, against a running site."""

import gc
import io
import json
import subprocess
import sys
from pathlib import Path

import ckanapi
import openpyxl
import pyarrow.csv
import pytest
import requests
from ckanapi.errors import NotAuthorized, NotFound, SearchQueryError, ValidationError
from frictionless import Catalog, Package, portals
from tests.api.ckan.asking import result
from tests.catalog.makers import agency, make_content, make_entry
from tests.parties.makers import make_actor, make_body, make_seat, make_token
from tests.warehouse.makers import PORTS, make_release
from tests.warehouse.penalties import BY_LAW, PENALTIES, penalties

from yelin.catalog import acts
from yelin.catalog.models import Entry
from yelin.warehouse import tasks
from yelin.warehouse.models import Release, Upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def steward():
    return make_seat(make_body(), "steward")


OWN = {"title", "summary", "themes", "keywords", "licence", "contact_office"}


def extras(content) -> dict[str, str]:
    """What CKAN has no word for, by our names."""
    own = content.model_dump(mode="json", exclude=OWN)
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in own.items()
    }


def dataset(**over) -> dict:
    """A dataset as a client of CKAN says it."""
    content = make_content(**over)
    return {
        "title": content.title,
        "notes": content.summary,
        "license_id": content.licence,
        "maintainer": content.contact_office,
        "tags": [{"name": word} for word in content.keywords],
        "groups": [{"name": code} for code in content.themes],
        "extras": [{"key": name, "value": value} for name, value in extras(content).items()],
    }


def confirm(entry):
    steward = make_actor(entry.provider)
    acts.submit(actor=steward, entry=entry)
    return acts.confirm(actor=make_actor(agency(), "officer"), entry=entry)


def test_ckanapi_makes_a_dataset_sends_a_file_and_publishes_it(site, steward):
    with ckanapi.RemoteCKAN(site, apikey=make_token(steward)) as ckan:
        made = ckan.action.package_create(**dataset(title="港口吞吐量"))
        entry = Entry.objects.get(pk=made["id"])
        assert (entry.state, made["state"], made["name"]) == ("registered", "draft", entry.slug)
        file = io.BytesIO(PORTS.encode())
        file.name = "ports.csv"
        sent = ckan.action.resource_create(package_id=made["name"], name="x", upload=file)
        tasks.prepare(upload=sent["id"])
        assert ckan.action.resource_show(id=sent["id"])["upload_state"] == "ready"
        shown = ckan.action.resource_patch(id=sent["id"], state="active")
        assert shown["format"] == "CSV"
        confirm(entry)
        patched = {"key": "contact_phone", "value": "0898-1"}
        assert ckan.action.package_show(id=made["id"])["num_resources"] == 5
        # What was confirmed stands until the change of it is confirmed, too.
        assert (
            ckan.action.package_patch(id=made["id"], extras=[patched])["extras"] == made["extras"]
        )
        assert Entry.objects.get(pk=entry.pk).in_hand().contact_phone == "0898-1"
    stranger = ckanapi.RemoteCKAN(site)
    assert stranger.action.package_search(q="港口")["count"] == 1
    rows = stranger.action.datastore_search(resource_id=shown["id"], filters={"代码": "008"})
    assert rows["records"] == [{"_id": 2, "年份": 2013, "海口港": 8292.8851, "代码": "008"}]
    with pytest.raises(SearchQueryError):
        stranger.action.package_search(q=":")
    with pytest.raises(NotFound):
        stranger.action.package_show(id="nothing")
    with pytest.raises(NotAuthorized):
        stranger.action.package_create(title="x")


def test_a_draft_is_kept_amended_and_registered_once_it_is_whole(site, steward):
    ckan = ckanapi.RemoteCKAN(site, apikey=make_token(steward))
    with pytest.raises(ValidationError) as refused:
        ckan.action.package_create(**dataset(summary="", themes=("nothing",)))
    assert set(refused.value.error_dict) == {"__type", "notes", "groups"}
    assert not Entry.objects.exists()
    secret = {"key": "state_secret", "value": "false"}
    draft = ckan.action.package_create(title="只有名称", state="draft", extras=[secret])
    with pytest.raises(ValidationError) as refused:
        ckan.action.package_patch(id=draft["id"], state="active")
    assert {"notes", "classification"} <= set(refused.value.error_dict)
    whole = ckan.action.package_update(id=draft["id"], state="active", **dataset(title="名称"))
    assert Entry.objects.get().state == "registered"
    patched = ckan.action.package_patch(
        id=draft["id"], notes="新摘要。", extras=[{"key": "contact_phone", "value": "0898-1"}]
    )
    assert (patched["notes"], patched["title"]) == ("新摘要。", "名称")
    kept = {each["key"]: each["value"] for each in patched["extras"]}
    assert kept["contact_phone"] == "0898-1"
    assert kept["items"] == {each["key"]: each["value"] for each in whole["extras"]}["items"]
    ckan.action.package_delete(id=draft["id"])
    assert Entry.objects.get().state == "dropped"
    with pytest.raises(NotFound):
        ckan.action.package_show(id=draft["id"])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": ""}, "title"),
        ({"owner_org": "nobody"}, "owner_org"),
        ({"resources": [{"url": "https://example.org/a.csv"}]}, "resources"),
        ({"extras": [{"key": "sharing_typ", "value": "none"}]}, "extras"),
        ({"extras": []}, "state_secret"),
        ({"tags": "x"}, "tags"),
    ],
)
def test_what_cannot_be_taken_is_told_by_field(client, steward, said, field):
    sent = dataset() | said
    answer = client.post(
        "/api/3/action/package_create",
        json.dumps(sent),
        content_type="application/json",
        headers={"Authorization": make_token(steward)},
    )
    assert answer.status_code == 409, answer.content.decode()
    assert set(answer.json()["error"]) == {"__type", field}
    assert not Entry.objects.exists()


def test_nobody_writes_by_address_by_cookie_or_for_another_body(client, steward):
    token = make_token(steward)
    assert client.get("/api/3/action/package_create", {"title": "x"}).status_code == 400
    client.force_login(steward.person.user)
    path, kind = "/api/3/action/package_create", "application/json"
    assert client.post(path, json.dumps(dataset()), content_type=kind).status_code == 403
    other = dataset() | {"owner_org": str(make_body().pk)}
    sent = json.dumps(other)
    answer = client.post(path, sent, content_type=kind, headers={"Authorization": token})
    assert answer.status_code == 403
    assert not Entry.objects.exists()


def run(*words, **more):
    """Run ckanapi's command line as people do."""
    command = [str(Path(sys.executable).with_name("ckanapi")), *words]
    path = {"PATH": str(Path(sys.executable).parent)}
    done = subprocess.run(command, capture_output=True, check=False, env=path, timeout=60, **more)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_ckanapi_searches_dumps_and_loads(site, steward, tmp_path):
    entry = make_release(make_entry(steward.body, "registered")).entry
    token = make_token(steward)
    found = run("search", "datasets", "include_drafts=true", "-r", site, "-a", token)
    assert json.loads(found)["id"] == str(entry.pk)
    before = run("dump", "datasets", str(entry.pk), "-r", site, "-a", token, "-q")
    changed = json.loads(before) | {"notes": "由命令行改过。"}
    lines = json.dumps(changed) + "\n"
    loaded = run("load", "datasets", "-r", site, "-a", token, "-q", input=lines.encode())
    assert loaded == ""
    after = json.loads(run("dump", "datasets", str(entry.pk), "-r", site, "-a", token, "-q"))
    assert after["notes"] == "由命令行改过。"
    differ = {name for name, value in after.items() if value != json.loads(before)[name]}
    assert differ == {"notes", "version", "metadata_modified"}
    confirm(Entry.objects.get(pk=entry.pk))
    run("dump", "datasets", "--all", "--datapackages", str(tmp_path / "out"), "-r", site, "-q")
    package = json.loads((tmp_path / "out" / entry.slug / "datapackage.json").read_text())
    # Version 4.11 fetches the last resource for each of them.
    last = package["resources"][-1]
    sheet = openpyxl.load_workbook(tmp_path / "out" / entry.slug / last["path"]).active
    assert [cell.value for cell in sheet["C"]] == ["代码", "007", "008", "009"]
    fields = package["resources"][0]["schema"]["fields"]
    assert [(each["name"], each["type"]) for each in fields][2] == ("代码", "string")


# Python warns of patterns in it, and of a file that it leaves open.
@pytest.mark.filterwarnings("ignore:invalid escape", "ignore::ResourceWarning")
def test_frictionless_reads_and_publishes(site, steward, tmp_path, monkeypatch):
    entry = make_release(make_entry()).entry
    package = Package(f"{site}/dataset/{entry.slug}")
    assert package.title == entry.title
    rows = package.resources[0].read_rows()
    assert rows[1].to_dict() == {"年份": 2013, "海口港": rows[1]["海口港"], "代码": "008"}
    for asked in (
        {},
        {"group_id": "transport"},
        {"organization_name": entry.provider.credit_code.lower()},
        {"search": {"q": "title:港口 || title:机场"}},
    ):
        catalog = Catalog(control=portals.CkanControl(baseurl=site, **asked))
        assert [each.name for each in catalog.datasets] == [entry.slug]
    (tmp_path / "ports.csv").write_text(PORTS)
    monkeypatch.chdir(tmp_path)
    content = make_content()
    descriptor = {
        "name": "ports",
        "title": content.title,
        "description": content.summary,
        "keywords": list(content.keywords),
        "contributors": [{"title": content.contact_office, "role": "maintainer"}],
        "licenses": [{"name": content.licence}],
        "resources": [{"name": "ports", "path": "ports.csv"}],
        **extras(content),
    }
    token = make_token(steward)
    control = portals.CkanControl(
        baseurl=site, apikey=token, organization_name=str(steward.body.pk)
    )
    published = Package.from_descriptor(descriptor).publish(control=control)
    made = Entry.objects.get(pk=published.context["dataset_id"])
    assert (made.state, made.title) == ("registered", content.title)
    assert set(Upload.objects.values_list("filename", flat=True)) >= {"ports.csv"}
    gc.collect()


def test_a_harvest_by_what_changed_misses_nothing(client):
    provider = make_body()
    first = [make_entry(provider) for _ in range(5)]
    kept, seen_until = {}, "2020-01-01T00:00:00Z"

    def harvest():
        start, newest = 0, seen_until
        while True:
            page = result(client, "package_search", {
                "q": "*:*", "fq": f"metadata_modified:[{seen_until} TO *]",
                "sort": "id asc", "rows": 2, "start": start,
            })["results"]  # fmt: skip
            if not page:
                return newest
            for package in page:
                kept[package["id"]] = package
                newest = max(newest, package["metadata_modified"] + "Z")
            start += 2

    seen_until = harvest()
    assert len(kept) == 5
    # New data is a change, as a new entry is.
    make_release(first[2])
    late = make_entry(provider)
    before = dict(kept)
    harvest()
    changed = {id_ for id_ in kept if kept[id_] != before.get(id_)}
    assert changed == {str(first[2].pk), str(late.pk)}


def test_tables_are_read_from_a_dumps_address(site):
    entry = make_release(make_entry()).entry
    url = f"{site}/datastore/dump/{entry.slug}?bom=true"
    answer = requests.get(url, timeout=10)
    table = pyarrow.csv.read_csv(io.BytesIO(answer.content))
    assert table.column_names == ["_id", "年份", "海口港", "代码"]
    assert table.num_rows == 3


@pytest.mark.duty("opening.persons")
def test_a_client_publishes_persons_on_a_ground_only(site, steward):
    entry = penalties(steward.body, state="confirmed")
    ckan = ckanapi.RemoteCKAN(site, apikey=make_token(steward))
    file = io.BytesIO(PENALTIES.encode())
    file.name = "penalties.csv"
    sent = ckan.action.resource_create(package_id=entry.slug, name="x", upload=file)
    tasks.prepare(upload=sent["id"])
    with pytest.raises(ValidationError) as refused:
        ckan.action.resource_patch(id=sent["id"], state="active")
    assert "当事人" in str(refused.value.error_dict["grounds"])
    ground = BY_LAW.model_dump(mode="json")
    ckan.action.resource_patch(id=sent["id"], state="active", grounds=[ground])
    assert Release.objects.get().grounds[0]["basis"] == "penalty"
