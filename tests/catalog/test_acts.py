from datetime import timedelta

import pytest
from tests.catalog.makers import agency, make_content, make_entry
from tests.exchange.makers import CONDITIONS
from tests.parties.makers import make_actor, make_body

from yelin import gate
from yelin.catalog import acts
from yelin.catalog.limits import Rows, Share
from yelin.catalog.models import Entry, EntryVersion
from yelin.law import clock
from yelin.law.models import Clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice

pytestmark = pytest.mark.django_db


def places(error) -> set[str]:
    return {fault.place for fault in error.value.faults}


@pytest.mark.duty("catalog.compile")
def test_registration_gives_a_code_that_is_never_used_twice():
    body = make_body()
    codes = [make_entry(body, "registered").code for _ in range(3)]
    assert codes == ["307010001/000001", "307010001/000002", "307010001/000003"]
    assert EntryVersion.objects.filter(entry__code=codes[0], number=1).exists()


@pytest.mark.duty("sharing.basis")
def test_no_sharing_without_a_legal_basis_is_refused():
    body = make_body()
    entry = make_entry(body, "draft", sharing_type="none", opening_type="none")
    with pytest.raises(Incomplete) as error:
        acts.register(actor=make_actor(body), entry=entry)
    assert places(error) == {"sharing_basis"}
    entry.refresh_from_db()
    assert entry.code is None


@pytest.mark.duty("collection.lawful")
@pytest.mark.duty("security.grade")
@pytest.mark.duty("opening.reusable")
def test_everything_that_is_missing_is_named_at_once():
    body = make_body()
    entry = make_entry(
        body,
        "draft",
        summary="",
        classification="9",
        collection_basis="",
        formats=(),
        licence="",
        grade=2,
        contact_office="",
        division="",
        sharing_requirements=(),
    )
    with pytest.raises(Incomplete) as error:
        acts.register(actor=make_actor(body), entry=entry)
    assert places(error) == {
        "summary",
        "classification",
        "collection_basis",
        "formats",
        "licence",
        "grade",
        "contact_office",
        "division",
        "sharing_requirements",
    }


def test_two_entries_of_one_body_cannot_have_one_name():
    body = make_body()
    make_entry(body, "draft", title="同名")
    with pytest.raises(Incomplete) as error:
        acts.draft(actor=make_actor(body), provider=body, content=make_content(title="同名"))
    assert places(error) == {"title"}
    assert Entry.objects.count() == 1


@pytest.mark.duty("catalog.confirm")
def test_only_the_body_that_holds_the_power_over_the_area_confirms():
    county = make_body(division="469002")
    entry = make_entry(county, "awaiting")
    with pytest.raises(gate.Refused):
        acts.confirm(actor=make_actor(agency(), "officer"), entry=entry)
    bureau = make_body(kind="informatization", division="469002")
    with pytest.raises(gate.Refused):
        acts.confirm(actor=make_actor(bureau, "steward"), entry=entry)
    assert acts.confirm(actor=make_actor(bureau, "officer"), entry=entry).state == "confirmed"


def test_a_return_needs_reasons_and_may_be_sent_again():
    body = make_body()
    entry = make_entry(body, "awaiting")
    officer = make_actor(agency(), "officer")
    with pytest.raises(Incomplete):
        acts.return_(actor=officer, entry=entry, reason="  ")
    acts.return_(actor=officer, entry=entry, reason="请补充统计口径")
    steward = make_actor(body)
    amended = acts.amend(actor=steward, entry=entry, content=make_content(title="改过的名称"))
    assert amended.version == 2
    assert acts.submit(actor=steward, entry=entry).returned_reason == ""


def test_the_faster_of_two_deciders_wins_and_the_other_is_told():
    entry = make_entry(state="awaiting")
    stale = Entry.objects.get(pk=entry.pk)
    officer = make_actor(agency(), "officer")
    acts.confirm(actor=officer, entry=entry)
    with pytest.raises(OutOfTurn):
        acts.return_(actor=officer, entry=stale, reason="太晚了")


@pytest.mark.duty("aggregation.bring_in")
def test_confirmation_starts_the_term_to_bring_in_the_next_release(today):
    today("2026-11-25")
    entry = make_entry(update_cycle="monthly")
    running = Clock.objects.running().get(thing=entry.thing)
    assert running.due.isoformat() == "2027-01-04"
    assert running.provisional


def test_what_is_never_updated_has_no_term():
    assert not Clock.objects.filter(thing=make_entry(update_cycle="never").thing).exists()


@pytest.mark.duty("sharing.type")
def test_what_is_shared_is_borne_by_its_receiver_who_is_told_of_it():
    entry = make_entry(opening_type="none", **CONDITIONS)
    other = make_body()
    first, second = entry.items.values_list("name", flat=True)[:2]
    taker = make_actor(other)
    grant = acts.share(
        actor=make_actor(entry.provider),
        entry=entry,
        to=other,
        given=Share(
            until=clock.today(),
            items=(first, second),
            veils={second: "partial"},
            rows=(Rows(column=first, operator="in", value="2014, 2015"),),
            rate_per_hour=5,
        ),
    )
    borne = gate.decide(taker, "resource.read", entry).obligations
    assert borne.shown_items == {first, second}
    assert borne.masks == {second: gate.Mask.PARTIAL}
    assert borne.row_filters == {gate.RowFilter(first, "in", ("2014", "2015"))}
    assert grant.last_day == clock.today()
    leaf = Leaf.objects.get(act="catalog.share")
    assert leaf.subject == grant.thing
    assert "2014" not in str(leaf.payload["facts"])
    assert Notice.objects.get(event="entry.shared").to_id == taker.person_id


@pytest.mark.duty("sharing.type")
def test_nothing_is_shared_beyond_what_the_entry_says():
    entry, other = make_entry(opening_type="none"), make_body()
    steward = make_actor(entry.provider)
    wrong = Share(
        until=clock.today() - timedelta(days=1),
        items=("没有这一项",),
        purposes=("no_such_use",),
    )
    with pytest.raises(Incomplete) as refused:
        acts.share(actor=steward, entry=entry, to=other, given=wrong)
    assert places(refused) == {"until", "items", "purposes"}
    closed = make_entry(sharing_type="none", opening_type="none", sharing_basis="《某法》第一条")
    with pytest.raises(gate.Refused):
        acts.share(
            actor=make_actor(closed.provider),
            entry=closed,
            to=other,
            given=Share(until=clock.today()),
        )
