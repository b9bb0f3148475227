"""Catalogs of other portals, in the shapes in which they really come, become plain data."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from yelin.api.dcat import graph as writing
from yelin.api.dcat.paging import Asked, Page
from yelin.api.dcat.serving import WRITERS
from yelin.api.dcat.shared import Site
from yelin.catalog.content import EntryContent, UpdateCycle
from yelin.harvesting.content import Remote, Unreadable, Untaken
from yelin.harvesting.dcat import next_page, offered
from yelin.harvesting.graphs import read
from yelin.law import packs
from yelin.surface.described import Described, File, Metadata, Newest, Provider
from yelin.surface.syntaxes import MEDIA_TYPES

# rdflib's own reader of JSON-LD still uses the names of old.
pytestmark = pytest.mark.filterwarnings("ignore:(Dataset|ConjunctiveGraph):DeprecationWarning")
BASE = "https://portal.example/catalog.ttl"
HEAD = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def of(turtle: str) -> list[Remote | Untaken]:
    return list(offered(read(f"{HEAD}{turtle}".encode(), "text/turtle", BASE)))


def described() -> Described:
    return Described(
        pk=UUID(int=1), code="307010001/000001", slug="307010001-000001", state="confirmed",
        title="港口\x0b吞吐量", title_en="Throughput",
        provider=Provider(UUID(int=2), "海南省交通运输厅", "Department of Transport",
                          "114600000081700121", "460000", is_official=True),
        sharing_type="unconditional", opening_type="unconditional", sharing_basis="",
        created_at=datetime(2026, 3, 2, tzinfo=UTC), published_on=date(2026, 3, 2),
        told_at=datetime(2026, 3, 9, 8, tzinfo=UTC),
        metadata=Metadata(
            content=EntryContent(
                state_secret=False, title="港口吞吐量", summary="历年，单位万吨。",
                keywords=("港口", "货物"), themes=("transport", "ocean"), division="460100",
                update_cycle="half_yearly", licence="CC-BY-4.0", collection_basis="《统计法》",
                contact_office="统计处", contact_phone="0898-65330000",
            ),
            version=1,
            newest=Newest(3, 12, datetime(2026, 3, 9, tzinfo=UTC)),
            files=(File("csv", "http://a/x?format=csv"),
                   File("parquet", "http://a/x?format=parquet", 598, "ab" * 32)),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("syntax", MEDIA_TYPES)
def test_what_one_writes_another_reads(syntax):
    site = Site("http://a", packs.active(), None)
    page = Page(f"http://a/catalog.{syntax}", Asked(q="港口"), 250, 100, "307010001/000001")
    blob = writing.of_page(site, page, [described()]).serialize(
        format=WRITERS[syntax], encoding="utf-8"
    )
    graph = read(blob, MEDIA_TYPES[syntax], BASE)
    (found,) = offered(graph)
    told = found.content
    assert found.id == "307010001/000001"
    assert found.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert (told.title, told.title_en, told.summary) == (
        "港口吞吐量",
        "Throughput",
        "历年，单位万吨。",
    )
    assert (set(told.themes), told.update_cycle) == (
        {"transport", "ocean"},
        UpdateCycle.HALF_YEARLY,
    )
    assert (set(told.keywords), told.contact_office) == ({"港口", "货物"}, "统计处")
    assert set(told.formats) == {"csv", "parquet", "json"}
    assert next_page(graph) == (
        f"http://a/catalog.{syntax}?q=%E6%B8%AF%E5%8F%A3&page=2&after=307010001%2F000001"
    )


def test_blank_nodes_plain_text_and_relative_addresses_are_taken_as_they_come():
    (found,) = of(
        """
        [] a dcat:Dataset ; dct:title "Ports" ; dct:identifier "7" ;
           dct:accrualPeriodicity "daily" ; dct:license "Open Licence 2" ;
           dct:publisher [ foaf:name "Harbour Office" ] ;
           dcat:landingPage <datasets/7> ; dct:modified "2026-03-02T10:00:00" ;
           dcat:theme <http://publications.europa.eu/resource/authority/data-theme/TRAN> ;
           dcat:distribution [ dcat:downloadURL <files/a b.CSV> ; dcat:byteSize "12.0" ;
             dct:format [ rdfs:label "CSV" ] ] ,
             [ dcat:accessURL "https://portal.example/map" ; dcat:mediaType "image/png" ] .
    """.replace("a b.CSV", "a%20b.CSV")
    )
    assert (found.id, found.licence) == ("7", "Open Licence 2")
    assert found.url == "https://portal.example/datasets/7"
    assert (found.content.update_cycle, found.content.themes) == (UpdateCycle.DAILY, ("transport",))
    assert set(found.content.formats) == {"csv", "png"}


def test_chinese_is_taken_first_and_a_persons_name_not_at_all():
    (found,) = of("""
        <d> a dcat:Dataset ; dct:title "Häfen"@de, "Ports"@en, "港口"@zh-Hant ;
          dct:description "Nur deutsch"@de ;
          dcat:contactPoint [ a vcard:Individual ; vcard:fn "某某某" ],
            [ a vcard:Organization ; vcard:fn "统计处" ] .
    """)
    assert (found.content.title, found.content.title_en) == ("港口", "Ports")
    assert found.content.summary == "Nur deutsch"
    assert found.content.contact_office == "统计处"
    assert found.id == "https://portal.example/d"


def test_what_cannot_be_taken_is_left_with_the_reason():
    found = of("""
        <a> a dcat:Dataset . [] a dcat:Dataset ; dct:title "Nowhere" .
        <c> a dcat:Dataset ; dct:title "T" ; dct:modified "neulich" ;
          dct:accrualPeriodicity <x/often> .
    """)
    assert {each.says: each.address for each in found if isinstance(each, Untaken)} == {
        "It has neither an address nor an identifier.": "",
        "It has no title.": "https://portal.example/a",
    }
    (taken,) = (each for each in found if isinstance(each, Remote))
    assert taken.content.update_cycle is UpdateCycle.IRREGULAR


def test_words_that_are_too_long_are_cut_and_odd_addresses_mended():
    long = "长" * 5000
    (found,) = of(f"""
        <d> a dcat:Dataset ; dct:title "{long}" ; dct:description "{long}" ;
          dcat:keyword "{long}" ; dcat:landingPage "http://a.example/ b|c" ;
          dcat:distribution [ dcat:accessURL "ftp://x" ] .
    """)
    told = found.content
    assert [len(text) for text in (told.title, told.summary, told.keywords[0])] == [200, 4000, 300]
    assert found.url == "http://a.example/%20b%7Cc"
    assert told.formats == ()


@pytest.mark.parametrize("name", ["next", "nextPage"])
def test_the_next_page_is_found_by_either_name(name):
    page = f"<> a hydra:PagedCollection ; hydra:{name} <catalog.ttl?page=2> ."
    assert next_page(read(f"{HEAD}{page}".encode(), "", BASE)) == f"{BASE}?page=2"
    assert next_page(read(HEAD.encode(), "", BASE)) == ""


@pytest.mark.parametrize(
    ("blob", "says"),
    [
        (b'{"@context": "https://evil.example/c.jsonld"}', "Its context lies"),
        (b'[{"a": {"@context": [{}, "file:///etc/passwd"]}}]', "Its context lies"),
        (b'{"@context": {"@import": "https://evil.example/"}}', "Its context lies"),
        (
            b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r>&e;</r>',
            "The document declares",
        ),
        ("<!DOCTYPE r []><r/>".encode("utf-16"), "The document declares"),
        (b"{", "This is neither"),
        (b"<a", "This is neither"),
        (b"\xff\xfe<a>", "This is neither"),
        (b"@prefix", "This is neither"),
    ],
)
def test_a_document_has_nothing_fetched_and_what_is_none_is_said_to_be(blob, says, monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", lambda *_: pytest.fail("something was fetched"))
    media_type = "application/rdf+xml" if b"<" in blob and b"{" not in blob else ""
    with pytest.raises(Unreadable) as refused:
        read(blob, media_type, BASE)
    assert str(refused.value).startswith(says)
