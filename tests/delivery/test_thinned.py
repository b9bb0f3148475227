"""Who must bear it has all rows but the few that its own secret chooses, at every door alike."""

import csv
import io
import json
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from openpyxl import load_workbook
from tests.api.test_sql import about
from tests.api.test_v1 import body_of
from tests.catalog.makers import make_entry
from tests.delivery.makers import ON_CONDITIONS, make_buyer
from tests.gate.makers import make_grant
from tests.parties.makers import make_enterprise, make_seat, make_token
from tests.warehouse.makers import make_release

from yelin.gate import Obligations
from yelin.gate.models import Grant

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 3_000
SHARE = Decimal("0.02")


def lines(numbers=range(1, ROWS + 1), more=0):
    said = (f"{n},{n * 1.5 + more},{n % 1000:03}" for n in numbers)
    return "年份,海口港,代码\n" + "\n".join(said) + "\n"


@pytest.fixture
def entry():
    return make_release(make_entry(**ON_CONDITIONS), lines()).entry


@pytest.fixture
def client():
    return Client()


def buyer(entry, share=SHARE):
    firm = make_enterprise()
    grant = make_buyer(firm, entry, share)
    token = make_token(make_seat(firm, "representative"))
    return {"headers": {"Authorization": f"Bearer {token}"}}, grant


def years(rows):
    return {int(row["年份"]) for row in rows}


def downloaded(client, entry, by, fmt, query=""):
    url = f"/api/v1/resources/{entry.slug}/download?format={fmt}{query}"
    body = body_of(client.get(url, **by))
    match fmt:
        case "csv":
            return years(csv.DictReader(io.StringIO(body.decode())))
        case "json":
            return years(json.loads(body))
        case "ndjson":
            return years(map(json.loads, body.splitlines()))
        case "parquet":
            return years(pq.read_table(io.BytesIO(body)).to_pylist())
    sheet = load_workbook(io.BytesIO(body)).active
    head, *rows = sheet.iter_rows(values_only=True)
    return {int(row[head.index("年份")]) for row in rows}


def paged(client, entry, by, query=""):
    base = f"/api/v1/resources/{entry.slug}/rows?limit=100{query}"
    pages = [client.get(f"{base}&page={at}", **by).json() for at in range(1, ROWS // 100 + 1)]
    return set().union(*(years(page["items"]) for page in pages)), pages[0]["total"]


def test_a_copy_lacks_the_same_few_rows_at_every_door(client, entry):
    by, _ = buyer(entry)
    had = downloaded(client, entry, by, "csv")
    lacks = set(range(1, ROWS + 1)) - had
    assert 0.01 * ROWS < len(lacks) < 0.03 * ROWS
    for fmt in ("json", "ndjson", "parquet", "xlsx"):
        assert downloaded(client, entry, by, fmt) == had
    assert paged(client, entry, by) == (had, len(had))
    assert paged(client, entry, by, "&sort=-海口港") == (had, len(had))
    gone = min(lacks)
    rows = f"/api/v1/resources/{entry.slug}/rows"
    one = client.get(f"{rows}?filter[年份]={gone}", **by).json()
    assert (one["items"], one["total"]) == ([], 0)
    counted = client.get(f"{rows}?aggregate=count", **by).json()
    assert counted["items"][0]["count"] == len(had)
    sql = {"sql": about("SELECT count(*) AS n, max(年份) AS m FROM {}", entry.code)}
    told = client.post("/api/v1/sql", json.dumps(sql), content_type="application/json", **by)
    assert told.json()["items"][0] == {"n": len(had), "m": max(had)}


def test_each_recipient_lacks_others_and_is_told_so_by_its_mark(client, entry):
    one, grant = buyer(entry)
    other, _ = buyer(entry)
    first, second = (downloaded(client, entry, by, "csv") for by in (one, other))
    assert first != second
    assert len(first | second) > ROWS - 20
    page = client.get(f"/api/v1/resources/{entry.slug}/rows", **one)
    assert page["X-Yelin-Watermark"] == f"yelin:grant:{grant.pk}"


def test_a_row_that_is_lacking_stays_so_in_later_releases_and_their_differences(client, entry):
    by, _ = buyer(entry)
    had = downloaded(client, entry, by, "csv")
    lacks = set(range(1, ROWS + 1)) - had
    make_release(entry, lines(more=1))
    assert downloaded(client, entry, by, "csv") == had
    url = f"/api/v1/resources/{entry.slug}/releases/2/difference/download?from=1"
    told = list(csv.DictReader(io.StringIO(body_of(client.get(url, **by)).decode())))
    assert {row["change"] for row in told} == {"before", "after"}
    assert years(told) == had
    assert not years(told) & lacks


def test_a_later_grant_of_a_smaller_share_gives_back_rows_and_takes_no_others(client, entry):
    firm = make_enterprise()
    by = {"headers": {"Authorization": f"Bearer {make_token(make_seat(firm, 'representative'))}"}}
    make_buyer(firm, entry, Decimal("0.02"))
    more = downloaded(client, entry, by, "csv")
    make_buyer(firm, entry, Decimal("0.01"))
    assert more < downloaded(client, entry, by, "csv")


def test_only_what_a_contract_says_thins_rows_out(entry):
    firm = make_enterprise()
    with pytest.raises(ValueError, match="contract"):
        make_grant(firm, entry, bears=Obligations(thinned=SHARE))
    with pytest.raises(ValueError, match="no more than"):
        make_buyer(firm, entry, Decimal("0.2"))
    grant = make_grant(firm, entry)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(thinned=SHARE)
