"""CKAN's read actions, as its clients call them."""

import hashlib
import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from tests.api.ckan.asking import ask, refused, result
from tests.api.ckan.test_solr import queries
from tests.catalog.makers import make_entry
from tests.thorough import many
from tests.warehouse.makers import PORTS, make_release

from yelin.api.ckan import absent
from yelin.api.ckan.actions import _actions
from yelin.surface.syntaxes import MEDIA_TYPES

pytestmark = pytest.mark.django_db


@pytest.fixture
def ports():
    return make_release(make_entry(title="沿海主要港口货物吞吐量")).entry


def test_an_entry_is_a_package_in_the_shape_that_clients_know(client, ports):
    shown = result(client, "package_show", id=ports.slug)
    assert shown == result(client, "package_show", {"id": str(ports.pk)})
    assert (shown["id"], shown["name"], shown["title"]) == (str(ports.pk), ports.slug, ports.title)
    assert shown["organization"]["id"] == shown["owner_org"] == str(ports.provider.pk)
    assert [tag["name"] for tag in shown["tags"]] == ["港口", "吞吐量"]
    assert [group["display_name"] for group in shown["groups"]] == ["交通"]
    assert (shown["state"], shown["private"], shown["isopen"]) == ("active", False, True)
    extras = {each["key"]: each["value"] for each in shown["extras"]}
    assert extras["sharing_type"] == "unconditional"
    assert json.loads(extras["items"])[1]["unit"] == "万吨"
    assert [each["format"] for each in shown["resources"]] == [
        "CSV", "JSON", "NDJSON", "PARQUET", "XLSX",
    ]  # fmt: skip
    # Nothing that a real answer has is missing.
    assert {"license_title", "license_url", "metadata_created", "num_tags", "type"} <= set(shown)


@pytest.mark.long
def test_a_resource_keeps_its_id_while_releases_come_and_gives_the_newest(client, ports):
    before = result(client, "package_show", id=ports.slug)
    make_release(ports, PORTS + "2015,9000,010\n")
    after = result(client, "package_show", id=ports.slug)
    ids = [[each["id"] for each in shown["resources"]] for shown in (before, after)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 5
    assert after["metadata_modified"] > before["metadata_modified"]
    assert result(client, "datastore_search", resource_id=ids[0][0])["total"] == 4
    shown = result(client, "resource_show", id=ids[0][0])
    file = client.get(shown["url"].removeprefix("http://127.0.0.1:8000"))
    assert file.content.decode().splitlines()[-1] == "2015,9000,010"
    head = client.head(shown["url"].removeprefix("http://127.0.0.1:8000"))
    assert head["Content-Length"] == str(len(file.content))
    own = after["resources"][3]
    blob = client.get(own["url"].removeprefix("http://127.0.0.1:8000")).content
    assert own["size"] == len(blob)
    assert own["hash"] == f"sha256:{hashlib.sha256(blob).hexdigest()}"


ALL = "*:*"
FINDS = [
    ALL,
    "",
    "*",
    "港口",
    "港口 吞吐",
    '"海口港"',
    "海口港 OR x",
    "title:港口*",
    "title:港口 AND NOT title:机场",
    "organization:CODE",
    "groups:transport",
    "groups:(x OR transport)",
    'tags:"吞吐量"',
    "tags:吞*",
    "tags:*",
    "res_format:CSV",
    "license_id:hainan-open",
    "id:ID",
    "name:SLUG",
    "name:307*",
    "notes:历年",
    "metadata_modified:[NOW-1DAY TO NOW+1MINUTE]",
    "metadata_modified:[2020-01-01T00:00:00Z TO *]",
    "metadata_created:[NOW/YEAR-1YEAR TO *]",
    "+state:active +type:dataset -tags:x",
    "extras_update_cycle:yearly",
]


def test_what_solr_would_find_is_found_and_its_opposite_is_not(client, ports):
    for text in FINDS:
        for name, value in (
            ("CODE", ports.provider.credit_code.lower()),
            ("ID", str(ports.pk)),
            ("SLUG", ports.slug),
        ):
            text = text.replace(name, value)  # noqa: PLW2901 - the table's own blanks
        assert result(client, "package_search", q=text)["count"] == 1, text
        assert result(client, "package_search", fq=text)["count"] == 1, text
        if text:
            assert result(client, "package_search", fq=f"-({text})")["count"] == 0, text


UNREADABLE = [
    ":", "*:*^", '"a', "a)", "(a", "a AND", "nothing:x", "title:[a TO b]", "{!x}a", "()", "groups:",
    "metadata_modified:[x TO *]", "metadata_modified:[NOW+999999YEARS TO *]", "(" * 99, "x " * 999,
]  # fmt: skip


def test_what_cannot_be_read_is_a_search_query_error(client):
    for query in UNREADABLE:
        for where in ("q", "fq"):
            error = refused(client, "package_search", 400, **{where: query})
            assert error["__type"] == "Search Query Error", query
            assert error["message"].startswith("Search Query Error: ")
    refused(client, "package_search", 400, sort="nothing asc")


@given(query=queries)
@settings(max_examples=many(40, 4))
def test_whatever_is_searched_for_is_found_or_refused(client, query):
    for asked in ({"q": query}, {"fq": query}):
        assert ask(client, "package_search", asked).status_code in {200, 400, 409}, query


def test_facets_count_what_was_found(client, ports):
    fields = ["organization", "groups", "tags", "license_id", "res_format", "sharing_type"]
    found = result(client, "package_search", {"q": "港口", "facet.field": fields})
    assert found["facets"]["groups"] == {"transport": 1}
    assert found["search_facets"]["groups"]["items"] == [
        {"name": "transport", "display_name": "交通", "count": 1}
    ]
    provider = ports.provider
    assert found["search_facets"]["organization"]["items"][0]["display_name"] == provider.name
    asked = {"facet.field": '["tags"]', "facet.limit": "1"}
    assert len(result(client, "package_search", **asked)["facets"]["tags"]) == 1


def test_pages_by_id_neither_lose_nor_repeat(client):
    provider = make_entry().provider
    made = {make_entry(provider).slug for _ in range(6)} | set(result(client, "package_list"))
    found = []
    for start in range(0, 9, 3):
        asked = {
            "sort": "id asc",
            "rows": 3,
            "start": start,
            "fq": "metadata_modified:[NOW-1HOUR TO *]",
        }
        found += [each["name"] for each in result(client, "package_search", asked)["results"]]
    assert sorted(found) == sorted(made)
    assert found == result(client, "package_list")


def test_what_datasets_belong_to_is_listed(client, ports):
    body = ports.provider
    assert result(client, "organization_list") == [body.credit_code.lower()]
    (whole,) = result(client, "organization_list", all_fields="true")
    assert (whole["title"], whole["package_count"]) == (body.name, 1)
    shown = result(client, "organization_show", id=str(body.pk), include_datasets="true")
    assert [each["id"] for each in shown["packages"]] == [str(ports.pk)]
    assert "transport" in result(client, "group_list")
    assert result(client, "group_show", id="transport")["package_count"] == 1
    assert result(client, "group_package_show", id="transport")[0]["name"] == ports.slug
    assert result(client, "tag_list") == ["吞吐量", "港口"]
    assert result(client, "tag_show", id="港口", include_datasets="true")["packages"]
    assert "hainan-open" in [each["id"] for each in result(client, "license_list")]
    members = [[str(ports.pk), "package", "public"]]
    assert result(client, "member_list", id="transport") == members
    assert result(client, "member_list", id=body.credit_code) == members
    (listed,) = result(client, "current_package_list_with_resources")
    assert listed["num_resources"] == 5
    found = result(client, "resource_search", query="format:csv")
    assert (found["count"], len(found["results"])) == (1, 1)


def test_letters_are_completed(client, ports):
    typed = {
        "dataset": "港口",
        "organization": "海南",
        "group": "交",
        "tag": "吞",
        "resource": "cs",
    }
    for kind, text in typed.items():
        answer = client.get(f"/api/2/util/{kind}/autocomplete", {"incomplete": text}).json()
        assert len(answer["ResultSet"]["Result"]) >= 1, kind
    answer = client.get("/api/util/resource/format_autocomplete", {"incomplete": "xl"})
    assert answer.json() == {"ResultSet": {"Result": [{"Format": "xlsx"}]}}


def test_every_action_says_what_it_does_and_takes(client):
    assert client.get("/api/3").json() == {"version": 3}
    assert result(client, "status_show")["ckan_version"].startswith("2.")
    for name in _actions:
        assert result(client, "help_show", name=name)
    assert "facet.field" in result(client, "help_show", name="package_search")
    assert refused(client, "help_show", 404, name="nothing")["__type"] == "Not Found Error"


def test_parameters_come_by_each_of_ckans_ways(client, ports):
    path, sent = "/api/action/package_show", json.dumps({"id": ports.slug})
    form = "application/x-www-form-urlencoded"
    answers = [
        client.post(path, sent, content_type=form),
        client.post(path, quote(sent) + "=1", content_type=form),
        client.post(path, f"id={ports.slug}", content_type=form),
        client.post(path, {"id": ports.slug}),
        client.post(path, sent, content_type="application/json"),
        client.get(path, {"id": ports.slug}),
    ]
    assert [each.json()["result"]["id"] for each in answers] == [str(ports.pk)] * 6
    assert client.put(path, sent, content_type="application/json").status_code == 405


def test_a_bad_request_is_told_in_ckans_own_words(client):
    for sent in ("[1]", "{", "7", '{"q": "\\ud800"}', "[" * 9_999):
        answer = client.post("/api/3/action/site_read", sent, content_type="application/json")
        assert answer.status_code == 400
        assert answer.json().startswith("Bad request: JSON Error: ")
    unknown = ask(client, "nothing")
    assert unknown.status_code == 400
    assert unknown.json() == "Bad request: Action name not known: nothing"
    assert refused(client, "package_show", 404, id="nothing")["message"].startswith("Not found: ")
    missing = refused(client, "package_show", 409)
    assert missing["__type"] == "Validation Error"
    assert set(missing) == {"__type", "id"}
    token = refused(client, "package_list", 403, token="yln_nonsense")
    assert token["message"].startswith("Access denied: ")
    deep = {"facet.field": "[" * 9_999}
    for sent in ({"rows": "x"}, {"start": -1}, {"q": "\x00"}, {"fq_list": 7}):
        refused(client, "package_search", 409, sent)
    result(client, "package_search", deep)


def test_when_something_changed_that_one_may_not_read_is_not_told(client):
    entry = make_entry(opening_type="none")
    before = result(client, "package_show", id=entry.slug)["metadata_modified"]
    type(entry).objects.update(changed_at="2126-01-01T00:00Z")
    assert result(client, "package_show", id=entry.slug)["metadata_modified"] == before
    for moment, found in (("2126-01-01T00:00:00Z", 0), (f"{before}Z", 1)):
        asked = f"metadata_modified:[{moment} TO *]"
        assert result(client, "package_search", fq=asked)["count"] == found


def test_of_what_is_not_kept_here_it_is_answered_that_there_is_none(client, ports):
    for name, told in absent.NOTHING.items():
        assert result(client, name, id=ports.slug) == told
    for name in absent.NOBODY:
        assert refused(client, name, 404, id=ports.slug)["__type"] == "Not Found Error"


@pytest.mark.long
def test_a_dataset_and_the_catalog_are_had_by_the_names_that_clients_ask_for(client, ports):
    for name, form in (("ttl", "ttl"), ("n3", "ttl"), ("xml", "rdf"), ("jsonld", "jsonld")):
        answer = client.get(f"/dataset/{ports.pk}.{name}", follow=True)
        assert answer["Content-Type"].startswith(MEDIA_TYPES[form])
        assert ports.title in answer.content.decode("utf-8")
    assert client.get("/catalog.xml")["Content-Type"].startswith(MEDIA_TYPES["rdf"])
    assert client.get(f"/dataset/{ports.slug}/croissant.jsonld", follow=True).json()["name"]
    assert client.get("/dataset/?q=港口")["Location"].startswith("/resources/?q=")
    provider = ports.provider
    for named in (provider.pk, provider.credit_code.lower()):
        led = client.get(f"/organization/{named}", follow=True)
        assert ports.title in [card.title for card in led.context["cards"]]
    assert client.get("/group/transport")["Location"] == "/resources/?theme=transport"
    assert client.get("/organization/nobody").status_code == 404
    assert client.get("/group/nothing").status_code == 404
