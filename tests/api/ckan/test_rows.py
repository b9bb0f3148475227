"""Rows by CKAN's datastore: the asker's own, counted and receipted as by any other way."""

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest
from tests.api.ckan.asking import refused, result
from tests.catalog.makers import make_entry
from tests.delivery.makers import make_closed
from tests.gate.makers import make_grant
from tests.parties.makers import make_person, make_token
from tests.warehouse.makers import make_release

from yelin.api.ckan import shapes
from yelin.catalog.content import ItemContent
from yelin.delivery.models import Delivery, Tally
from yelin.gate import Mask, Obligations, RowFilter

pytestmark = pytest.mark.django_db

COLUMNS = (ItemContent(name="年份", type="I"), ItemContent(name="港口"), ItemContent(name="代码"))
TEXT = "年份,港口,代码\n2012,海口,007\n2012,三亚,008\n2013,海口,009\n2014,,010\n"


@pytest.fixture
def table():
    """The id of a table that is open to all."""
    return str(shapes.resource_id(make_release(make_entry(items=COLUMNS), TEXT).entry_id, "csv"))


def codes(client, table, **asked):
    found = result(client, "datastore_search", {"resource_id": table, **asked})
    assert found["total"] >= len(found["records"])
    return [row["代码"][-1] for row in found["records"]]


CHOSEN = [
    ({}, "7890"),
    ({"filters": {"年份": 2012}}, "78"),
    ({"filters": {"年份": "2012", "港口": "海口"}}, "7"),
    ({"filters": '{"港口": ["海口", "三亚"]}'}, "789"),
    ({"filters": {"港口": None}}, "0"),
    ({"filters": {"年份": {"gte": 2013, "lt": 2014}}}, "9"),
    ({"filters": {"代码": {"eq": ["007", "010"]}}}, "70"),
    ({"filters": {"$and": [{"年份": {"gt": 2012}}, {"港口": "海口"}]}}, "9"),
    ({"filters": {"$or": [{"代码": "008"}, {"年份": 2013, "港口": "海口"}]}}, "89"),
    ({"filters": {"$or": [{"年份": 2014}], "代码": "007"}}, ""),
    ({"filters": {"_id": {"gt": 2}}}, "90"),
    ({"q": "海口"}, "79"),
    ({"q": "海口 2012"}, "7"),
    ({"q": {"代码": "00"}}, "789"),
    ({"sort": "年份 desc, 代码"}, "0978"),
    ({"sort": '"代码" desc', "limit": 2}, "09"),
    ({"limit": 2, "offset": 1}, "89"),
    ({"limit": 0}, ""),
]


def test_rows_are_chosen_and_ordered_as_asked(client, table):
    for asked, found in CHOSEN:
        assert "".join(codes(client, table, **asked)) == found, asked


@pytest.mark.long
def test_an_answer_has_the_shape_that_clients_know(client, table):
    found = result(client, "datastore_search", resource_id=table, limit=2, include_next_page="true")
    assert found["fields"][0] == {"id": "_id", "type": "int"}
    assert [(each["id"], each["type"]) for each in found["fields"][1:]] == [
        ("年份", "int"), ("港口", "text"), ("代码", "text"),
    ]  # fmt: skip
    assert (found["total"], found["total_was_estimated"], found["limit"]) == (4, False, 2)
    assert found["records"][0] == {"_id": 1, "年份": 2012, "港口": "海口", "代码": "007"}
    following = client.get(found["_links"]["next"]).json()["result"]
    assert [row["_id"] for row in following["records"]] == [3, 4]
    assert codes(client, table, **found["next_page"]) == ["9", "0"]
    assert "total" not in result(
        client, "datastore_search", resource_id=table, include_total="false"
    )
    assert result(client, "datastore_search", resource_id=table, limit=99_999)["limit"] == 32_000
    rows = {
        name: result(
            client, "datastore_search", {"resource_id": table, "limit": 1, "records_format": name}
        )["records"]
        for name in ("lists", "csv", "tsv")
    }
    assert rows == {
        "lists": [[1, 2012, "海口", "007"]],
        "csv": "1,2012,海口,007\n",
        "tsv": "1\t2012\t海口\t007\n",
    }
    distinct = {"resource_id": table, "fields": ["年份"], "distinct": True, "sort": "年份 desc"}
    found = result(client, "datastore_search", distinct)
    assert found["records"] == [{"年份": 2014}, {"年份": 2013}, {"年份": 2012}]
    assert found["total"] == 3
    info = result(client, "datastore_info", id=table)
    assert (info["meta"]["count"], len(info["fields"])) == (4, 3)
    listed = result(client, "datastore_search", resource_id="_table_metadata")
    assert [row["name"] for row in listed["records"]] == [table]


BAD = [
    ({"filters": {"没有": 1}}, "fields"),
    ({"sort": "没有"}, "fields"),
    ({"fields": "没有"}, "fields"),
    ({"filters": {"年份": "x"}}, "filters"),
    ({"filters": {"年份": {"near": 1}}}, "filters"),
    ({"filters": {"$or": 1}}, "filters"),
    ({"filters": "["}, "filters"),
    ({"fields": "年份", "distinct": True, "sort": "代码"}, "fields"),
    ({"limit": -1}, "limit"),
    ({"records_format": "xls"}, "records_format"),
]


def test_a_bad_question_is_told_by_field(client, table):
    for asked, field in BAD:
        error = refused(client, "datastore_search", 409, {"resource_id": table, **asked})
        assert set(error) == {"__type", field}, asked


def test_a_grantee_has_what_the_grant_says_and_nothing_tells_of_the_rest(client):
    entry = make_closed()
    make_release(entry, "年份,海口港,代码\n2012,1,007\n2013,2,008\n2014,3,009\n")
    table, person = str(shapes.resource_id(entry.pk, "csv")), make_person()
    bears = Obligations(
        shown_items=frozenset({"年份", "海口港"}),
        masks={"海口港": Mask.NULL},
        row_filters=frozenset({RowFilter("年份", "gte", "2013")}),
    )
    make_grant(person, entry, bears=bears)
    token = make_token(person=person)
    found = result(client, "datastore_search", {"resource_id": table}, token)
    # No gap tells that a row came before.
    assert found["records"] == [
        {"_id": 1, "年份": 2013, "海口港": None},
        {"_id": 2, "年份": 2014, "海口港": None},
    ]
    assert result(client, "datastore_info", {"id": table}, token)["meta"]["count"] == 2
    for asked in ({"q": "2012"}, {"q": "008"}, {"filters": {"海口港": 2}}, {"q": "2"}):
        few = result(client, "datastore_search", {"resource_id": table, **asked}, token)
        assert few["total"] == (2 if asked == {"q": "2"} else 0), asked
    hidden = {"resource_id": table, "filters": {"代码": "008"}}
    missing = {"resource_id": table, "filters": {"没有": "008"}}
    told = [
        str(refused(client, "datastore_search", 409, sent, token)) for sent in (hidden, missing)
    ]
    assert told[0].replace("代码", "没有") == told[1]
    (csv_,) = [
        each
        for each in result(client, "package_show", {"id": entry.slug}, token)["resources"]
        if each["format"] == "CSV"
    ]
    assert [each["name"] for each in json.loads(csv_["schema"])["fields"]] == ["年份", "海口港"]
    dump = client.get(f"/datastore/dump/{table}", headers={"Authorization": token})
    assert dump.content.decode() == "_id,年份,海口港\n1,2013,\n2,2014,\n"
    assert refused(client, "datastore_search", 403, resource_id=table)["basis"]["provision"]


@pytest.mark.long
def test_the_links_of_an_answer_lead_on_for_the_same_use(client):
    entry = make_closed()
    make_release(entry, "年份,海口港,代码\n2012,1,007\n2013,2,008\n2014,3,009\n")
    person = make_person()
    make_grant(person, entry, purposes=["research", "teaching"])
    token = make_token(person=person)
    asked = {"resource_id": str(shapes.resource_id(entry.pk, "csv")), "limit": 1, "offset": 1}
    assert refused(client, "datastore_search", 409, asked, token)["purpose"]
    links = result(client, "datastore_search", asked | {"purpose": "teaching"}, token)["_links"]
    years = [
        client.get(links[name], headers={"Authorization": token}).json()["result"]["records"][0]
        for name in ("start", "prev", "next")
    ]
    assert [row["年份"] for row in years] == [2012, 2012, 2014]


@pytest.mark.long
def test_each_call_is_counted_and_what_is_not_open_leaves_a_receipt(client, table, still):
    result(client, "datastore_search", resource_id=table)
    client.get(f"/datastore/dump/{table}")
    tally = Tally.objects.get()
    assert (tally.queries, tally.downloads) == (1, 1)
    entry = make_closed()
    person, closed = make_person(), str(shapes.resource_id(entry.pk, "csv"))
    make_grant(person, entry)
    for path in (
        f"/api/3/action/datastore_search?resource_id={closed}",
        f"/datastore/dump/{closed}",
    ):
        answer = client.get(path, headers={"Authorization": make_token(person=person)})
        assert answer["X-Yelin-Receipt"].endswith("/receipt")
    assert sorted(Delivery.objects.values_list("channel", flat=True)) == ["download", "query"]


def test_every_kind_of_dump_holds_the_same_rows_long_or_short(client):
    text = '年份,"一 <列>",代码\n2012,"a""b,\t&",007\n2013,,008\n'
    columns = (COLUMNS[0], ItemContent(name="一 <列>"), COLUMNS[2])
    entry = make_release(make_entry(items=columns), text).entry
    rows = [["1", "2012", 'a"b,\t&', "007"], ["2", "2013", "", "008"]]

    def dumped(**asked) -> str:
        answer = client.get(f"/datastore/dump/{entry.slug}", asked)
        assert answer.status_code == 200, answer.content
        return answer.content.decode()

    for more in ({}, {"limit": 9}):
        assert list(csv.reader(io.StringIO(dumped(**more))))[1:] == rows
        table = csv.reader(io.StringIO(dumped(format="tsv", **more)), delimiter="\t")
        assert list(table)[1:] == rows
        read = json.loads(dumped(format="json", **more))
        assert [each["id"] for each in read["fields"]] == ["_id", "年份", "一 <列>", "代码"]
        assert read["records"] == [[1, 2012, 'a"b,\t&', "007"], [2, 2013, None, "008"]]
        root = ET.fromstring(dumped(format="xml", **more))  # noqa: S314 - our own
        assert [each.attrib["_id"] for each in root] == ["1", "2"]
        assert [cell.text for cell in root[0]] == ["2012", 'a"b,\t&', "007"]
        assert root[0][1].attrib == {"name": "一 <列>"}
        assert dumped(bom="true", **more).startswith("\ufeff_id")
    assert dumped(filters='{"年份": 2013}', fields="代码") == "代码\n008\n"
    answer = client.get(f"/datastore/dump/{entry.slug}", {"offset": 1})
    assert set(answer.json()["error"]) == {"__type", "limit"}
