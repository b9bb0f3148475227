"""What feed readers, search engines and browsers are told of the catalog."""

import json
import re
from xml.etree import ElementTree as ET

import feedparser
import pytest
from django.db.models import F
from django.test import Client, override_settings
from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor, make_body
from tests.warehouse.makers import make_release

from yelin.catalog.reads import Search
from yelin.config import Config, config
from yelin.parties.actor import Actor
from yelin.warehouse.told import listed, newest
from yelin.web.portal import search_engines

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def feed(client: Client, path: str) -> ET.Element:
    response = client.get(path)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(response.content)  # noqa: S314 - our own


def titles(read: ET.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in read.findall(f"{ATOM}entry")]


@pytest.mark.long
def test_what_changed_last_comes_first_in_every_feed(client: Client, today):
    provider = make_body(name="海南省交通运输厅")
    for day, more in (
        ("01", {"themes": ("education",)}),
        ("02", {}),
        ("03", {"keywords": ("鱼",)}),
    ):
        today(f"2026-03-{day}")
        make_entry(provider if day != "02" else make_body(), title=f"港口第{day}日", **more)
    make_entry(provider, "awaiting", title="港口未确认")
    assert titles(feed(client, "/feeds/dataset.atom")) == ["港口第03日", "港口第02日", "港口第01日"]
    code = provider.credit_code
    of_body = feed(client, f"/feeds/organization/{code}.atom")
    assert titles(of_body) == ["港口第03日", "港口第01日"]
    assert of_body.findtext(f"{ATOM}title") == "海南省交通运输厅"
    assert titles(feed(client, "/feeds/group/education.atom")) == ["港口第01日"]
    assert titles(feed(client, "/feeds/tag/鱼.atom")) == ["港口第03日"]
    found = feed(client, "/feeds/custom.atom?q=港口&theme=transport&lang=en")
    assert titles(found) == ["港口第03日", "港口第02日"]
    assert found.findtext(f"{ATOM}title") == "Data on “港口”"
    # A body of which nothing is known is as one that is not there.
    hidden = make_body()
    make_entry(hidden, "awaiting")
    for missing in (hidden.credit_code, "999"):
        assert client.get(f"/feeds/organization/{missing}.atom").status_code == 404


@pytest.mark.drawn(1)
@pytest.mark.parametrize("limit", [1, 2, 3, 20])
def test_what_changed_last_is_found_by_its_indexes_as_by_looking_at_all(today, limit):
    provider = make_body()
    steward = make_actor(provider)
    today("2026-03-01")
    entries = [
        make_entry(provider, title=f"资源{n}", opening_type=("unconditional", "none")[n % 2])
        for n in range(4)
    ]
    for day, n in (("05", 0), ("03", 1), ("07", 0), ("04", 3)):
        today(f"2026-03-{day}")
        make_release(entries[n])
    today("2026-03-06")
    make_entry(provider, title="更新")
    for actor in (Actor.anyone(), steward):
        all_of_them = listed(actor, Search()).order_by(F("told_at").desc(), "code")
        assert newest(actor, Search(), limit) == list(all_of_them[:limit])
    assert newest(steward, Search(), 1) == [entries[0]]


def test_a_feed_is_whole_atom_at_our_own_address_whatever_the_title_holds(client: Client):
    entry = make_release(make_entry(title="坏\x0b字 <b>&", summary="含\x08控制符<i>")).entry
    for path in ("/feeds/dataset.atom", f"/resources/{entry.slug}/releases.atom"):
        read = feed(client, path)
        own = read.find(f"{ATOM}link[@rel='self']")
        assert own.get("href") == read.findtext(f"{ATOM}id") == f"{config.url}{path}"
        (item,) = read.findall(f"{ATOM}entry")
        for name in ("id", "title", "updated"):
            assert read.findtext(f"{ATOM}{name}")
            assert item.findtext(f"{ATOM}{name}")
        assert "坏字 <b>&" in (read.findtext(f"{ATOM}title"), item.findtext(f"{ATOM}title"))
        assert "<i>" not in item.findtext(f"{ATOM}summary")
        kept = client.get(path, headers={"If-None-Match": client.get(path)["ETag"]})
        assert kept.status_code == 304


@pytest.mark.long
@override_settings(ALLOWED_HOSTS=["elsewhere.example"])
def test_the_sitemap_is_cut_and_at_our_own_address(client: Client, monkeypatch, today):
    monkeypatch.setattr(search_engines, "MOST", 2)
    today("2026-03-02")
    entries = [make_entry() for _ in range(3)]
    make_entry(state="awaiting")
    at = {"headers": {"Host": "elsewhere.example"}}

    def listed(path):
        read = ET.fromstring(client.get(path, **at).content)  # noqa: S314 - our own
        return [loc.text.removeprefix(config.url) for loc in read.iter(f"{SITEMAP}loc")]

    parts = listed("/sitemap.xml")
    assert parts == ["/sitemaps/0.xml", "/sitemaps/1.xml", "/sitemaps/2.xml"]
    met = [address for part in parts[1:] for address in listed(part)]
    assert met == [f"/resources/{entry.slug}/" for entry in entries]
    assert "<lastmod>2026-03-02T" in client.get("/sitemaps/1.xml", **at).content.decode()
    assert client.get("/sitemaps/3.xml", **at).status_code == 404
    for page in listed(parts[0]):
        assert client.get(page, **at).status_code == 200, page
    robots = client.get("/robots.txt", **at).content.decode()
    assert f"Sitemap: {config.url}/sitemap.xml" in robots
    assert "Disallow: /desk/" in robots
    search = ET.fromstring(client.get("/opensearch.xml", **at).content)  # noqa: S314 - our own
    templates = [each.get("template") for each in search.iter() if each.get("template")]
    assert f"{config.url}/resources/?q={{searchTerms}}" in templates


def told(client: Client, entry, language="zh-hans") -> dict:
    page = client.get(f"/resources/{entry.slug}/", {"lang": language}).content.decode()
    (said,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return json.loads(said)


@pytest.mark.long
def test_a_page_tells_search_engines_what_its_reader_may_know(client: Client):
    entry = make_release(make_entry(title="</script><i>", title_en="Ports")).entry
    said = told(client, entry)
    assert (said["@type"], said["name"], said["alternateName"]) == (
        "Dataset", "</script><i>", "Ports",
    )  # fmt: skip
    assert said["url"] == f"{config.url}/resources/{entry.slug}/"
    assert said["isAccessibleForFree"] is True
    assert 50 <= len(said["description"]) <= 5000
    assert {"creator", "dateModified", "license", "keywords", "spatialCoverage"} <= said.keys()
    for download in said["distribution"]:
        assert client.get(download["contentUrl"].removeprefix(config.url)).status_code == 200
    assert told(client, entry, "en")["name"] == "Ports"
    asked = make_release(make_entry(opening_type="conditional", opening_condition="用于科研")).entry
    assert "distribution" not in told(client, asked)
    assert told(client, asked)["conditionsOfAccess"] == "用于科研"
    closed = make_entry(opening_type="none", summary="不可外传")
    assert told(client, closed)["description"] == "共享类型：无条件共享；开放类型：不予开放"
    assert "variableMeasured" not in told(client, closed)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_feed_reader_follows_a_resource_and_fetches_nothing_twice(live_server, monkeypatch):
    monkeypatch.setattr(Config, "url", property(lambda _: live_server.url))
    entry = make_release(make_entry(title="港口 <b>&")).entry
    for address in ("/feeds/dataset.atom", f"/resources/{entry.slug}/releases.atom"):
        feed = feedparser.parse(f"{live_server.url}{address}")
        assert (feed.bozo, feed.version, feed.status) == (False, "atom10", 200)
        (line,) = feed.entries
        assert line.updated_parsed
        assert line.link.startswith(f"{live_server.url}/resources/{entry.slug}/")
        again = feedparser.parse(f"{live_server.url}{address}", etag=feed.etag)
        assert (again.status, again.entries) == (304, [])
    (line,) = feedparser.parse(f"{live_server.url}/feeds/dataset.atom").entries
    # No tag of a title is one to a reader.
    assert (line.title, line.title_detail.type) == ("港口 <b>&", "text/plain")
