"""Addresses that stay: of the newest release, of each release, of a day; and how it is cited."""

import pytest
from django.test import Client
from tests.catalog.makers import make_entry
from tests.gate.makers import make_hold
from tests.warehouse.makers import make_release
from tests.web.makers import text_of

from yelin.config import config
from yelin.delivery import opening
from yelin.delivery.models import Tally
from yelin.law import packs
from yelin.web.portal.stable import citations

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = "年份,海口港,代码\n2012,1,007\n", "年份,海口港,代码\n2013,2,008\n"


def two_releases(today):
    today("2026-03-01")
    entry = make_release(text=OLD).entry
    today("2026-03-05")
    make_release(entry, NEW)
    return entry


def rows_at(client: Client, entry, path: str) -> str:
    answer = client.get(f"/resources/{entry.slug}/{path}")
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode().splitlines()[1]


@pytest.mark.long
def test_the_newest_each_and_that_of_a_day_have_an_address_for_ever(client: Client, today):
    entry = two_releases(today)
    new, old = "2013,2,008", "2012,1,007"
    assert rows_at(client, entry, "latest.csv") == new
    assert rows_at(client, entry, "versions/1.csv") == old
    assert rows_at(client, entry, "versions/2.csv") == new
    assert rows_at(client, entry, "versions/2026-03-04.csv") == old
    assert rows_at(client, entry, "versions/2026-03-05.csv") == new
    assert Tally.objects.get().downloads == 5
    for path in ("versions/3.csv", "versions/2026-02-28.csv", "latest.exe", "versions/today.csv"):
        assert client.get(f"/resources/{entry.slug}/{path}").status_code == 404


@pytest.mark.long
def test_what_is_stopped_or_gone_is_told_with_its_reason(client: Client):
    entry = make_release().entry
    make_hold(entry)
    refused = client.get(f"/resources/{entry.slug}/latest.csv")
    assert refused.status_code == 403
    gone = make_entry(state="withdrawn")
    answer = client.get(f"/resources/{gone.slug}/versions/1.csv")
    assert answer.status_code == 410
    assert gone.withdrawn_reason in text_of(answer)


@pytest.mark.long
def test_the_page_and_the_feed_tell_of_these_addresses_and_how_to_cite(client: Client, today):
    entry = two_releases(today)
    page = client.get(f"/resources/{entry.slug}/use/").content.decode()
    here = f"{config.url}/resources/{entry.slug}/"
    assert f"{here}latest.csv" in page
    assert f"{here}versions/2.csv" in page
    assert "第2版[DS/OL]" in page
    feed = client.get(f"/resources/{entry.slug}/releases.atom").content.decode()
    assert f'href="{here}versions/1.csv"' in feed


def test_a_title_in_bibtex_runs_no_command():
    release = make_release(make_entry(title="港口 \\input{x} 100% & $n_1$"))
    bibtex = list(citations(release.entry, release))[1].text
    assert "\\input" not in bibtex
    assert "input\\{x\\} 100\\% \\& \\$n\\_1\\$" in bibtex


@pytest.mark.long
def test_fair_use_is_told_as_it_is_set_and_in_the_answer_that_refuses(client: Client, monkeypatch):
    page = client.get("/fair-use/").content.decode()
    assert f"{config.fair_use_per_hour:,}" in page
    assert "RateLimit-Policy" in page
    entry = make_release().entry
    monkeypatch.setattr(opening, "config", config.model_copy(update={"fair_use_per_hour": 1}))
    address = f"/resources/{entry.slug}/latest.csv"
    assert client.get(address)["RateLimit"].startswith('"fair-use";r=0;t=')
    refused = client.get(address)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert "/fair-use/" in refused.content.decode()


def test_every_licence_has_its_page_and_what_the_law_lacks_has_none(client: Client):
    for each in packs.active().licences:
        page = client.get(f"/licences/{each.id}/")
        assert each.zh in text_of(page)
        assert (each.url or each.text_zh.strip().splitlines()[0]) in page.content.decode()
    assert client.get("/licences/none/").status_code == 404
