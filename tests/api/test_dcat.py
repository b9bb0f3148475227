"""The catalog as DCAT-AP: valid, the same in every syntax, whole page by page, and no more."""

import hashlib
import re
from datetime import timedelta
from itertools import product
from pathlib import Path

import pyshacl
import pytest
from django.test import Client
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, RDF, SH
from tests.catalog.makers import agency, make_content, make_entry
from tests.gate.makers import make_hold
from tests.law.makers import ruled_by
from tests.parties.makers import make_actor, make_body, make_seat
from tests.warehouse.makers import make_release
from tests.web.makers import seated

from yelin.api.dcat import serving
from yelin.api.dcat.shared import address, text
from yelin.api.dcat.vocabulary import DCAT, DQV, HYDRA, SPDX
from yelin.catalog import acts
from yelin.catalog.reads import Search
from yelin.config import config
from yelin.delivery.models import CatalogFile
from yelin.harvesting import dcat as harvesting
from yelin.law import clock
from yelin.law.packs import Pack
from yelin.parties.actor import Actor
from yelin.surface import described
from yelin.surface.syntaxes import MEDIA_TYPES
from yelin.warehouse import told

pytestmark = [
    pytest.mark.django_db,
    # rdflib's own reader of JSON-LD, and pyshacl, still use the names of old.
    pytest.mark.filterwarnings("ignore:(Dataset|ConjunctiveGraph):DeprecationWarning"),
]
SHAPES = sorted(Path(__file__).with_name("dcat_ap").glob("*.ttl"))
# The older file of shapes wants a decimal where DCAT 3 and the newer one want a whole number.
CONTRADICTED = DCAT.byteSize
UNREADABLE = {
    "opening_type": "none",
    "sharing_type": "none",
    "sharing_basis": "《统计法》第九条",
    "summary": "不可外传的摘要",
}
CODE = re.compile(r"/resources/([\w-]+)/#dataset")


def read(blob: bytes, syntax="ttl") -> Graph:
    return Graph().parse(data=blob, format=serving.WRITERS[syntax])


def slugs(graph: Graph) -> set[str]:
    return {CODE.search(node)[1] for node in graph.subjects(RDF.type, DCAT.Dataset)}


@pytest.fixture
def shelf():
    agency()
    provider = make_body(name="海南省交通运输厅")
    opened = make_release(make_entry(provider)).entry
    asked = make_release(make_entry(opening_type="conditional", opening_condition="科研")).entry
    related = make_entry(provider, related_codes=(opened.code,), licence="CC-BY-4.0")
    shared = make_entry(opening_type="none", summary="不可外传的摘要")
    closed = make_entry(**UNREADABLE)
    hidden = make_entry(provider, "awaiting", title="尚未确认的标题")
    return {
        "provider": provider,
        "opened": opened,
        "asked": asked,
        "related": related,
        "shared": shared,
        "closed": closed,
        "hidden": hidden,
    }


@pytest.mark.long
def test_every_entry_in_every_state_is_valid_by_the_official_shapes(client: Client, shelf):
    seated(client, shelf["provider"])
    make_release(shelf["opened"])
    paths = ("/catalog.ttl", *(f"/resources/{shelf[of].slug}.ttl" for of in ("hidden", "opened")))
    graphs = [read(client.get(path).content) for path in paths]
    for graph, shapes in product(graphs, SHAPES):
        conforms, report, words = pyshacl.validate(
            graph, shacl_graph=str(shapes), allow_warnings=True
        )
        faults = set(report.subjects(SH.resultSeverity, SH.Violation))
        where = {report.value(fault, SH.resultPath) for fault in faults}
        assert conforms or where == {CONTRADICTED}, (shapes.name, words)


def test_three_syntaxes_say_the_same(client: Client, shelf):
    for path in ("/catalog", f"/resources/{shelf['opened'].slug}"):
        graphs = {}
        for syntax, media_type in MEDIA_TYPES.items():
            response = client.get(f"{path}.{syntax}")
            assert response["Content-Type"] == f"{media_type}; charset=utf-8"
            graphs[syntax] = read(response.content, syntax)
            # The page of a listing is addressed in its own syntax.
            for triple in [t for t in graphs[syntax] if f".{syntax}?" in f"{t[0]}{t[2]}"]:
                graphs[syntax].remove(triple)
        assert len(graphs["ttl"]) > 40
        assert isomorphic(graphs["ttl"], graphs["rdf"])
        assert isomorphic(graphs["ttl"], graphs["jsonld"])


@pytest.mark.long
def test_a_file_is_told_with_the_digest_that_it_has(client: Client, shelf):
    graph = read(client.get(f"/resources/{shelf['opened'].slug}.ttl").content)
    (node,) = graph.subjects(DCAT.byteSize)
    blob = client.get(str(graph.value(node, DCAT.downloadURL)).removeprefix(config.url)).content
    assert int(graph.value(node, DCAT.byteSize)) == len(blob)
    told = graph.value(graph.value(node, SPDX.checksum), SPDX.checksumValue)
    assert str(told) == hashlib.sha256(blob).hexdigest()


@pytest.mark.long
def test_each_version_is_told_with_the_address_at_which_it_stays(client: Client, shelf):
    entry = make_release(shelf["opened"]).entry
    graph = read(client.get(f"/resources/{entry.slug}.ttl").content)
    page = f"{config.url}/resources/{entry.slug}/"
    whole = URIRef(f"{page}#dataset")
    first, second = (URIRef(f"{page}?version={n}#dataset") for n in (1, 2))
    assert set(graph.objects(whole, DCAT.hasVersion)) == {first, second}
    assert graph.value(whole, DCAT.hasCurrentVersion) == second
    assert graph.value(second, DCAT.previousVersion) == first
    assert graph.value(first, DCAT.previousVersion) is None
    for version in (first, second):
        assert graph.value(version, DCAT.isVersionOf) == whole
        assert client.get(str(version).removeprefix(config.url)).status_code == 200
        file = graph.value(version, DCAT.distribution)
        url = str(graph.value(file, DCAT.downloadURL)).removeprefix(config.url)
        assert client.get(url).status_code == 200
    told = read(client.get(f"/resources/{shelf['asked'].slug}.ttl").content)
    (version,) = told.objects(predicate=DCAT.hasVersion)
    assert told.value(version, DCAT.distribution) is None
    unread = read(client.get(f"/resources/{shelf['shared'].slug}.ttl").content)
    assert not list(unread.objects(predicate=DCAT.hasVersion))


@pytest.mark.long
def test_the_whole_catalog_as_one_file_is_told_by_its_address(client: Client, shelf):
    graph = read(client.get("/catalog.ttl").content)
    node = URIRef(f"{config.url}/catalog")
    urls = {
        str(graph.value(each, DCAT.downloadURL)) for each in graph.objects(node, DCAT.distribution)
    }
    assert urls == {f"{config.streams}/streams/catalog.{form}" for form in CatalogFile.FORMS}


def test_what_may_not_be_taken_is_told_without_a_file(client: Client, shelf):
    graph = read(client.get(f"/resources/{shelf['asked'].slug}.ttl").content)
    (distribution,) = graph.subjects(RDF.type, DCAT.Distribution)
    assert graph.value(distribution, DCAT.downloadURL) is None
    assert not list(graph.subjects(DCAT.byteSize))
    assert "科研" in graph.serialize()


@pytest.mark.long
@pytest.mark.duty("quality.measure")
def test_how_good_data_is_is_told_to_whoever_may_take_it(client: Client, shelf):
    graph = read(client.get(f"/resources/{shelf['opened'].slug}.ttl").content)
    (dataset,) = set(graph.subjects(DQV.hasQualityMeasurement))
    measured = shelf["opened"].releases.get().manifest["quality"]
    scores = {
        str(graph.value(node, DQV.isMeasurementOf)).rpartition("-")[2]: graph.value(node, DQV.value)
        for node in graph.objects(dataset, DQV.hasQualityMeasurement)
    }
    assert {name: value.toPython() * 100 for name, value in scores.items()} == {
        "total": measured["total"],
        **{side["code"]: side["score"] for side in measured["sides"]},
    }
    assert not graph.query(
        "ASK { ?m a dqv:Metric FILTER NOT EXISTS { ?m skos:definition ?d } }"
    ).askAnswer
    asked = read(client.get(f"/resources/{shelf['asked'].slug}.ttl").content)
    assert not list(asked.subjects(RDF.type, DQV.QualityMeasurement))


def test_odd_characters_break_no_syntax(client: Client):
    entry = make_entry(
        title="坏\x0b字\ufffe", summary="\x00"[:0] + "\x08摘要\ud7ff<b>&", keywords=("a\x01b",)
    )
    for syntax in MEDIA_TYPES:
        graph = read(client.get(f"/resources/{entry.slug}.{syntax}").content, syntax)
        assert Literal("坏字", lang="zh-Hans") in set(graph.objects(predicate=DCTERMS.title))
        assert Literal("ab", lang="zh-Hans") in set(graph.objects(predicate=DCAT.keyword))
    assert address('http://a/ b<c>"{d}|\\^`\x07') == URIRef(
        "http://a/%20b%3Cc%3E%22%7Bd%7D%7C%5C%5E%60"
    )
    assert text("\ud800a\x7f\tb\n") == "a\tb"


def pages(client: Client, url: str):
    while url:
        response = client.get(url.removeprefix(config.url), headers={"Host": "localhost"})
        graph = read(response.content)
        yield graph
        (view,) = graph.subjects(RDF.type, HYDRA.PartialCollectionView)
        assert str(view).startswith(f"{config.url}/catalog.ttl?")
        url = str(graph.value(view, HYDRA.next) or "")


def test_a_harvest_page_by_page_meets_every_entry_once_though_one_leaves(client, monkeypatch):
    monkeypatch.setattr(serving, "PAGE_SIZE", 2)
    entries = [make_entry() for _ in range(7)]
    met, harvest = [], pages(client, "/catalog.ttl?q=%E6%B8%AF%E5%8F%A3")
    first = next(harvest)
    assert first.value(URIRef(f"{config.url}/catalog"), HYDRA.totalItems) == Literal(7)
    met += slugs(first)
    # One that was met already leaves the catalog: what comes after it is met all the same.
    type(entries[0]).objects.filter(pk=entries[0].pk).update(state="returned", returned_reason="x")
    for graph in harvest:
        met += slugs(graph)
    assert sorted(met) == sorted(entry.slug for entry in entries)


@pytest.mark.parametrize("syntax", MEDIA_TYPES)
def test_what_we_tell_we_read_back(client: Client, syntax, monkeypatch):
    monkeypatch.setattr(serving, "PAGE_SIZE", 2)
    made = [make_entry(title_en="Ports", update_cycle="half_yearly") for _ in range(3)]
    told = {entry.code: entry for entry in made}
    url, met = f"{config.url}/catalog.{syntax}?q=%E6%B8%AF", []
    while url:
        response = client.get(url.removeprefix(config.url))
        listing = harvesting.read(response.content, url, response["Content-Type"])
        met += listing.resources
        url = listing.following
    assert [remote.id for remote in met] == sorted(told)
    for remote in met:
        entry, said = told[remote.id], remote.content
        assert (said.title, said.title_en, said.summary) == (entry.title, "Ports", entry.summary)
        assert (set(said.keywords), said.update_cycle) == (set(entry.keywords), "half_yearly")


@pytest.mark.long
def test_only_what_changed_since_is_told(client: Client, today):
    today("2026-03-02")
    old, shared = make_entry(), make_entry(opening_type="none")
    today("2026-03-09")
    new = make_entry()
    make_release(old)
    # Its metadata are none of a stranger's business, and so is that they changed.
    type(shared).objects.filter(pk=shared.pk).update(changed_at="2026-03-10T00:00Z")
    for since in ("2026-03-05", "2026-03-05T00:00:00", "2026-03-05T08:00:00+08:00"):
        found = client.get("/catalog.ttl", {"modified_since": since}).content
        assert slugs(read(found)) == {old.slug, new.slug}
    seated(client)
    assert shared.slug in slugs(read(client.get("/catalog.ttl?modified_since=2026-03-05").content))
    wrong = client.get("/catalog.ttl", {"modified_since": "neulich", "page": "0", "after": "'"})
    assert wrong.status_code == 422
    assert [f["place"] for f in wrong.json()["faults"]] == ["modified_since", "page", "after"]


@pytest.mark.long
def test_when_something_changed_is_said_the_same_for_one_and_for_many(shelf):
    for actor in (Actor.anyone(), make_actor(make_body()), make_actor(shelf["provider"])):
        entries = list(told.listed(actor, Search()))
        assert len(entries) == 5
        assert [e.told_at for e in entries] == [d.told_at for d in described.each(actor, entries)]


@pytest.mark.long
def test_a_tag_moves_with_what_is_told_and_with_nothing_else(client: Client, shelf):
    tag = client.get("/catalog.ttl")["ETag"]
    asked = {"headers": {"If-None-Match": tag}}
    kept = client.get("/catalog.ttl", **asked)
    assert (kept.status_code, kept.content) == (304, b"")
    assert kept["Cache-Control"].startswith("public")
    for entry, field in (("hidden", "title"), ("shared", "summary"), ("closed", "summary")):
        rows = type(shelf[entry]).objects.filter(pk=shelf[entry].pk)
        rows.update(**{field: "改过", "changed_at": "2026-12-31T00:00Z"})
    # Nobody outside learns that a confirmed entry is being revised.
    steward, officer = make_actor(shelf["provider"]), make_actor(agency(), "officer")
    revised = acts.amend(
        actor=steward, entry=shelf["opened"], content=make_content(title="改过的标题")
    )
    acts.submit(actor=steward, entry=revised)
    assert client.get("/catalog.ttl", **asked).status_code == 304
    acts.return_(actor=officer, entry=revised, reason="口径")
    assert client.get("/catalog.ttl", **asked).status_code == 304
    type(shelf["opened"]).objects.filter(pk=shelf["opened"].pk).update(summary="改过")
    assert client.get("/catalog.ttl", **asked).status_code == 200
    # By another law places and themes have other names.
    tag = client.get("/catalog.ttl")["ETag"]
    with ruled_by(Pack.load("shanghai-2021")):
        assert client.get("/catalog.ttl")["ETag"] != tag
    assert client.get("/catalog.ttl")["ETag"] == tag
    seated(client)
    assert client.get("/catalog.ttl")["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("accept", "leads"),
    [
        ("text/turtle", ".ttl"),
        ("application/ld+json, text/html;q=0.5", ".jsonld"),
        ("application/rdf+xml", ".rdf"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", None),
        ("*/*", None),
        ("image/png", None),
    ],
)
def test_an_address_answers_in_the_syntax_that_is_asked_for(client: Client, accept, leads):
    entry = make_entry()
    for path, page in (("/catalog", "/resources/"), (f"/resources/{entry.slug}/", None)):
        response = client.get(f"{path}?q=%E6%B8%AF", headers={"Accept": accept})
        assert "Accept" in response["Vary"]
        to = f"{path.rstrip('/')}{leads}" if leads else page
        assert response.status_code == (303 if to else 200)
        if to:
            assert response["Location"] == f"{to}?q=%E6%B8%AF"


def test_a_page_is_written_once_and_told_only_to_whoever_is_told_the_same(
    client: Client, monkeypatch
):
    entry = make_release(make_entry(summary="公开的说明")).entry
    steward = Client()
    seated(steward, entry.provider)
    written = []
    write = serving._written
    monkeypatch.setattr(serving, "_written", lambda *said: written.append(1) or write(*said))
    first = client.get("/catalog.ttl")
    assert client.get("/catalog.ttl").content == first.content
    assert len(written) == 1
    make_entry(entry.provider, "awaiting", title="尚未确认")
    assert steward.get("/catalog.ttl").status_code == 200
    make_hold(entry, "entry.read")
    later = client.get("/catalog.ttl")
    assert "公开的说明" in first.content.decode()
    assert "公开的说明" not in later.content.decode()
    assert later["ETag"] != first["ETag"]


def test_whoever_is_signed_in_is_told_a_total_that_is_a_minute_old_at_most(client):
    entry = make_entry()
    client.force_login(make_seat(entry.provider).person.user)
    noon = clock.beginning_of(clock.today()) + timedelta(hours=12)

    def total(seconds):
        with clock.standing_at(noon + timedelta(seconds=seconds)):
            graph = read(client.get("/catalog.ttl").content)
        return graph.value(URIRef(f"{config.url}/catalog"), HYDRA.totalItems).toPython()

    assert total(0) == 1
    make_entry()
    assert total(60) == 2
    assert total(119) == 2
