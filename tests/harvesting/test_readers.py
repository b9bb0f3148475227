"""Catalogs of others are read as they are, and never lead their reader elsewhere."""

import json
from pathlib import Path

import pytest

from yelin.catalog.content import EntryContent
from yelin.compiling import mapping
from yelin.harvesting import ckan, dcat
from yelin.harvesting.composing import compose
from yelin.harvesting.content import Remote, Unreadable

MEANINGS = mapping.meanings(mapping.named(mapping.DEFAULT))
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
        assert compose(each, None, MEANINGS).title


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
    assert all(each.id and each.content.title for each in listing.resources)
    assert len({each.id for each in listing.resources}) == len(listing.resources)


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"{", b"[]", b'{"success": false}', b'{"result": {"results": 5}}']
)
def test_what_is_no_answer_of_ckan_is_said_to_be_none(content):
    with pytest.raises(Unreadable):
        ckan.read(content, "https://data.example.org", PAGE)


@pytest.mark.parametrize("content", [b"", b"no", b"<html/>", b"{}", b"[]"])
def test_what_is_no_dcat_is_said_to_be_none(content):
    with pytest.raises(Unreadable):
        dcat.read(content, "https://data.example.org/catalog", "")


def remote(**said) -> Remote:
    content = EntryContent(state_secret=False, title="港口", **{"update_cycle": "irregular"} | said)
    return Remote("1", "", "", content)


def test_what_a_source_does_not_tell_stays_as_it_was():
    before = compose(remote(summary="旧说明", formats=("CSV", "GeoTIFF")), None, MEANINGS)
    after = compose(remote(update_cycle="daily", keywords=("海",)), before, MEANINGS)
    assert (after.summary, after.formats, after.update_cycle) == ("旧说明", ("csv",), "daily")
    assert compose(remote(), after, MEANINGS) == after
