"""Rules of the whole process: issued by the body that the law names, one edition after another."""

from datetime import timedelta
from functools import partial

import pytest
from tests.files.makers import make_examined, pdf
from tests.parties.makers import make_actor, make_body
from tests.registers.makers import body_of, make_rule, officer_of

from yelin import gate
from yelin.acts import attachments, references
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import Actor
from yelin.registers.acts import process_rules
from yelin.registers.content import Step
from yelin.registers.models import ProcessRule

pytestmark = pytest.mark.django_db


@pytest.mark.duty("process_rules.make")
def test_a_rule_is_read_by_everyone_once_it_is_issued_with_its_number():
    rule = make_rule(state="draft")
    rows = ProcessRule.objects.all()
    assert references.seen(make_actor(rule.body, "auditor"), rows).exists()
    assert not references.seen(officer_of("informatization"), rows).exists()
    with pytest.raises(Incomplete):
        _publish(rule, number=" ")
    rule = _publish(rule)
    assert references.seen(Actor.anyone(), rows).get() == rule
    assert rule.evidence()["steps"] == ["collect", "share"]


@pytest.mark.duty("process_rules.make")
def test_only_the_body_that_the_law_names_makes_rules_of_the_whole_process():
    body = make_body()
    said = {"title": "规范", "steps": [Step.STORE]}
    with pytest.raises(gate.Refused):
        process_rules.draft_rule(actor=make_actor(body, "officer"), body=body, **said)
    with pytest.raises(gate.Refused):
        process_rules.draft_rule(
            actor=make_actor(body_of("agency"), "steward"), body=body_of("agency"), **said
        )


def test_a_rule_without_a_text_is_issued_once_a_file_hangs_on_it():
    rule = make_rule(state="draft", text="")
    with pytest.raises(Incomplete) as told:
        _publish(rule)
    assert [fault.place for fault in told.value.faults] == ["text"]
    officer = officer_of("agency")
    attachments.attach(actor=officer, about=rule, examined=make_examined(pdf()))
    assert _publish(rule).state == "published"
    with pytest.raises(gate.Refused):
        attachments.attach(actor=officer, about=rule, examined=make_examined(pdf()))


def test_all_that_a_draft_lacks_is_told_at_once():
    with pytest.raises(Incomplete) as told:
        make_rule(title=" ", steps=[], address="dsj.hainan.gov.cn")
    assert [fault.place for fault in told.value.faults] == ["title", "steps", "address"]


@pytest.mark.duty("process_rules.make")
def test_a_new_edition_ends_the_one_before_on_the_eve_of_its_own_day():
    day = clock.today()
    first = make_rule(begins=day - timedelta(days=9))
    same_day = make_rule(state="draft", replaces=first)
    with pytest.raises(Incomplete):
        _publish(same_day, begins=first.in_force_from)
    second = make_rule(number="〔2026〕2号", replaces=first, begins=day)
    first.refresh_from_db()
    assert (first.state, first.in_force_to) == ("replaced", day - timedelta(days=1))
    assert first.replaced_by == second
    with pytest.raises(OutOfTurn):
        _publish(same_day, number="〔2026〕3号", begins=day)
    with pytest.raises(Incomplete):
        make_rule(state="draft", replaces=first)


def test_what_is_issued_changes_by_a_new_edition_or_ends():
    rule, officer = make_rule(), officer_of("agency")
    with pytest.raises(OutOfTurn):
        process_rules.amend_rule(actor=officer, rule=rule, title="又", steps=[Step.OPEN])
    with pytest.raises(OutOfTurn):
        _publish(rule)
    before = rule.in_force_from - timedelta(days=1)
    with pytest.raises(Incomplete):
        process_rules.repeal_rule(actor=officer, rule=rule, in_force_to=before)
    ended = process_rules.repeal_rule(actor=officer, rule=rule, in_force_to=clock.today())
    assert ended.state == "repealed"
    with pytest.raises(OutOfTurn):
        process_rules.repeal_rule(actor=officer, rule=rule, in_force_to=clock.today())


def test_a_number_is_given_once():
    make_rule()
    with pytest.raises(Incomplete) as told:
        make_rule()
    assert told.value.faults[0].place == "number"


@pytest.mark.django_db(transaction=True)
def test_of_two_editions_issued_at_once_one_takes_the_place(at_once):
    first = make_rule(begins=clock.today() - timedelta(days=9))
    drafts = [make_rule(state="draft", replaces=first) for _ in range(2)]
    made = at_once([partial(_publish, draft, number=str(draft.pk)) for draft in drafts])
    assert {type(each) for each in made} == {ProcessRule, OutOfTurn}
    first.refresh_from_db()
    assert first.replaced_by is not None


def _publish(rule, number="〔2026〕1号", begins=None):
    return process_rules.publish_rule(
        actor=officer_of("agency"),
        rule=rule,
        number=number,
        in_force_from=begins or clock.today(),
    )
