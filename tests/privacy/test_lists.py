"""A collector's list of who agreed elsewhere counts, and whoever is on it has the last word."""

import uuid

import numpy as np
import pytest
from django.db import transaction
from tests.catalog.makers import make_entry
from tests.delivery.makers import ON_CONDITIONS, make_taker
from tests.exchange.makers import make_shared
from tests.parties.makers import make_actor, make_body, make_citizen
from tests.privacy.makers import (
    CHILD,
    NUMBERS,
    make_covering,
    make_notice,
    make_people,
    make_subject,
)
from tests.privacy.test_delivery import collector, stations
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.acts import accounts
from yelin.catalog.content import ItemContent
from yelin.delivery import handing
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.parties import identity
from yelin.parties.actor import Actor
from yelin.parties.models import Person
from yelin.privacy import acts, agreeing, list_acts, list_tasks, reads
from yelin.privacy.models import ConsentList
from yelin.warehouse.marks import NOBODY
from yelin.warehouse.query import Question
from yelin.warehouse.subjects import SubjectMark, SubjectSet

pytestmark = pytest.mark.django_db(transaction=True)
ITEMS = (ItemContent(name="证件号码", type="C", grade=2), ItemContent(name="签字日期", type="D"))


def text_of(*numbers: str) -> str:
    return "证件号码,签字日期\n" + "".join(f"{each},2026-01-02\n" for each in numbers)


def digest_of(actor: Actor) -> str:
    found = agreeing.known(actor)
    assert found
    return found.digest


def make_list(covering, *numbers: str) -> ConsentList:
    """The list of those with these numbers, read."""
    body = covering.entry.provider
    said = ON_CONDITIONS | {"items": ITEMS, "grade": 2}
    entry = make_release(make_entry(body, **said), text_of(*numbers)).entry
    listed = list_acts.list_consents(
        actor=make_actor(body), purpose=covering.purpose, entry=entry, item="证件号码"
    )
    list_tasks.take_lists()
    listed.refresh_from_db()
    return listed


@pytest.mark.long
@pytest.mark.duty("personal.agree")
@pytest.mark.duty("personal.hand_over")
def test_whoever_is_on_the_newest_version_of_a_list_agrees_and_nobody_else_by_it():
    covering = make_covering()
    taker, _ = make_taker(covering.entry)
    listed = make_list(covering, NUMBERS[0].lower(), NUMBERS[0], NUMBERS[1])
    assert listed.counted == 2
    assert stations(taker, covering.entry) == ["海口东站", "美兰", "亚龙湾"]
    make_release(listed.entry, text_of(NUMBERS[2]))
    assert stations(taker, covering.entry) == ["海口东站", "美兰", "亚龙湾"]
    list_tasks.take_lists()
    assert stations(taker, covering.entry) == ["三亚站"]
    acts.agree(actor=make_subject(NUMBERS[1]), purpose=covering.purpose)
    assert stations(taker, covering.entry) == ["美兰", "三亚站"]
    list_acts.end_list(actor=collector(covering.entry), listed=ConsentList.objects.get())
    assert stations(taker, covering.entry) == ["美兰"]
    with pytest.raises(OutOfTurn):
        list_acts.end_list(actor=collector(covering.entry), listed=ConsentList.objects.get())


@pytest.mark.duty("personal.withdraw")
def test_whoever_objects_or_withdraws_is_brought_back_by_no_version_of_a_list():
    covering = make_covering()
    taker, _ = make_taker(covering.entry)
    first, second = make_subject(NUMBERS[0]), make_subject(NUMBERS[1])
    consent = acts.agree(actor=second, purpose=covering.purpose)
    listed = make_list(covering, *NUMBERS)
    assert len(stations(taker, covering.entry)) == 4
    (on,) = reads.listed(digest_of(first))
    assert on == listed
    list_acts.object_to(actor=first, listed=listed)
    acts.withdraw(actor=second, consent=consent)
    assert stations(taker, covering.entry) == ["三亚站"]
    make_release(listed.entry, text_of(*NUMBERS))
    list_tasks.take_lists()
    assert stations(taker, covering.entry) == ["三亚站"]
    assert [reads.listed(digest_of(each)) for each in (first, second)] == [[], []]
    with pytest.raises(OutOfTurn):
        list_acts.object_to(actor=first, listed=listed)
    # Who says so here, agrees again.
    acts.agree(actor=first, purpose=covering.purpose)
    assert stations(taker, covering.entry) == ["海口东站", "三亚站", "亚龙湾"]
    make_release(listed.entry, text_of(NUMBERS[2]))
    list_tasks.take_lists()
    assert stations(taker, covering.entry) == ["海口东站", "三亚站", "亚龙湾"]


@pytest.mark.long
def test_whoever_has_no_account_any_more_is_brought_back_by_no_list():
    covering = make_covering()
    taker, _ = make_taker(covering.entry)
    first, second = make_subject(NUMBERS[0]), make_subject(NUMBERS[1])
    consent = acts.agree(actor=second, purpose=covering.purpose)
    listed = make_list(covering, *NUMBERS)
    list_acts.object_to(actor=first, listed=listed)
    for subject in (first, second):
        accounts.delete(actor=subject, person=Person.objects.get(pk=subject.person_id))
    consent.refresh_from_db()
    assert consent.digest == ""
    assert not listed.objections.exclude(person=None).exists()
    make_release(listed.entry, text_of(*NUMBERS))
    list_tasks.take_lists()
    assert stations(taker, covering.entry) == ["三亚站"]


@pytest.mark.long
@pytest.mark.duty("personal.guardian")
def test_a_guardian_objects_for_a_child_and_is_not_told_whether_it_is_on_the_list(today):
    today("2026-11-28")
    entry = make_people()
    notice = make_notice(entry.provider, children=True, guardians=True)
    covering = make_covering(entry, notice)
    taker, _ = make_taker(covering.entry)
    listed = make_list(covering, *NUMBERS)
    guardian = make_subject(NUMBERS[0])
    for wrong in (NUMBERS[1], "nothing"):
        with pytest.raises(Incomplete):
            list_acts.object_for_child(actor=guardian, listed=listed, number=wrong)
    list_acts.object_for_child(actor=guardian, listed=listed, number=CHILD)
    list_acts.object_for_child(actor=guardian, listed=listed, number=CHILD)
    assert listed.objections.count() == 1
    make_release(listed.entry, text_of(*NUMBERS, CHILD))
    list_tasks.take_lists()
    assert not listed.subjects.marks.filter(
        mark=listed.subjects.mark_of(identity.digest_of(CHILD)), agrees=True
    ).exists()
    assert len(stations(taker, covering.entry)) == 4


@pytest.mark.long
def test_data_that_goes_out_by_a_purpose_later_goes_by_its_list_too():
    covering = make_covering()
    acts.uncover(actor=collector(covering.entry), covering=covering)
    make_list(covering, NUMBERS[1])
    again = make_covering(covering.entry, covering.purpose.notice)
    taker, _ = make_taker(again.entry)
    assert stations(taker, again.entry) == []
    list_tasks.take_lists()
    assert stations(taker, again.entry) == ["美兰"]
    state = SubjectSet.objects.get(covering=again).state
    list_tasks.take_lists()
    assert SubjectSet.objects.get(covering=again).state == state


@pytest.mark.long
@pytest.mark.duty("personal.hand_over")
def test_by_a_list_that_goes_out_itself_none_of_its_own_rows_leaves():
    """Whoever is on it agreed to its purpose, not to that by which the list is given to others."""
    other = make_covering()
    listed = make_list(other, *NUMBERS)
    covering = make_covering(
        listed.entry, make_notice(listed.entry.provider), item="证件号码", uses=("planning",)
    )
    anyone, _ = make_taker(listed.entry)
    planner, _ = make_taker(listed.entry, purposes=["planning"])

    def dates(actor):
        listed.entry.refresh_from_db()
        return [row["签字日期"] for row in handing.rows(actor, listed.entry, Question()).page.rows]

    assert dates(anyone) == []
    assert dates(planner) == []
    acts.agree(actor=make_subject(NUMBERS[1]), purpose=covering.purpose)
    assert len(dates(planner)) == 1
    assert dates(anyone) == []


def test_an_entry_names_its_subjects_by_one_item():
    items = (*ITEMS, ItemContent(name="护照号码", type="C", grade=2))
    covering = make_covering()
    entry = make_shared(covering.entry.provider, items=items)
    steward = make_actor(covering.entry.provider)
    list_acts.list_consents(actor=steward, purpose=covering.purpose, entry=entry, item="证件号码")
    notice = make_notice(covering.entry.provider)
    with pytest.raises(Incomplete):
        list_acts.list_consents(
            actor=steward, purpose=notice.purposes.get(), entry=entry, item="护照号码"
        )


def test_a_list_is_of_the_collector_itself_and_one_for_each_purpose():
    covering = make_covering()
    own, purpose = covering.entry.provider, covering.purpose
    entry = make_entry(own, items=ITEMS)
    steward = make_actor(own)

    def named(**over):
        said = {"actor": steward, "purpose": purpose, "entry": entry, "item": "证件号码"} | over
        return list_acts.list_consents(**said)

    for over in (
        {"item": "身份证"},
        {"entry": make_entry(make_body(), items=ITEMS)},
        {"entry": covering.entry, "item": "身份证号"},
    ):
        with pytest.raises(Incomplete):
            named(**over)
    with pytest.raises(gate.Refused):
        named(actor=make_actor())
    listed = named()
    with pytest.raises(OutOfTurn):
        named()
    with pytest.raises(OutOfTurn):
        list_acts.object_to(actor=make_subject(), listed=listed)
    with pytest.raises(Incomplete):
        list_acts.object_to(actor=make_citizen(), listed=listed)


@pytest.mark.long
def test_a_list_that_cannot_be_read_keeps_no_other_waiting():
    broken, sound = make_covering(), make_covering()
    listed = make_list(broken, NUMBERS[0])
    SubjectSet.objects.filter(listed=listed).update(item="別名")
    make_release(listed.entry, text_of(NUMBERS[1]))
    taker, _ = make_taker(sound.entry)
    make_list(sound, NUMBERS[2])
    assert stations(taker, sound.entry) == ["三亚站"]


@pytest.mark.long
def test_the_ledger_names_nobody_of_a_list():
    covering = make_covering()
    listed = make_list(covering, *NUMBERS)
    list_acts.object_to(actor=make_subject(), listed=listed)
    leaves = Leaf.objects.filter(subject=listed.pk)
    assert {each.act for each in leaves} >= {"privacy.take_list", "privacy.object"}
    told = str([each.payload for each in leaves])
    assert not any(number[:14] in told for number in NUMBERS)
    assert listed.entry.code not in told


def test_a_set_is_told_at_once_what_came_and_what_went():
    subjects = make_covering().subjects
    marks = [uuid.uuid4() for _ in range(4)]
    subjects.put(marks[:2], agrees=True)
    come = b"".join(each.bytes for each in marks[1:])
    rows = np.frombuffer(come, np.uint8).reshape(-1, 16)

    def took(some, **over):
        with transaction.atomic():
            subjects.take(some, **over)
        agree = SubjectMark.objects.filter(of=subjects, agrees=True)
        return {*agree.values_list("mark", flat=True)}

    for _ in range(2):
        assert took(rows, against=[marks[3]]) == {*marks[1:3]}
    assert took(NOBODY, keep=[marks[2]]) == {marks[2]}
    assert SubjectSet.objects.get(pk=subjects.pk).state == 4
