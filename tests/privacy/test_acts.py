"""Notices are published by the rules, agreed to purpose by purpose, and leave no name anywhere."""

import json

import pytest
from tests.parties.makers import make_actor, make_body, make_citizen, make_representative
from tests.privacy.makers import (
    CHILD,
    GIVEN,
    NUMBERS,
    content_of,
    make_covering,
    make_draft,
    make_notice,
    make_people,
    make_subject,
)

from yelin import gate
from yelin.acts import accounts
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.privacy import acts, reads
from yelin.privacy.content import Basis
from yelin.privacy.models import CollectionNotice, Consent, Purpose
from yelin.warehouse.models import SubjectMark

pytestmark = pytest.mark.django_db


def agreed(notice: CollectionNotice, subject: Actor) -> Consent:
    return acts.agree(actor=subject, purpose=notice.purposes.get(ended_at=None))


@pytest.mark.duty("personal.state")
def test_nothing_is_published_against_which_a_rule_stands():
    notice = make_draft(service="")
    with pytest.raises(Incomplete) as wrong:
        acts.publish(actor=make_actor(notice.body), notice=notice)
    assert [fault.duty.name for fault in wrong.value.faults] == ["personal.state"]
    assert not Purpose.objects.exists()
    acts.amend(actor=make_actor(notice.body), notice=notice, content=content_of())
    assert acts.publish(actor=make_actor(notice.body), notice=notice).version == 1
    with pytest.raises(OutOfTurn):
        acts.publish(actor=make_actor(notice.body), notice=notice)


def test_an_enterprise_notices_by_its_representative_and_nobody_does_for_another():
    firm = make_representative()
    notice = acts.draft(actor=firm, body=_body(firm), content=content_of())
    for stranger in (make_actor(), make_citizen(), make_representative()):
        with pytest.raises(gate.Refused):
            acts.publish(actor=stranger, notice=notice)
    assert acts.publish(actor=firm, notice=notice).state == "published"


def _body(actor: Actor):
    return Body.objects.get(pk=actor.body_id)


@pytest.mark.duty("personal.agree")
def test_a_purpose_that_becomes_another_is_agreed_to_anew_and_what_stays_is_not():
    notice = make_notice()
    before = agreed(notice, make_subject())
    steward = make_actor(notice.body)
    same = content_of(title=notice.title, service="乘坐公交车和轮渡")
    acts.amend(actor=steward, notice=notice, content=same)
    acts.publish(actor=steward, notice=notice)
    assert notice.purposes.get(ended_at=None) == before.purpose
    other = content_of(
        title=notice.title, purposes=(GIVEN.model_copy(update={"retention": "十年"}),)
    )
    acts.amend(actor=steward, notice=notice, content=other)
    acts.publish(actor=steward, notice=notice)
    assert notice.purposes.get(ended_at=None).consents.count() == 0
    with pytest.raises(OutOfTurn):
        acts.agree(actor=make_subject(NUMBERS[1]), purpose=before.purpose)
    assert before.version.content.purposes[0].retention == "两年"


@pytest.mark.duty("personal.agree")
def test_only_who_is_verified_agrees_once_and_for_nobody_else():
    notice = make_notice()
    purpose = notice.purposes.get()
    with pytest.raises(Incomplete):
        acts.agree(actor=make_citizen(), purpose=purpose)
    for other in (Actor.anyone(), make_actor(make_body())):
        with pytest.raises(gate.Refused):
            acts.agree(actor=other, purpose=purpose)
    subject = make_subject()
    acts.agree(actor=subject, purpose=purpose)
    with pytest.raises(OutOfTurn):
        acts.agree(actor=subject, purpose=purpose)


@pytest.mark.duty("personal.withdraw")
def test_whoever_agreed_withdraws_it_and_nobody_else_does():
    subject = make_subject()
    consent = agreed(make_notice(), subject)
    with pytest.raises(gate.Refused):
        acts.withdraw(actor=make_citizen(), consent=consent)
    acts.withdraw(actor=subject, consent=consent)
    with pytest.raises(OutOfTurn):
        acts.withdraw(actor=subject, consent=consent)
    assert agreed(consent.purpose.notice, subject) != consent


@pytest.mark.duty("personal.withdraw")
def test_whoever_deletes_the_account_agrees_to_nothing_any_more():
    subject = make_subject()
    covering = make_covering()
    consent = acts.agree(actor=subject, purpose=covering.purpose)
    accounts.delete(actor=subject, person=consent.person)
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None
    assert (consent.digest, consent.masked) == ("", "")
    assert list(SubjectMark.objects.values_list("agrees", flat=True)) == [False]


@pytest.mark.duty("personal.guardian")
def test_a_guardian_agrees_for_a_child_under_14_alone_and_where_the_notice_says_so(today):
    today("2026-11-28")
    guardian = make_subject()
    adults = make_notice().purposes.get()
    with pytest.raises(Incomplete):
        acts.agree_for_child(actor=guardian, purpose=adults, number=CHILD)
    purpose = make_notice(children=True, guardians=True).purposes.get()
    for wrong in (NUMBERS[1], "460105201503070014", "x"):
        with pytest.raises(Incomplete):
            acts.agree_for_child(actor=guardian, purpose=purpose, number=wrong)
    consent = acts.agree_for_child(actor=guardian, purpose=purpose, number=f" {CHILD} ")
    assert (consent.for_child, consent.masked) == (True, "460*************13")
    today("2029-03-07")
    with pytest.raises(Incomplete):
        acts.agree_for_child(actor=guardian, purpose=purpose, number=CHILD)


def test_data_is_covered_by_the_own_purpose_and_an_item_that_is_there_once():
    covering = make_covering()
    entry, own = covering.entry, make_notice(covering.entry.provider).purposes.get()
    fits = {"purpose": own, "item": "身份证号", "uses": ("研究",)}
    for place, over in (
        ("purpose", {"purpose": make_notice().purposes.get()}),
        ("item", {"item": "姓名"}),
        ("uses", {"uses": ()}),
    ):
        with pytest.raises(Incomplete) as wrong:
            acts.cover(actor=make_actor(entry.provider), entry=entry, **fits | over)
        assert place in {fault.place for fault in wrong.value.faults}
    assert acts.cover(actor=make_actor(entry.provider), entry=entry, **fits).ended_at is None


def test_what_rests_on_a_contract_lets_nothing_out():
    by_contract = GIVEN.model_copy(update={"basis": Basis.CONTRACT, "law": "运输合同"})
    notice = make_notice(purposes=(by_contract,))
    with pytest.raises(Incomplete):
        make_covering(make_people(notice.body), notice)
    with pytest.raises(OutOfTurn):
        agreed(notice, make_subject())


@pytest.mark.long
def test_neither_leaf_nor_set_says_of_whom_it_is_and_two_sets_have_nothing_in_common():
    covering, other = make_covering(), make_covering()
    subject = make_subject()
    acts.agree(actor=subject, purpose=covering.purpose)
    acts.agree(actor=subject, purpose=other.purpose)
    marks = set(SubjectMark.objects.values_list("mark", flat=True))
    assert len(marks) == 2
    told = json.dumps([leaf.payload for leaf in Leaf.objects.filter(act="privacy.agree")])
    digest = Consent.objects.first().digest
    assert not any(said in told for said in (NUMBERS[0], digest, *map(str, marks)))


def test_the_receipt_says_what_was_agreed_to_by_the_names_of_the_standard():
    consent = agreed(make_notice(), make_subject())
    said = reads.receipt(Consent.objects.select_related("purpose__notice__body").get(pk=consent.pk))
    assert said["pii_principal_id"] == "110*************2X"
    assert said["purpose"] == "向规划单位提供出行记录"
    assert said["pii_information"] == [{"pii_type": "身份证号", "sensitive_pii_category": True}]
    assert [each["event_type"] for each in said["events"]] == ["given"]
    acts.withdraw(actor=Actor.citizen(consent.person), consent=consent)
    said = reads.receipt(Consent.objects.get(pk=consent.pk))
    assert [each["event_type"] for each in said["events"]] == ["given", "withdrawn"]
