import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import agency, make_entry
from tests.gate.makers import make_hold
from tests.parties.makers import make_actor, make_body, make_person, make_seat

from yelin import gate
from yelin.acts import telling
from yelin.catalog import acts
from yelin.catalog import telling as telling_of
from yelin.catalog.models import Entry
from yelin.law import packs
from yelin.notices.models import Notice
from yelin.parties.models import Deputy, Seat

pytestmark = pytest.mark.django_db


def told(person, event) -> int:
    return Notice.objects.filter(to=person.person_id, event=event).count()


@pytest.mark.duty("catalog.confirm")
def test_those_who_may_confirm_are_told_that_an_entry_awaits_them_and_nobody_else():
    officer = make_seat(agency(), "officer")
    auditor = make_seat(agency(), "auditor")
    city = make_seat(make_body(kind="informatization", division="460100"), "officer")
    entry = make_entry(state="awaiting")
    assert told(officer, "entry.awaiting") == 1
    assert told(auditor, "entry.awaiting") == 0
    assert told(city, "entry.awaiting") == 0
    notice = Notice.objects.get(to=officer.person_id)
    assert notice.about_id == entry.pk
    assert notice.params == {"code": entry.code}


def test_stewards_are_told_that_their_entry_is_confirmed_or_returned():
    body = make_body()
    steward, other = make_seat(body), make_seat()
    make_entry(body, "confirmed")
    make_entry(body, "returned")
    assert told(steward, "entry.confirmed") == 1
    assert told(steward, "entry.returned") == 1
    assert not Notice.objects.filter(to=other.person_id).exists()


def test_who_has_left_a_seat_is_told_nothing_and_a_deputy_is_told_too(today):
    today("2026-11-26")
    body = make_body()
    gone, held = make_seat(body), make_seat(body)
    Seat.objects.filter(pk=gone.pk).update(until="2026-11-01T00:00+08:00")
    deputy, former = make_person(), make_person()
    Deputy(seat=held, person=deputy, since="2026-11-01", until="2026-11-30").save()
    Deputy(seat=held, person=former, since="2026-10-01", until="2026-11-25").save()
    make_entry(body, "confirmed")
    confirmed = Notice.objects.filter(event="entry.confirmed").values_list("to", flat=True)
    assert {held.person_id, deputy.pk} <= set(confirmed)
    assert not {gone.person_id, former.pk} & set(confirmed)


def test_an_act_that_fails_tells_nobody():
    entry = make_entry(state="awaiting")
    before = Notice.objects.count()
    with pytest.raises(gate.Refused):
        acts.confirm(actor=make_actor(make_body(), "officer"), entry=entry)
    assert Notice.objects.count() == before


def test_a_notice_holds_a_code_and_no_words_of_the_entry():
    make_entry(state="returned", title="不外传的标题")
    assert Notice.objects.exists()
    assert "标题" not in json.dumps(list(Notice.objects.values("params")), ensure_ascii=False)


def test_who_may_is_whom_the_gate_allows():
    body = make_body()
    steward = make_seat(body)
    make_seat(body, "auditor")
    entry = make_entry(body, "draft")
    people = telling.who_may("catalog.amend", entry, Seat.objects.filter(body=body))
    assert steward.person_id in people
    assert people == {seat.person_id for seat in Seat.objects.filter(body=body, role="steward")}


def test_whoever_is_stopped_is_told_nothing_and_silences_no_colleague():
    body = make_body()
    seats = [make_seat(body) for _ in range(4)]
    make_hold(seats[0])
    make_hold(seats[1].person)
    make_hold(seats[2], "catalog.draft")
    entry = make_entry(make_body(), "draft")
    Entry.objects.filter(pk=entry.pk).update(provider=body)
    entry.refresh_from_db()
    people = telling.who_may("catalog.amend", entry, Seat.objects.filter(body=body))
    assert people == {seats[2].person_id, seats[3].person_id}


def test_those_who_hold_a_power_are_found_as_the_pack_has_it():
    county = "469002"
    officers = {
        make_seat(make_body(kind=kind, division=division), role).pk: (kind, division, role)
        for kind in ("agency", "informatization", "department")
        for division in ("460000", "460100", county)
        for role in ("officer", "steward")
    }
    pack = packs.active()
    for over in ("460000", "460100", county):
        found = telling.officers_holding("catalog.confirm", over).filter(pk__in=officers)
        assert {officers[seat.pk] for seat in found} == {
            (kind, division, role)
            for kind, division, role in officers.values()
            if role == "officer" and pack.holds("catalog.confirm", kind, division, over)
        }


def test_telling_twenty_takes_no_more_queries_than_telling_one():
    entry = make_entry(state="awaiting")
    make_seat(agency(), "officer")
    with CaptureQueriesContext(connection) as few:
        telling_of.tell_officers(telling_of.AWAITING, entry)
    for _ in range(20):
        make_seat(agency(), "officer")
    with CaptureQueriesContext(connection) as many:
        telling_of.tell_officers(telling_of.AWAITING, entry)
    assert len(many) == len(few) <= 5
