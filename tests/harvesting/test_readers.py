"""Catalogs of others are read as they are, and never lead their reader elsewhere."""

import json
from pathlib import Path

import pytest

from yelin.harvesting import ckan, dcat
from yelin.harvesting.composing import compose
from yelin.harvesting.content import Remote, Unreadable

SHARED = Path(__file__).parents[3] / "shared" / "data"
real = pytest.mark.skipif(not SHARED.exists(), reason="the real catalogs are not here")
PAGE = "https://data.example.org/api/3/action/package_search?rows=100&start=0&sort=id+asc"


@real
@pytest.mark.parametrize("name", ["ckan_catalog_0", "ckan_catalog_search_0"])
def test_real_answers_of_ckan_are_read_without_the_people_in_them(name):
    file = SHARED / "catalog-ckan-dcat" / f"{name}.json"
    listing = ckan.read(file.read_bytes(), "https://data.example.org", PAGE)
    packages = json.loads(file.read_bytes())["result"]["results"]
    assert [each.id for each in listing.resources] == [each["id"] for each in packages]
    assert "start=10&" in listing.following
    for each in listing.resources:
        assert "example.gov" not in str(each)
        assert "Contact" not in str(each)
        assert compose(each, None).title == each.title


@real
@pytest.mark.parametrize(
    ("name", "media_type", "count"),
    [
        ("dcat__bnodes.xml", "application/rdf+xml", 3),
        ("dcat__geonetwork.xml", "application/rdf+xml", 1),
        ("dcat__udata.xml", "text/xml", 0),
    ],
)
def test_real_feeds_of_dcat_are_read(name, media_type, count):
    content = (SHARED / "catalog-udata-dcat" / name).read_bytes()
    listing = dcat.read(content, "https://data.example.org/catalog.rdf", media_type)
    assert len(listing.resources) >= count
    assert all(each.id and each.title for each in listing.resources)
    assert len({each.id for each in listing.resources}) == len(listing.resources)


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"{", b"[]", b'{"success": false}', b'{"result": {"results": 5}}']
)
def test_what_is_no_answer_of_ckan_is_said_to_be_none(content):
    with pytest.raises(Unreadable):
        ckan.read(content, "https://data.example.org", PAGE)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no",
        b"<html/>",
        b'{"@context": "http://127.0.0.1/secret", "@id": "a"}',
        b'{"@context": [{"a": "b:"}, "http://127.0.0.1/secret"]}',
        b'{"a": [{"@context": {"@import": "http://127.0.0.1/x"}}]}',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    ],
)
def test_what_is_no_dcat_is_said_to_be_none_and_fetches_nothing(content, monkeypatch):
    def never(*_args, **_more):
        raise AssertionError("a reader went out by itself")

    monkeypatch.setattr("urllib.request.urlopen", never)
    monkeypatch.setattr("socket.socket.connect", never)
    with pytest.raises(Unreadable):
        dcat.read(content, "https://data.example.org/catalog", "")


TURTLE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
<https://data.example.org/> a dcat:Catalog ; dcat:dataset <https://data.example.org/a> ;
  hydra:view <https://data.example.org/c.ttl?page=1> .
<https://data.example.org/c.ttl?page=1> hydra:next <https://data.example.org/c.ttl?page=2> .
<https://data.example.org/a> a dcat:Dataset ; dct:title "Harbours"@en, "港口"@zh ;
  dct:accrualPeriodicity <http://publications.europa.eu/resource/authority/frequency/MONTHLY> ;
  dcat:distribution [
    dct:format "CSV" ; dct:license <https://creativecommons.org/licenses/by/4.0/> ] .
""".encode()


def test_a_feed_is_read_in_chinese_first_and_leads_to_its_next_page():
    listing = dcat.read(TURTLE, "https://data.example.org/c.ttl?page=1", "text/turtle")
    (told,) = listing.resources
    assert told == Remote(
        id="https://data.example.org/a",
        title="港口",
        title_en="Harbours",
        url="https://data.example.org/a",
        formats=("CSV",),
        licence="4.0",
        frequency="MONTHLY",
    )
    assert listing.following == "https://data.example.org/c.ttl?page=2"
    assert compose(told, None).update_cycle == "monthly"


def test_what_a_source_does_not_tell_stays_as_it_was():
    before = compose(Remote("1", "港口", summary="旧说明", formats=("CSV",)), None)
    after = compose(Remote("1", "港口", frequency="daily", keywords=("海",)), before)
    assert (after.summary, after.formats, after.update_cycle) == ("旧说明", ("csv",), "daily")
