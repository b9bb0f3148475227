"""Who uses what, by which grant and for which purpose: counted, bounded, for those who may know."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.delivery.makers import close, make_call, make_closed, make_taker
from tests.parties.makers import make_actor, make_citizen
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.delivery import handing, lineage
from yelin.delivery.lineage import Whose
from yelin.delivery.models import Delivery, Taken
from yelin.gate import Obligations
from yelin.law import clock
from yelin.warehouse.query import Question

pytestmark = pytest.mark.django_db
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
    (use,), others = lineage.uses(Whose(entry), 20)
    assert (use.person.pk, use.grant, use.purpose) == (citizen.person_id, grant, "research")
    assert (use.items, use.since, use.newest) == (["年份"], 1, 2)
    assert (use.delivered, use.listed, use.rows) == (3, 2, 9)
    assert others is None


def test_what_is_forgotten_call_by_call_counts_still():
    entry = make_closed()
    citizen, _ = make_taker(entry)
    make_call(citizen, entry)
    close()
    before = lineage.uses(Whose(entry), 20)
    Taken.sum_up([each.pk for each in Delivery.objects.all()])
    assert lineage.uses(Whose(entry), 20) == before


@pytest.mark.long
def test_many_takers_cost_no_more_and_come_as_the_last_of_them_and_a_line_for_others():
    entry = make_closed()
    first, _ = make_taker(entry)
    call = make_call(first, entry)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            found = lineage.uses(Whose(entry), 3)
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
    many, (told, others) = asked()
    assert many == few
    assert [use.person.pk for use in told] == [first.person_id, *people[:2]]
    assert (others.uses, others.delivered, others.rows) == (7, 14, 35)
    assert (others.first, others.last) == (call.begun_at - timedelta(days=9), call.begun_at)


def test_uses_are_told_of_one_version_or_of_one_party_alone():
    entry = make_closed()
    takers = [make_taker(entry)[0] for _ in range(2)]
    for taker in takers:
        make_call(taker, entry)
    make_release(entry)
    make_call(takers[0], entry)
    of_second, _ = lineage.uses(Whose(entry, number=2), 20)
    assert [use.person.pk for use in of_second] == [takers[0].person_id]
    (own,), _ = lineage.uses(Whose(entry, party=takers[1].person_id), 20)
    assert (own.person.pk, own.delivered) == (takers[1].person_id, 1)


def test_both_sides_of_a_grant_are_told_how_it_is_used():
    entry = make_closed()
    citizen, grant = make_taker(entry)
    make_call(citizen, entry)
    handing.download(citizen, entry, ALL, "csv").begin().finish(10)
    with pytest.raises(gate.Refused):
        lineage.of_grant(make_actor(), grant)
    for actor in (make_actor(entry.provider), citizen):
        (use,), lately = lineage.of_grant(actor, grant)
        assert use.delivered == 2
        assert [(way.channel, way.delivered, way.people) for way in lately] == [
            ("download", 1, 1), ("query", 1, 1),
        ]  # fmt: skip
    with clock.standing_at(clock.now() + timedelta(days=31)):
        assert lineage.of_grant(citizen, grant)[1] == []
