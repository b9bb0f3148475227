from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import make_entry
from tests.gate.makers import make_grant, make_hold
from tests.parties.makers import make_actor, make_body, make_enterprise, make_person, make_seat

from yelin import gate
from yelin.catalog.models import Entry
from yelin.gate import Mask, Obligations, RowFilter
from yelin.gate.asked import Asked
from yelin.gate.deciding import _allows
from yelin.gate.models import Grant
from yelin.gate.predicates import HadGrant
from yelin.law import clock, duties
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db

ON_CONDITIONS = {"opening_type": "conditional", "opening_condition": "说明用途"}
BETWEEN_DEPARTMENTS = {
    "opening_type": "none", "sharing_type": "conditional", "sharing_condition": "履行职责所需",
    "sharing_scope": "省级部门",
}  # fmt: skip


@pytest.fixture
def entry():
    return make_entry(**ON_CONDITIONS)


@pytest.fixture
def citizen():
    return make_person()


def asks(party_or_actor, entry, action="resource.read", purpose=""):
    """Return the answer for one thing, which must be the list's."""
    actor = party_or_actor if isinstance(party_or_actor, Actor) else Actor.citizen(party_or_actor)
    decision = gate.decide(actor, action, entry, purpose)
    listed = gate.visible_to(actor, action, type(entry).objects.all(), purpose)
    assert listed.filter(pk=entry.pk).exists() is decision.allowed
    return decision


@pytest.mark.duty("opening.apply")
def test_whoever_was_granted_it_has_what_is_open_on_conditions_and_nobody_else(entry, citizen):
    assert not asks(citizen, entry).allowed
    grant = make_grant(citizen, entry)
    decision = asks(citizen, entry)
    assert (decision.allowed, decision.grant_id) == (True, grant.pk)
    assert decision.obligations == Obligations(until=grant.until)
    assert not asks(make_person(), entry).allowed
    assert not asks(citizen, make_entry(**ON_CONDITIONS)).allowed


def test_a_grant_to_a_body_serves_its_seats_and_not_its_people_elsewhere(entry):
    firm = make_enterprise()
    seat = make_seat(firm, "representative")
    make_grant(firm, entry)
    assert asks(Actor.of(seat), entry).allowed
    assert not asks(seat.person, entry).allowed


@pytest.mark.duty("sharing.type")
def test_conditionally_shared_rows_go_to_the_department_that_was_granted_them():
    entry, body = make_entry(**BETWEEN_DEPARTMENTS), make_body()
    assert not asks(make_actor(body), entry).allowed
    make_grant(body, entry, duty=duties.SHARING_TYPE)
    assert asks(make_actor(body), entry).allowed
    firm = make_enterprise()
    make_grant(firm, entry)
    assert not asks(make_actor(firm, "representative"), entry).allowed


def test_a_grant_ends_at_its_very_moment(entry, citizen):
    grant = make_grant(citizen, entry)
    with clock.standing_at(grant.until - timedelta(microseconds=1)):
        assert asks(citizen, entry).allowed
    with clock.standing_at(grant.until):
        decision = asks(citizen, entry)
    assert not decision.allowed
    assert "granted has ended" in decision.says


def test_a_grant_for_a_purpose_serves_no_other(entry, citizen):
    make_grant(citizen, entry, purposes=["research"])
    assert asks(citizen, entry).allowed
    assert asks(citizen, entry, purpose="research").allowed
    assert not asks(citizen, entry, purpose="advertising").allowed


def test_of_several_grants_one_decides_and_they_are_never_added_up(entry, citizen):
    first = make_grant(
        citizen, entry, purposes=["research"],
        bears=Obligations(shown_items=frozenset({"年份"}), rate_per_hour=100),
    )  # fmt: skip
    second = make_grant(citizen, entry, bears=Obligations(shown_items=frozenset({"海口港"})))
    assert asks(citizen, entry).grant_id == second.pk
    named = asks(citizen, entry, purpose="research")
    assert named.grant_id == first.pk
    assert named.obligations.shown_items == {"年份"}
    assert asks(citizen, entry, purpose="news").grant_id == second.pk


def test_what_a_grant_says_is_what_is_borne(entry, citizen):
    bears = Obligations(
        shown_items=frozenset({"年份", "代码"}),
        masks={"代码": Mask.PARTIAL},
        row_filters=frozenset({RowFilter("年份", "in", ("2012", "2013"))}),
        watermark=True,
        rate_per_hour=60,
    )
    grant = make_grant(citizen, entry, days=None, bears=bears)
    grant.refresh_from_db()
    assert grant.burden() == bears == asks(citizen, entry).obligations


def test_who_has_it_without_a_burden_need_not_take_it_with_one():
    body = make_body()
    entry = make_entry(**ON_CONDITIONS)
    make_grant(entry.provider, entry, bears=Obligations(watermark=True))
    assert asks(make_actor(entry.provider), entry).obligations == Obligations()
    opened = make_entry()
    make_grant(body, opened, bears=Obligations(watermark=True))
    assert asks(make_actor(body), opened).obligations == Obligations()


def test_an_arm_may_lay_on_more_than_the_grant_says(entry, citizen):
    key = ("resource.read", Entry)
    before = list(_allows[key])
    _allows[key].clear()
    try:
        gate.may(
            *key[:1], on=Entry, when=gate.HasGrant(), duty=duties.OPENING_APPLY,
            bears=lambda _actor, thing: Obligations(watermark=thing.grade == 1, rate_per_hour=50),
        )  # fmt: skip
        make_grant(citizen, entry, days=None, bears=Obligations(rate_per_hour=90))
        assert asks(citizen, entry).obligations == Obligations(watermark=True, rate_per_hour=50)
    finally:
        _allows[key][:] = before


@pytest.mark.duty("security.protect")
def test_a_hold_goes_before_every_arm_with_its_own_duty_and_words(citizen):
    entry = make_entry()
    assert asks(citizen, entry).allowed
    hold = make_hold(entry, "resource.read")
    decision = asks(citizen, entry)
    assert (decision.allowed, decision.duty, decision.says) == (
        False, duties.PROTECT, "数据安全事件处置中",
    )  # fmt: skip
    assert not asks(make_actor(entry.provider), entry).allowed
    assert asks(citizen, entry, "entry.read").allowed
    hold.lifted_at = clock.now()
    hold.save()
    assert asks(citizen, entry).allowed


def test_what_is_wholly_held_is_still_known_to_exist(citizen):
    entry = make_entry()
    make_hold(entry)
    assert asks(citizen, entry, "entry.see").allowed
    assert not asks(citizen, entry, "entry.read").allowed
    make_hold(entry, "entry.see")
    assert not asks(citizen, entry, "entry.see").allowed


def test_a_hold_on_body_or_seat_stops_what_they_do_and_no_one_else():
    body, entry = make_body(), make_entry()
    held, colleague = make_actor(body), make_actor(body)
    make_hold(seat := make_seat(body))
    assert not asks(Actor.of(seat), entry).allowed
    assert asks(held, entry).allowed
    make_hold(body, "resource.read")
    assert not asks(colleague, entry).allowed
    assert asks(colleague, entry, "entry.read").allowed
    assert asks(make_actor(), entry).allowed
    assert asks(Actor.anyone(), entry).allowed


def test_a_body_that_is_held_places_no_holds_while_a_held_thing_still_takes_them():
    entry = make_entry()
    officer = make_actor(entry.provider, "officer")
    make_hold(entry)
    assert asks(officer, entry, "gate.place_hold").allowed
    make_hold(entry.provider)
    assert not asks(officer, entry, "gate.place_hold").allowed


def test_whoever_once_had_a_grant_had_it_one_by_one_and_in_the_list(entry, citizen):
    other = make_entry(**ON_CONDITIONS)
    grant = make_grant(citizen, entry)
    grant.revoked_at, grant.revoked_because = clock.now(), "目的已达成"
    grant.save()
    for actor, had in (
        (Actor.citizen(citizen), {entry}),
        (make_actor(), set()),
        (Actor.anyone(), set()),
    ):
        asked = Asked(actor, "resource.read", things=[entry, other])
        assert {each for each in (entry, other) if HadGrant().holds(asked, each)} == had
        assert set(Entry.objects.filter(HadGrant().q(asked))) == had


def test_a_held_grant_gives_nothing_until_the_hold_is_lifted(entry, citizen):
    grant = make_grant(citizen, entry)
    hold = make_hold(grant)
    decision = asks(citizen, entry)
    assert not decision.allowed
    assert "is stopped" in decision.says
    hold.lifted_at = clock.now()
    hold.save()
    assert asks(citizen, entry).allowed


def test_the_system_goes_on_counting_what_is_wholly_held_unless_that_is_named():
    entry, job = make_entry(), Actor.system("clock")
    make_hold(entry)
    assert asks(job, entry, "delivery.close_hour").allowed
    make_hold(entry, "delivery.close_hour")
    assert not asks(job, entry, "delivery.close_hour").allowed


def test_grants_and_holds_are_read_once_for_many_things(citizen):
    entries = [make_entry(**ON_CONDITIONS) for _ in range(4)]
    make_grant(citizen, entries[0])
    make_hold(entries[1])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        decisions = gate.decide_each(Actor.citizen(citizen), "resource.read", entries)
    assert [each.allowed for each in decisions] == [True, False, False, False]
    assert len(asked) == 2
    with CaptureQueriesContext(connection) as listed:
        seen = gate.visible_to(Actor.citizen(citizen), "resource.read", Entry.objects.all())
        assert [each.pk for each in seen] == [entries[0].pk]
    assert len(listed) == 1


def test_holds_are_read_once_for_many_actions_on_one_thing(entry):
    steward, other = make_actor(entry.provider), make_actor()
    make_hold(entry, "resource.read")
    make_hold(entry.provider, "catalog.amend")
    actions = ("entry.see", "entry.read", "resource.read", "catalog.amend", "catalog.register")
    asked = []

    def note(execute, sql, *rest):
        asked.append(sql)
        return execute(sql, *rest)

    for actor in (steward, other, Actor.anyone()):
        may = gate.answering(actor, entry)
        asked.clear()
        with connection.execute_wrapper(note):
            decisions = [may(action) for action in actions]
        assert sum('FROM "gate_hold"' in sql for sql in asked if "gate_grant" not in sql) == 1
        assert decisions == [gate.decide(actor, action, entry) for action in actions]


@pytest.mark.django_db(transaction=True)
def test_a_grant_is_given_within_an_act_only(entry, citizen):
    with pytest.raises(RuntimeError):
        gate.grant(citizen, entry, "resource.read", duty=duties.OPENING_APPLY)
    with pytest.raises(RuntimeError):
        gate.hold(entry, duty=duties.PROTECT, reason="x")


@pytest.mark.parametrize("purposes", [["给王某的贷款"], ["Research"], [""]])
def test_a_purpose_is_a_code_since_leaves_tell_it(entry, citizen, purposes):
    with pytest.raises(ValueError, match="no code"):
        make_grant(citizen, entry, purposes=purposes)


def test_the_database_itself_refuses_what_cannot_be(entry, citizen):
    with pytest.raises(IntegrityError):
        make_grant(citizen, entry, days=-1)
    with pytest.raises(IntegrityError):
        make_grant(citizen, citizen)
    with pytest.raises(IntegrityError):
        make_hold(entry, reason="")
    assert not Grant.objects.exists()
