"""Social data: what an enterprise or association keeps in a catalog of its own (19, 22, 23, 49)."""

from datetime import timedelta

import pytest
from tests.catalog.makers import (
    FOR_EVERYONE,
    agency,
    make_entry,
    make_social,
    secrecy,
    social_content,
)
from tests.gate.makers import make_grant, make_hold
from tests.parties.makers import make_actor, make_body, make_enterprise, make_representative

from yelin import gate
from yelin.catalog import acts, reads
from yelin.catalog.content import EntryContent
from yelin.catalog.limits import Share
from yelin.catalog.models import Entry, State
from yelin.catalog.negative_list import NegativeList
from yelin.gate.models import Grant, Hold
from yelin.gate.obligations import Obligations
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Body

pytestmark = pytest.mark.django_db


def sees(actor: Actor, entry: Entry) -> bool:
    return gate.visible_to(actor, "entry.see", Entry.objects.filter(pk=entry.pk)).exists()


def has_rows(actor: Actor, entry: Entry) -> bool:
    return gate.decide(actor, "resource.read", entry).allowed


@pytest.mark.duty("social.catalog")
def test_an_enterprise_keeps_a_catalog_of_its_own_that_nobody_confirms():
    entry = make_social()
    assert (entry.state, entry.social) == (State.CONFIRMED, True)
    assert entry.code == "S04004/000001"
    assert entry.evidence()["social"] is True
    assert not clock.running(entry).exists()


@pytest.mark.duty("social.give")
def test_what_it_keeps_is_known_to_itself_alone_until_it_lets_others_have_it():
    firm = make_enterprise()
    asks = {
        "anyone": Actor.anyone(),
        "other firm": make_representative(),
        "department": make_actor(make_body(), "officer"),
        "confirming": make_actor(make_body(kind="informatization"), "officer"),
        "agency": make_actor(agency(), "officer"),
        "secrecy": make_actor(secrecy(), "officer"),
    }
    of_departments = {"department", "confirming", "agency", "secrecy"}
    for known_to, said in (
        (set(), {}),
        (of_departments, {"sharing_type": "unconditional", "handing_over": "own"}),
        (asks.keys(), FOR_EVERYONE),
    ):
        for state in ("registered", "confirmed"):
            entry = make_social(firm, state, **said)
            knows = {name for name, actor in asks.items() if sees(actor, entry)}
            assert knows == (known_to if state == "confirmed" else set()), (state, said)
            assert sees(make_representative(firm), entry)
            rows = {name for name, actor in asks.items() if has_rows(actor, entry)}
            assert rows == (asks.keys() & knows if said == FOR_EVERYONE else set())


@pytest.mark.duty("social.give")
def test_its_holder_names_one_by_one_who_else_has_it():
    firm, other, department = make_enterprise(), make_enterprise(), make_body()
    holder, entry = make_representative(firm), make_social(firm, handing_over="own")
    asks = make_representative(other)
    assert not sees(asks, entry)
    given = Share(until=clock.today() + timedelta(days=9), items=("年份",))
    for to in (other, department):
        acts.share(actor=holder, entry=entry, to=to, given=given)
    for actor in (asks, make_actor(department)):
        decision = gate.decide(actor, "entry.read", entry)
        assert sees(actor, entry)
        assert has_rows(actor, entry)
        assert (decision.duty, decision.shows("海口港")) == (duties.SOCIAL_GIVE, False)
    assert not sees(make_representative(), entry)
    unverified = make_enterprise(verified_at=None)
    with pytest.raises(Incomplete):
        acts.share(actor=holder, entry=entry, to=unverified, given=given)


@pytest.mark.duty("social.give")
def test_searches_forget_it_in_the_moment_in_which_a_grant_ends_or_a_hold_begins():
    entry, asks = make_social(), make_representative()

    def finds() -> int:
        return reads.find(asks, reads.Search()).total

    assert not finds()
    # Late in the day, so that no other day begins with the moment.
    until = clock.now().replace(hour=23, minute=0)
    with clock.standing_at(until - timedelta(hours=1)):
        make_grant(Body.objects.get(pk=asks.body_id), entry, bears=Obligations(until=until), days=0)
        assert finds() == 1
    with clock.standing_at(until - timedelta(microseconds=1)):
        assert finds() == 1
        hold = make_hold(entry, "entry.see")
        assert not finds()
        Hold.objects.filter(pk=hold.pk).update(lifted_at=clock.now())
        assert finds() == 1
    with clock.standing_at(until):
        assert not finds()


def test_nobody_learns_of_it_by_what_is_given_or_stopped_of_it():
    firm, agent = make_enterprise(), make_actor(agency(), "officer")
    entry = make_social(firm, handing_over="own")
    make_hold(make_grant(make_enterprise(), entry))
    make_hold(entry)
    for rows, action in ((Grant.objects.all(), "grant.see"), (Hold.objects.all(), "hold.see")):
        assert not gate.visible_to(agent, action, rows).exists()
        assert gate.visible_to(make_representative(firm), action, rows).exists()
    assert not gate.decide(agent, "delivery.recipients", entry).allowed


@pytest.mark.duty("personal.hand_over")
def test_nothing_is_given_to_others_until_it_is_said_why_it_may_be():
    firm = make_enterprise()
    with pytest.raises(Incomplete) as wrong:
        make_social(firm, **FOR_EVERYONE | {"handing_over": None})
    assert {fault.place: fault.duty for fault in wrong.value.faults} == {
        "handing_over": duties.HAND_OVER
    }
    entry = make_social(firm)
    given = Share(until=clock.today() + timedelta(days=9))
    with pytest.raises(Incomplete):
        acts.share(actor=make_representative(firm), entry=entry, to=make_enterprise(), given=given)


@pytest.mark.duty("social.catalog")
def test_its_codes_are_never_those_of_a_government():
    with pytest.raises(Incomplete) as wrong:
        make_social(classification="307010001")
    assert [fault.place for fault in wrong.value.faults] == ["classification"]
    with pytest.raises(Incomplete):
        make_entry(state="registered", classification="S04004")


def test_what_it_says_by_default_is_for_itself():
    firm = make_enterprise()
    said = EntryContent(state_secret=False, title="公交到站时刻")
    entry = acts.draft(actor=make_representative(firm), provider=firm, content=said)
    assert entry.sharing_type == "none"


def test_there_are_no_conditions_on_which_it_is_applied_for():
    with pytest.raises(Incomplete) as wrong:
        make_social(sharing_type="conditional", opening_type="conditional", handing_over="own")
    assert {"sharing_type", "opening_type"} <= {fault.place for fault in wrong.value.faults}


def test_a_change_and_a_withdrawal_of_it_hold_at_once():
    firm = make_enterprise()
    holder, entry = make_representative(firm), make_social(firm)
    acts.amend(actor=holder, entry=entry, content=social_content(title="站台客流", **FOR_EVERYONE))
    assert not sees(Actor.anyone(), entry)
    entry = acts.submit(actor=holder, entry=entry)
    assert (entry.title, sees(Actor.anyone(), entry)) == ("站台客流", True)
    entry = acts.ask_withdrawal(actor=holder, entry=entry, reason="线路停运")
    assert entry.state == State.WITHDRAWN
    assert not sees(Actor.anyone(), entry)


def test_it_never_stands_on_the_negative_list_even_once_it_was_opened():
    firm = make_enterprise()
    entry = make_social(firm)
    holder = make_representative(firm)
    acts.amend(actor=holder, entry=entry, content=social_content(title=entry.title, **FOR_EVERYONE))
    acts.submit(actor=holder, entry=entry)
    found = NegativeList()
    assert entry.title not in {each.title for each in found.on(clock.today())}
    assert not found.history()


def test_only_its_representatives_keep_it_and_only_while_their_body_is_verified():
    firm = make_enterprise(verified_at=None)
    with pytest.raises(gate.Refused):
        make_social(firm)
    entry = make_social()
    for actor in (make_representative(), make_actor(make_body()), make_actor(agency(), "officer")):
        with pytest.raises(gate.Refused):
            acts.drop(actor=actor, entry=entry)


def test_nobody_notes_for_it_what_departments_must_follow():
    firm = make_enterprise()
    for actor in (make_representative(firm), make_actor(agency(), "officer")):
        assert not gate.decide(actor, "catalog.note_change", firm).allowed


def test_nobody_doubts_or_applies_for_it_under_the_terms_of_departments():
    entry = make_social(**FOR_EVERYONE)
    for action in ("delivery.doubt", "opening.apply"):
        assert not gate.decide(make_representative(), action, entry).allowed


def test_what_its_leaves_hold_is_opened_to_nobody_who_may_not_know_of_it():
    entry = make_social()
    leaves = Leaf.objects.filter(subject=entry.pk)
    for actor in (Actor.anyone(), make_actor(agency(), "officer"), make_representative()):
        assert not gate.visible_to(actor, "leaf.open", leaves).exists()
    assert leaves.filter(duty="social.catalog").count() == leaves.count()
