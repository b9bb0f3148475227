"""Who uses what, by which grant and for which purpose: counted, bounded, for those who may know."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rdflib import RDF, Dataset, Namespace
from tests.catalog.makers import agency
from tests.delivery.makers import close, make_call, make_closed, make_taker
from tests.parties.makers import make_actor, make_citizen
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.delivery import handing, lineage
from yelin.delivery.models import Delivery, Taken
from yelin.gate import Obligations
from yelin.law import clock
from yelin.warehouse.query import Question

pytestmark = pytest.mark.django_db
PROV = Namespace("http://www.w3.org/ns/prov#")
ALL = Question()


def test_uses_are_told_by_grant_and_purpose_with_their_items_and_versions():
    entry = make_closed()
    citizen, grant = make_taker(
        entry, purposes=["research"], bears=Obligations(shown_items=frozenset({"年份"}))
    )
    for _ in range(2):
        make_call(citizen, entry)
    close()
    make_release(entry)
    make_call(citizen, entry)
    found = lineage.of(make_actor(entry.provider), entry)
    (use,) = found.uses
    assert (use.person.pk, use.grant, use.purpose) == (citizen.person_id, grant, "research")
    assert (use.items, use.since, use.newest) == (["年份"], 1, 2)
    assert (use.delivered, use.listed, use.rows) == (3, 2, 9)
    assert found.others is None


def test_what_is_forgotten_call_by_call_counts_still():
    entry = make_closed()
    citizen, _ = make_taker(entry)
    make_call(citizen, entry)
    close()
    before = lineage.of(make_actor(entry.provider), entry).uses
    Taken.sum_up([each.pk for each in Delivery.objects.all()])
    assert lineage.of(make_actor(entry.provider), entry).uses == before


@pytest.mark.long
def test_many_takers_cost_no_more_and_come_as_the_last_of_them_and_a_line_for_others():
    entry = make_closed()
    first, _ = make_taker(entry)
    call = make_call(first, entry)
    steward = make_actor(entry.provider)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            found = lineage.of(steward, entry, most=3)
        return len(queries), found

    few, _ = asked()
    people = [make_citizen().person_id for _ in range(9)]
    Taken.objects.bulk_create(
        Taken(entry_id=call.entry_id, release_id=call.release_id, party_id=person,
              grant=call.grant, delivered=2, cut=0, rows=5, size=1,
              first=call.begun_at - timedelta(days=n + 1),
              last=call.begun_at - timedelta(days=n + 1))
        for n, person in enumerate(people)
    )  # fmt: skip
    many, found = asked()
    assert many == few
    assert [use.person.pk for use in found.uses] == [first.person_id, *people[:2]]
    assert found.others == lineage.Others(uses=7, delivered=14, rows=35)


def test_only_those_who_answer_for_the_data_see_it():
    entry = make_closed()
    citizen, grant = make_taker(entry)
    agency()
    for actor in (
        make_actor(entry.provider),
        make_actor(entry.provider, "auditor"),
        make_actor(agency(), "officer"),
    ):
        assert lineage.of(actor, entry).entry == entry
    for actor in (citizen, make_actor(), make_citizen()):
        with pytest.raises(gate.Refused):
            lineage.of(actor, entry)
    with pytest.raises(gate.Refused):
        lineage.of_grant(make_actor(), grant)


def test_both_sides_of_a_grant_are_told_how_it_is_used():
    entry = make_closed()
    citizen, grant = make_taker(entry)
    make_call(citizen, entry)
    handing.download(citizen, entry, ALL, "csv").begin().finish(10)
    for actor in (make_actor(entry.provider), citizen):
        (use,), lately = lineage.of_grant(actor, grant)
        assert use.delivered == 2
        assert [(way.channel, way.delivered, way.people) for way in lately] == [
            ("download", 1, 1), ("query", 1, 1),
        ]  # fmt: skip
    with clock.standing_at(clock.now() + timedelta(days=31)):
        assert lineage.of_grant(citizen, grant)[1] == []


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_it_is_prov_that_a_parser_of_rdf_reads_and_names_no_person():
    entry = make_closed()
    citizen, grant = make_taker(entry)
    make_call(citizen, entry)
    said = lineage.document(lineage.of(make_actor(entry.provider), entry), "https://yelin.test")
    graph = Dataset(default_union=True).parse(data=json.dumps(said), format="json-ld")
    (activity,) = graph.subjects(PROV.used, None)
    assert str(graph.value(activity, PROV.hadPlan)) == f"urn:uuid:{grant.pk}"
    agent = graph.value(activity, PROV.wasAssociatedWith)
    assert str(agent) == f"urn:uuid:{citizen.person_id}"
    # What it is, and nothing else.
    assert list(graph.predicates(agent, None)) == [RDF.type]
