"""Whatever is asked of the search, one learns of exactly those entries that the gate grants."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from tests.catalog.makers import word
from tests.gate.every_case import lay_out

from yelin import gate
from yelin.catalog import reads, wording
from yelin.catalog.findable import READ_BY_EVERYONE
from yelin.catalog.models import Entry
from yelin.catalog.reads import Search
from yelin.parties.actor import ActorKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Entries of every case, each with a title, a provider and metadata that all share."""
    world = lay_out()
    entries = list(world.entries.values())
    for number, entry in enumerate(entries):
        entry.title = f"沿海港口货物{number}"
        entry.themes = ["transport" if number % 2 else "weather"]
        entry.formats = ["csv"]
        entry.classification = f"30{number % 9 + 1}010001"
        entry.division = "460100"
    told = ["title", "themes", "formats", "classification", "division"]
    Entry.objects.bulk_update(entries, told, batch_size=500)
    words = [
        wording.worded(
            title=(entry.title, ""), seen=("海口市交通局", entry.code or ""), read=("车辆识别代号",)
        )
        for entry in entries
    ]
    word(entries, words, uses=3)
    return world


def ids(entries):
    return {entry.pk for entry in entries}


@pytest.mark.duty("sharing.type")
@pytest.mark.duty("opening.type")
def test_search_facets_counts_and_suggestions_are_of_what_the_gate_grants(world):
    everything = list(world.entries.values())
    # A few of those who ask each time, drawn anew: all of them take minutes.
    for name in ("anyone", *random.sample(sorted(world.actors), 4)):
        actor = world.actors[name]
        seen = [e for e, d in decided(actor, "entry.see", everything) if d.allowed]
        read = [e for e, d in decided(actor, "entry.read", seen) if d.allowed]
        # By the title, by sound, by the provider, by nothing at all: what is seen.
        for words in ("港口货物", "沿海 货物", "gangkou", "gkhw", "海口市交通局", ""):
            found = reads.find(actor, Search(words))
            assert ids(found) == ids(seen), (name, words)
            assert found.total == found.count() == len(seen), (name, words)
        for sort in ("updated", "used", "title"):
            assert ids(reads.find(actor, Search("港口", sort=sort))) == ids(seen), (name, sort)
        # By what the metadata says: what is read.
        for words in ("车辆识别代号", "识别", "港口 识别"):
            found = reads.find(actor, Search(words))
            assert ids(found) == ids(read), (name, words)
            assert found.total == len(read), (name, words)
        counted = reads.find(actor, Search("港口")).facets()
        assert dict(counted["opening"]) == Counter(e.opening_type for e in seen), name
        assert dict(counted["sharing"]) == Counter(e.sharing_type for e in seen), name
        assert dict(counted["theme"]) == Counter(e.themes[0] for e in read), name
        assert dict(counted["grade"]) == Counter(str(e.grade) for e in read), name
        assert dict(counted["format"]) == ({"csv": len(read)} if read else {}), name
        assert dict(counted["classification"]) == Counter(e.classification[:3] for e in read), name
        assert counted == reads.find(actor, Search("港口")).facets(whole=True), name
        for facet, value in (("theme", "weather"), ("grade", "4"), ("format", "csv")):
            found = reads.find(actor, Search("", {facet: [value]}))
            assert ids(found) <= ids(read), (name, facet)
            assert found.total == dict(counted[facet]).get(value, 0), (name, facet)
        assert ids(reads.suggest(actor, "港口", 10_000)) == ids(seen), name
        assert bool(reads.providers_called(actor, everything[0].provider.name, 9)) is bool(seen)
        assert bool(reads.themes_called(actor, "气", {"weather": "气象"}, 9)) is bool(read), name
        assert all(e.pk in ids(seen) for e in walked(actor)), name


def decided(actor, action, entries):
    return zip(entries, gate.decide_each(actor, action, entries), strict=True)


def walked(actor):
    found = reads.find(actor, Search("港口"))
    found._look = replace(found._look, many=10**6)
    return [*found.best(0, 40), *found.titles(40)]


@pytest.mark.duty("sharing.type")
def test_whoever_acts_for_nobody_reads_what_everyone_reads(world):
    """The search looks for such a one's words only where everyone reads."""
    alone = [actor for actor in world.actors.values() if actor.body_id is None]
    assert {actor.kind for actor in alone} >= {ActorKind.ANYONE, ActorKind.CITIZEN}
    for actor in alone:
        readable = gate.visible_to(actor, "entry.read", Entry.objects.all())
        assert not readable.exclude(READ_BY_EVERYONE).exists()
