"""The gate's answer in every case there can be: who, state, types, grade, grant, hold, purpose."""

from dataclasses import dataclass

import pytest
from django.db import transaction
from tests.gate.every_case import CASES, PURPOSES, Case, World, lay_out
from tests.thorough import many

from yelin import gate
from yelin.catalog.findable import READ_BY_EVERYONE
from yelin.catalog.models import Entry
from yelin.gate import Decision
from yelin.law import packs

pytestmark = pytest.mark.django_db

SEE, READ, ROWS = "entry.see", "entry.read", "resource.read"
ASKED = [(SEE, ""), (READ, ""), *((ROWS, purpose) for purpose in PURPOSES)]
OWN = {"own steward", "own auditor"}
CONFIRMS = {"confirming officer", "confirming steward"}
# They review the negative list of the whole province.
REVIEWS = {"agency"}
KEPT = {"draft", "registered", "awaiting", "confirmed", "returned"}
SENT = {"awaiting", "confirmed", "returned"}


@dataclass(frozen=True)
class Answers:
    world: World
    alone: dict[tuple[str, str, str], dict[Case, Decision]]
    listed: dict[tuple[str, str, str], set]
    read_by_everyone: set[Case]


@pytest.fixture(scope="module")
def answers(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        world = lay_out()
        entries = list(Entry.objects.filter(pk__in=[e.pk for e in world.entries.values()])
            .select_related("provider"))  # fmt: skip
        case_of = {entry.pk: case for case, entry in world.entries.items()}
        alone, listed = {}, {}
        for name, actor in world.actors.items():
            for action, purpose in ASKED:
                if purpose and name not in world.grantees:
                    continue
                decisions = gate.decide_each(actor, action, entries, purpose)
                seen = gate.visible_to(actor, action, Entry.objects.all(), purpose)
                alone[name, action, purpose] = {case_of[d.thing_id]: d for d in decisions}
                listed[name, action, purpose] = {
                    case_of[pk] for pk in seen.values_list("pk", flat=True) if pk in case_of
                }
        everyone = Entry.objects.filter(READ_BY_EVERYONE).values_list("pk", flat=True)
        read_by_everyone = {case_of[pk] for pk in everyone}
        transaction.set_rollback(True)
    return Answers(world, alone, listed, read_by_everyone)


def test_there_are_tens_of_thousands_of_cases(answers):
    assert sum(len(each) for each in answers.alone.values()) > many(100_000, 20_000)
    assert len(CASES) == len(answers.world.entries)


@pytest.mark.duty("governance.powers")
def test_every_answer_cites_a_duty_that_the_law_orders_and_every_refusal_says_why(answers):
    decisions = [each for asked in answers.alone.values() for each in asked.values()]
    assert all(packs.active().orders(duty) for duty in {each.duty for each in decisions})
    assert all(each.says for each in decisions if not each.allowed)


def test_the_list_and_the_single_answer_agree_in_every_case(answers):
    for asked, decisions in answers.alone.items():
        alone = {case for case, decision in decisions.items() if decision.allowed}
        assert alone == answers.listed[asked], asked


@pytest.mark.duty("sharing.type")
def test_whoever_acts_for_nobody_reads_what_everyone_reads(answers):
    """The search looks for such a one's words only where everyone reads."""
    alone = [name for name, actor in answers.world.actors.items() if actor.body_id is None]
    assert {"anyone", "citizen"} <= set(alone)
    for name in alone:
        assert answers.listed[name, READ, ""] <= answers.read_by_everyone


def had_at_once(actor, case, purpose=""):
    """Whether a department has it without asking, for the use that it states or for none named."""
    works = actor.kind == "official" and actor.role in {"steward", "officer"}
    shared = case.sharing == "unconditional" and case.state == "confirmed"
    return works and shared and purpose != "news"


@pytest.mark.duty("sharing.use")
def test_departments_have_what_is_shared_without_conditions_at_once_for_a_stated_use(answers):
    asked = 0
    for (name, action, purpose), decisions in answers.alone.items():
        for case, decision in decisions.items():
            if action != ROWS or not had_at_once(answers.world.actors[name], case, purpose):
                continue
            asked += 1
            held = case.hold in {"rows", "all"} or name.startswith("held")
            assert decision.allowed is not held, (name, case, purpose)
    assert asked > many(1_000, 200)


@pytest.mark.duty("opening.apply")
@pytest.mark.duty("sharing.type")
def test_nothing_conditional_or_closed_is_had_without_a_live_grant(answers):
    had_by_grant = 0
    for (name, action, purpose), decisions in answers.alone.items():
        if action != ROWS or name in OWN | CONFIRMS:
            continue
        for case, decision in decisions.items():
            if name in REVIEWS and case.sharing == "none" and case.state in SENT:
                continue
            at_once = had_at_once(answers.world.actors[name], case, purpose)
            if not decision.allowed or case.opening == "unconditional" or at_once:
                assert not decision.allowed or case.state == "confirmed"
                continue
            had_by_grant += 1
            assert decision.grant_id is not None
            assert case.state == "confirmed"
            assert name in {"citizen", "department", "firm"}
            assert case.grant == "live" or (case.grant == "for research" and purpose != "news")
            shared = name == "department" and case.sharing != "none"
            assert case.opening == "conditional" or shared
    assert had_by_grant > many(80, 5)


def test_own_and_confirming_bodies_have_what_the_design_says_and_no_more(answers):
    for name in OWN | CONFIRMS:
        for case, decision in answers.alone[name, ROWS, ""].items():
            due = case.state in (KEPT if name in OWN else SENT)
            due = due or had_at_once(answers.world.actors[name], case)
            due = due or (case.state == "confirmed" and case.opening == "unconditional")
            assert decision.allowed is (due and case.hold not in {"rows", "all"}), (name, case)


@pytest.mark.duty("negative_list.review")
def test_who_reviews_the_negative_list_has_what_stands_on_it_once_it_was_sent(answers):
    for name in REVIEWS:
        for case, decision in answers.alone[name, ROWS, ""].items():
            due = case.sharing == "none" and case.state in SENT
            due = due or had_at_once(answers.world.actors[name], case)
            due = due or (case.state == "confirmed" and case.opening == "unconditional")
            assert decision.allowed is (due and case.hold not in {"rows", "all"}), (name, case)


def test_a_further_restriction_never_widens(answers):
    for asked, decisions in answers.alone.items():
        for case, decision in decisions.items():
            if decision.allowed:
                for lighter in filter(decisions.__contains__, case.lighter()):
                    # Who reviews the negative list knows of what stands on it, and of no more.
                    if asked[0] in REVIEWS and case.sharing != lighter.sharing:
                        continue
                    assert decisions[lighter].allowed, (asked, case, lighter)


def test_a_hold_on_who_asks_never_widens(answers):
    free = {"held citizen": "citizen", "held department": "department", "held seat": "department"}
    for (name, action, purpose), decisions in answers.alone.items():
        if name in free:
            assert any(each.allowed for each in decisions.values()) is (action == SEE)
            freely = answers.alone[free[name], action, purpose]
            assert all(freely[c].allowed for c, each in decisions.items() if each.allowed)


def test_a_purpose_never_widens(answers):
    for name in answers.world.grantees:
        for purpose in PURPOSES[1:]:
            assert answers.listed[name, ROWS, purpose] <= answers.listed[name, ROWS, ""]


@pytest.mark.duty("security.protect")
def test_a_live_hold_is_what_every_refusal_by_it_names(answers):
    for (_, action, _), decisions in answers.alone.items():
        for case, decision in decisions.items():
            if case.hold == "all" and action != SEE and decision.actor.kind != "system":
                assert decision.duty.name == "security.protect"
                assert decision.says == "数据安全事件处置中"
