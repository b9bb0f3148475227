import csv
import io
import json
from urllib.parse import quote

import openpyxl
import pyarrow.parquet as pq
import pytest
from tests.catalog.makers import agency, make_content, make_entry
from tests.parties.makers import make_actor, make_body, make_seat, make_token
from tests.registers.makers import make_element, make_system
from tests.warehouse.makers import PORTS, make_release, make_upload
from tests.warehouse.penalties import BY_LAW, PENALTIES, penalties

from yelin.catalog import acts as catalog
from yelin.catalog.content import ItemContent
from yelin.ledger import entry as leaves
from yelin.ledger import log, sequencer
from yelin.ledger.models import Leaf
from yelin.parties.models import Token
from yelin.warehouse import tasks
from yelin.warehouse.formats import MEDIA_TYPES
from yelin.warehouse.models import Upload

pytestmark = pytest.mark.django_db(transaction=True)


def body_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture
def ports():
    return make_release(make_entry(title="沿海主要港口货物吞吐量")).entry


def test_a_stranger_finds_filters_and_pages(client, ports):
    found = client.get("/api/v1/resources", {"q": "港口", "opening": "unconditional"}).json()
    assert (found["total"], found["total_is_exact"], found["next"]) == (1, True, None)
    assert found["items"][0]["rows"] == 3
    slug = found["items"][0]["slug"]
    assert slug == ports.code.replace("/", "-")
    query = {
        "filter[年份][gte]": "2013",
        "sort": "-年份",
        "columns": "年份,代码",
        "page_size": 1,
    }
    page = client.get(f"/api/v1/resources/{slug}/rows", query).json()
    assert page["items"] == [{"年份": 2014, "代码": "009"}]
    assert page["total"] == 2
    assert client.get(page["next"].replace("http://127.0.0.1:8000", "")).json()["items"] == [
        {"年份": 2013, "代码": "008"}
    ]


@pytest.mark.duty("opening.reusable")
def test_every_format_gives_the_same_rows(client, ports):
    def taken(query):
        response = client.get(f"/api/v1/resources/{ports.slug}/download?{query}")
        assert response.status_code == 200, response.content
        assert int(response["Content-Length"]) > 0
        assert "filename*=UTF-8''" in response["Content-Disposition"]
        return body_of(response)

    plain = taken("format=csv")
    assert not plain.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(plain.decode())))[1] == ["2012", "7217", "007"]
    assert taken("format=csv&for=excel").startswith(b"\xef\xbb\xbf")
    assert taken("format=csv&encoding=gb18030") == plain.decode().encode("gb18030")
    guarded = taken("format=csv&for=excel&encoding=gb18030").decode("gb18030")
    assert list(csv.reader(io.StringIO(guarded)))[1] == ["2012", "7217", '="007"']
    rows = json.loads(taken("format=json"))
    assert [row["代码"] for row in rows] == ["007", "008", "009"]
    assert [json.loads(line) for line in taken("format=ndjson").splitlines()] == rows
    table = pq.read_table(io.BytesIO(taken("format=parquet")))
    assert table.column("代码").to_pylist() == ["007", "008", "009"]
    sheet = openpyxl.load_workbook(io.BytesIO(taken("format=xlsx"))).active
    assert [cell.value for cell in sheet["C"]] == ["代码", "007", "008", "009"]
    filtered = taken(f"format=csv&{quote('filter[代码]', safe='')}=009").decode()
    assert filtered.splitlines()[1:] == ["2014,8914.9496,009"]


def test_a_refusal_is_a_problem_document_that_names_the_article(client):
    closed = make_release(make_entry(opening_type="none")).entry
    response = client.get(
        f"/api/v1/resources/{closed.slug}/rows", headers={"Accept-Language": "zh"}
    )
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    document = response.json()
    assert document["basis"]["provision"] == "24.1"
    assert document["basis"]["url"] == "/law/24/"


def test_a_resource_that_is_seen_but_not_read_shows_its_name_and_nothing_more(client):
    closed = make_entry(opening_type="none", summary="内部摘要", title="只公开名称")
    assert client.get(f"/api/v1/resources/{closed.slug}").status_code == 403
    line = client.get("/api/v1/resources", {"q": "只公开名称"}).json()["items"][0]
    assert line["title"] == "只公开名称"
    assert "内部摘要" not in json.dumps(line, ensure_ascii=False)
    assert line["formats"] == []
    negative = make_entry(
        opening_type="none", sharing_type="none", sharing_basis="《统计法》第九条", title="负面清单"
    )
    line = client.get("/api/v1/resources", {"q": "负面清单"}).json()["items"][0]
    assert line["sharing_basis"] == negative.sharing_basis


BAD_QUESTIONS = (
    ("filter[没有]=1", 400, "没有"),
    ("filter[年份][gte]=abc", 400, "年份"),
    ("filter[年份][near]=1", 422, "near"),
    ("sort=没有", 400, "没有"),
    ("columns=没有", 400, "没有"),
    ("page=0", 422, "page"),
    ("page_size=5000", 422, "page_size"),
    ("release=9", 404, ""),
    ("filter[年份]=1%27%20OR%201=1", 400, "年份"),
)


def test_a_bad_question_is_told_what_is_wrong_with_it(client, ports):
    for query, status, word in BAD_QUESTIONS:
        response = client.get(f"/api/v1/resources/{ports.slug}/rows?{query}")
        assert response.status_code == status, query
        assert word in response.content.decode(), query


def test_a_hidden_column_name_in_sql_does_nothing(client, ports):
    name = quote('filter[年份" OR 1=1 --]', safe="")
    assert client.get(f"/api/v1/resources/{ports.slug}/rows?{name}=1").status_code == 400


@pytest.mark.duty("aggregation.bring_in")
def test_a_program_brings_a_file_in_and_publishes_it(client):
    seat = make_seat(make_body(), "steward")
    token = {"Authorization": f"Bearer {make_token(seat)}"}
    entry = make_entry(seat.body)
    path = f"/api/v1/resources/{entry.slug}/releases?filename=%E6%B8%AF%E5%8F%A3.csv"
    sent = client.post(path, PORTS.encode("gb18030"), content_type="text/csv", headers=token)
    assert sent.status_code == 202, sent.content
    upload = Upload.objects.get(pk=sent.json()["id"])
    tasks.prepare(upload=str(upload.pk))
    told = client.get(f"/api/v1/uploads/{upload.pk}", headers=token).json()
    assert (told["state"], told["rows"], told["rejected"]) == ("ready", 3, 0)
    assert told["report"]["source"]["encoding"].lower() == "gb18030"
    done = client.post(
        f"/api/v1/uploads/{upload.pk}/publish", {}, content_type="application/json", headers=token
    )
    assert done.status_code == 201, done.content
    assert done.json()["number"] == 1
    assert client.get(f"/api/v1/resources/{entry.slug}/rows").json()["total"] == 3


def test_the_same_file_goes_in_by_a_form_too(client, tmp_path):
    seat = make_seat(make_body(), "steward")
    entry = make_entry(seat.body)
    file = io.BytesIO(PORTS.encode())
    file.name = "ports.csv"
    sent = client.post(
        f"/api/v1/resources/{entry.slug}/releases",
        {"file": file},
        headers={"Authorization": f"Bearer {make_token(seat)}"},
    )
    assert sent.status_code == 202, sent.content
    assert Upload.objects.get().filename == "ports.csv"


def test_rejected_rows_are_downloaded_by_the_provider_only(client):
    seat = make_seat(make_body(), "steward")
    token = {"Authorization": f"Bearer {make_token(seat)}"}
    entry = make_entry(seat.body)
    upload = make_release(entry, PORTS + "2015,约九千,010\n").upload
    rows = list(
        csv.DictReader(
            io.StringIO(
                body_of(client.get(f"/api/v1/uploads/{upload.pk}/rejected", headers=token)).decode(
                    "utf-8-sig"
                )
            )
        )
    )
    assert [(row["line"], row["column"], row["value"]) for row in rows] == [
        ("5", "海口港", "约九千")
    ]
    assert client.get(f"/api/v1/uploads/{upload.pk}/rejected").status_code == 404


def test_a_cookie_alone_writes_nothing_through_the_interface(client):
    seat = make_seat(make_body(), "steward")
    client.force_login(seat.person.user)
    entry = make_entry(seat.body)
    response = client.post(
        f"/api/v1/resources/{entry.slug}/releases", b"a\n1\n", content_type="text/csv"
    )
    assert response.status_code == 401


@pytest.mark.parametrize("sent", ["Bearer yln_nonsense", "yln_nonsense", "Basic eDp5"])
def test_a_token_that_is_not_known_is_not_taken_for_a_stranger(client, ports, sent):
    assert client.get("/api/v1/resources", headers={"Authorization": sent}).status_code == 401


def test_a_token_is_stored_as_a_digest_only():
    secret = make_token()
    token = Token.objects.get()
    assert secret not in str(token.__dict__)
    assert secret.startswith("yln_")


@pytest.mark.long
@pytest.mark.duty("signature.use")
def test_a_leaf_shows_its_words_only_to_those_who_may_open_it(client, ports):
    sequencer.settle()
    open_leaf = Leaf.objects.get(act="warehouse.publish", subject=ports.thing)
    body = make_body()
    make_entry(body, "registered")
    closed_leaf = Leaf.objects.filter(act="catalog.register").last()
    sequencer.settle()
    for leaf, opened in ((open_leaf, True), (closed_leaf, False)):
        told = client.get(f"/api/v1/ledger/leaves/{leaf.receipt_text}").json()
        assert told["h"] == bytes(leaf.h).hex()
        assert (told["payload"] is not None) is opened
        receipt = leaves.parse_receipt(
            client.get(f"/api/v1/ledger/leaves/{leaf.receipt_text}/receipt").content
        )
        assert leaves.check(receipt, [log.verifier_key()]).payload is (True if opened else None)
    token = {"Authorization": f"Bearer {make_token(make_seat(body, 'auditor'))}"}
    assert client.get(f"/api/v1/ledger/leaves/{closed_leaf.receipt_text}", headers=token).json()[
        "payload"
    ]


def test_the_log_is_mirrored_from_its_tiles(client, ports):
    assert client.get("/ledger/checkpoint").status_code == 404
    sequencer.settle()
    checkpoint = client.get("/ledger/checkpoint")
    assert checkpoint.content.decode() == client.get("/api/v1/ledger").json()["checkpoint"]
    size = log.published_size()
    entries = client.get(f"/ledger/tile/entries/000.p/{size}")
    assert entries.status_code == 200
    assert entries["Access-Control-Allow-Origin"] == "*"
    assert len(client.get(f"/ledger/tile/0/000.p/{size}").content) == 32 * size
    for path in (
        "0/000",
        "0/001",
        f"0/000.p/{size + 1}",
        "9/000.p/1",
        "x",
        "0/0",
        "../../etc/passwd",
    ):
        assert client.get(f"/ledger/tile/{path}").status_code == 404


def test_no_read_costs_a_query_for_each_row(client, django_assert_max_num_queries):
    provider = make_body()
    for _ in range(6):
        make_release(make_entry(provider))
    # What a number of facets stands for is asked once.
    client.get("/api/v1/resources")
    with django_assert_max_num_queries(7):
        assert len(client.get("/api/v1/resources").json()["items"]) == 6


def test_the_interface_describes_itself(client):
    document = client.get("/api/v1/openapi.json").json()
    assert "/api/v1/resources/{slug}/rows" in document["paths"]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    # Each stands once in the documents, and what sends a file says in which formats.
    assert all(len(operation["tags"]) == 1 for operation in operations)
    download = document["paths"]["/api/v1/resources/{slug}/download"]["get"]["responses"]["200"]
    assert set(download["content"]) == {*MEDIA_TYPES.values(), "text/csv; charset=gb18030"}
    assert all(operation.get("description") or operation.get("summary") for operation in operations)


def test_health_is_told_apart_from_readiness(client):
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").content == b"ok\n"


def test_an_officer_of_the_confirming_body_looks_before_deciding(client):
    body = make_body()
    entry = make_release(make_entry(body, "registered")).entry
    seat = make_seat(agency(), "officer")
    token = {"Authorization": f"Bearer {make_token(seat)}"}
    assert client.get(f"/api/v1/resources/{entry.slug}/rows", headers=token).status_code == 404
    catalog.submit(actor=make_actor(body), entry=entry)
    assert client.get(f"/api/v1/resources/{entry.slug}/rows", headers=token).json()["total"] == 3
    assert make_content().title


@pytest.mark.duty("standards.make")
def test_a_resource_names_its_system_and_the_data_elements_that_its_items_follow(client):
    body, element = make_body(), make_element("COUNT")
    items = (
        ItemContent(name="人数", type="I", length="9", element_id=element.pk),
        ItemContent(name="备注"),
    )
    entry = make_entry(body, system_ids=(make_system(body).pk,), items=items)
    told = client.get(f"/api/v1/resources/{entry.slug}").json()
    assert [each["id"] for each in told["systems"]] == [str(entry.systems.get().pk)]
    assert told["items"][0]["element"] == {
        "id": str(element.pk),
        "standard": element.standard.number,
        "identifier": "COUNT",
        "name": element.name,
        "held_until": None,
    }
    assert told["items"][1]["element"] is None


@pytest.mark.long
def test_numbers_are_put_together_by_a_width_and_only_numbers_and_dates_are(client, ports):
    address = f"/api/v1/resources/{ports.slug}/rows?group=2:年份&aggregate=count"
    told = client.get(address).json()
    years = [row["年份"] for row in client.get(address.partition("?")[0]).json()["items"]]
    spans = sorted({year - year % 2 for year in years})
    assert [row["2:年份"] for row in told["items"]] == spans
    assert sum(row["count"] for row in told["items"]) == len(years)
    for group in ("month:年份", "0:年份", "-1:年份", "1e3:年份"):
        bad = client.get(address.replace("2:年份", group))
        assert (bad.status_code, group in bad.json()["detail"]) == (400, True)
    assert client.get(address.replace("2:年份", "2:没有")).status_code == 400


@pytest.mark.long
def test_the_next_page_is_behind_the_last_row_whatever_is_asked(client, ports):
    address = f"/api/v1/resources/{ports.slug}/rows?page_size=1"
    for asked in ("", "&sort=-年份", "&filter[年份][gte]=2013", "&group=年份&aggregate=count"):
        seen, following = [], address + asked
        while following:
            page = client.get(following).json()
            seen += page["items"]
            following = page["next"]
        assert len(seen) == page["total"] == (2 if "gte" in asked else 3)
        whole = client.get(address.replace("=1", "=9") + asked).json()
        assert (seen, whole["next"]) == (whole["items"], None)
    known = client.get(address)
    again = client.get(address, headers={"If-None-Match": known["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", known["ETag"])
    astray = known.json()["next"].replace("page_size", "sort=年份&page_size")
    assert client.get(astray).status_code == 422
    body = {"filters": {"年份": {"in": [2013, "2014"]}}, "sort": ["-年份"], "page_size": 1}
    address = f"/api/v1/resources/{ports.slug}/rows/query"
    first = client.post(address, body, "application/json").json()
    second = client.post(address, body | {"cursor": first["cursor"]}, "application/json").json()
    assert [row["年份"] for row in first["items"] + second["items"]] == [2014, 2013]
    assert (second["cursor"], second["total"]) == (None, 2)
    wrong = {"filters": {"年份": {"like": "x"}}}
    assert client.post(address, wrong, "application/json").status_code == 422


@pytest.mark.duty("opening.persons")
def test_a_program_is_told_of_persons_and_publishes_on_a_ground(client):
    seat = make_seat(make_body(), "steward")
    token = {"Authorization": f"Bearer {make_token(seat)}"}
    entry = penalties(seat.body, state="confirmed")
    upload = make_upload(entry, PENALTIES)

    def publish(**said):
        path = f"/api/v1/uploads/{upload.pk}/publish"
        return client.post(path, said, content_type="application/json", headers=token)

    refused = publish()
    assert refused.status_code == 422
    (fault,) = refused.json()["faults"]
    assert fault["place"] == "grounds"
    assert "王**" in fault["says"]
    assert "王海燕" not in refused.content.decode()
    assert "二十五" in fault["basis"]
    assert publish(grounds=[{"column": "当事人", "basis": "x" * 17}]).status_code == 422
    assert publish(grounds=[{"column": "当事人", "basis": "law", "says": "a\0"}]).status_code == 422
    done = publish(grounds=[BY_LAW.model_dump(mode="json")])
    assert done.status_code == 201, done.content
    (said,) = done.json()["grounds"]
    assert (said["column"], said["kinds"], said["basis"]) == ("当事人", ["name"], "penalty")
    shown = client.get(f"/api/v1/resources/{entry.slug}").json()["releases"][0]
    assert shown["grounds"] == [said]
