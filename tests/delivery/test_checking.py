"""What is under check is marked for whoever has it, by every door, and nobody else learns of it."""

import pytest
from tests.delivery.makers import ALL, make_closed, make_doubt, make_doubted, make_taker
from tests.exchange.makers import make_shared
from tests.exchange.test_verifying import ITEMS, NOBODY, PEOPLE, VERIFIED, WANG, people
from tests.gate.makers import make_grant
from tests.parties.makers import make_actor, make_citizen
from tests.personal import personal
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.acts.gate import revoke
from yelin.cases import acts as cases
from yelin.cases.models import Case
from yelin.delivery import checking, handing, reads, standing
from yelin.delivery.handing import Unchanged
from yelin.delivery.models import Check
from yelin.delivery.opening import Call
from yelin.delivery.tasks import tell_of_check
from yelin.exchange import acts, verifying
from yelin.gate import Mask, Obligations, RowFilter
from yelin.keys.models import DataKey
from yelin.law import clock
from yelin.law.refusals import Incomplete
from yelin.ledger.models import Leaf
from yelin.notices.models import Notice
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.warehouse.query import Filter, Question
from yelin.warehouse.verifying import Claim

pytestmark = pytest.mark.django_db
KEY = "身份证号"
CALL = Call("administrative_basis")


def taker(entry, **over):
    """A department that was granted the rows of ``entry``."""
    actor = make_actor()
    return actor, make_grant(Body.objects.get(pk=actor.body_id), entry, **over)


def doubted(entry, actor, **over):
    """A doubt about the record of one person, accepted."""
    record = {KEY: personal(WANG)}
    case = make_doubt(entry, actor, record=record, items=["收入"], says="收入有误", **over)
    cases.accept(actor=make_actor(entry.provider), case=case)
    return case


def marks(actor, entry, question=ALL, **over):
    return handing.rows(actor, entry, question, **over).notes.marks


def refused(case):
    for step in case.steps.filter(state="waiting"):
        cases.finish_step(actor=make_actor(step.handler), step=step, finding="一致")
    steward = make_actor(case.handler)
    cases.decide(actor=steward, case=case, approve=False, reason="核查无误", legal_basis="第十七条")


@pytest.mark.duty("quality.mark", "quality.doubt")
def test_one_record_is_marked_where_it_stands_from_acceptance_until_it_is_settled():
    entry = people()
    actor, _ = taker(entry)
    record = {KEY: personal(WANG)}
    case = make_doubt(entry, actor, record=record, items=["收入"], says="收入有误")
    assert marks(actor, entry) == ()
    cases.accept(actor=make_actor(entry.provider), case=case)
    (mark,) = marks(actor, entry)
    assert (mark.doubt, mark.items, mark.rows, mark.is_whole) == (
        case.number, ("收入",), (0,), False,
    )  # fmt: skip
    # In another order it stands elsewhere, and on other pages not at all.
    (mark,) = marks(actor, entry, Question(sort=((KEY, True),)))
    assert mark.rows == (0,)
    (mark,) = marks(actor, entry, Question(sort=((KEY, False),)))
    assert mark.rows == (2,)
    assert marks(actor, entry, Question(filters=(Filter("市县", "eq", "三亚"),))) == ()
    (mark,) = handing.download(actor, entry, Question(), "csv").notes.marks
    assert mark.rows is None
    elsewhere = Question(filters=(Filter("市县", "eq", "三亚"),))
    assert handing.download(actor, entry, elsewhere, "csv").notes.marks == ()
    refused(case)
    assert marks(actor, entry) == ()
    # An appeal that goes on has it checked, and marked, again.
    cases.appeal(actor=actor, case=case, grounds="仍有误")
    assert len(marks(actor, entry)) == 1


def test_values_and_tags_stay_as_they_are_but_no_copy_without_the_mark_is_taken_for_the_same():
    entry = people()
    actor, _ = taker(entry)
    before = handing.rows(actor, entry, Question())
    doubted(entry, actor)
    after = handing.rows(actor, entry, Question(), call=Call(known=lambda tag: tag == before.tag))
    assert after.page.rows == before.page.rows
    assert after.tag != before.tag
    with pytest.raises(Unchanged):
        handing.rows(actor, entry, Question(), call=Call(known=lambda tag: tag == after.tag))


def test_only_who_has_the_record_sees_its_mark():
    entry = people()
    actor, _ = taker(entry)
    doubted(entry, actor)
    sanya = Obligations(row_filters=frozenset({RowFilter("市县", "eq", "三亚")}))
    assert marks(taker(entry, bears=sanya)[0], entry) == ()
    # Who does not have the key sees which row it is, and items that they lack are not named.
    nameless = Obligations(shown_items=frozenset({"姓名"}), masks={"姓名": Mask.PARTIAL})
    (mark,) = marks(taker(entry, bears=nameless)[0], entry)
    assert (mark.rows, mark.items) == ((0,), ())


def test_who_verifies_sees_the_mark_of_a_record_only_once_it_is_known_to_them():
    entry = people()
    doubted(entry, taker(entry)[0])
    actor = make_actor()
    make_grant(Body.objects.get(pk=actor.body_id), entry, **VERIFIED)

    def rows(*asked):
        claims = [Claim({KEY: key}, items) for key, items in asked]
        found = verifying.verify(actor, entry, claims, call=Call()).notes.marks
        return [mark.rows for mark in found]

    assert rows((NOBODY, {"收入": "1"}), (WANG, {"收入": "1"})) == []
    assert rows((NOBODY, {"收入": "1"}), (WANG.lower(), {"姓名": "王小明"})) == [(1,)]
    acts.answer(actor=make_actor(entry.provider), entry=entry, tells_missing=True)
    assert rows((WANG, {"收入": "1"}), (NOBODY, {"收入": "1"})) == [(0,)]


def test_a_doubt_tells_nobody_whether_there_is_a_record():
    entry = people()
    reader, _ = taker(entry)
    with pytest.raises(Incomplete, match="record"):
        make_doubt(entry, reader, record={KEY: personal(NOBODY)}, items=[])
    verifies = make_actor()
    make_grant(Body.objects.get(pk=verifies.body_id), entry, **VERIFIED)
    for key in (NOBODY, WANG):
        assert make_doubt(entry, verifies, record={KEY: personal(key)}, items=[]).number
    for record in ({}, {"姓名": "王小明"}, {KEY: " "}, {KEY: WANG, "姓名": "王小明"}):
        if record:
            with pytest.raises(Incomplete):
                make_doubt(entry, reader, record=record, items=[])
    with pytest.raises(gate.Refused):
        make_doubt(entry, make_actor(), record={KEY: WANG})
    opened = make_release(make_doubted(items=ITEMS, opening_type="conditional",
                                       opening_condition="说明用途"), PEOPLE).entry  # fmt: skip
    with pytest.raises(Incomplete):
        make_doubt(opened, make_citizen(), record={KEY: WANG}, items=[])


def test_the_record_lies_under_a_key_that_goes_when_the_case_is_closed():
    entry = people()
    actor, _ = taker(entry)
    case = doubted(entry, actor)
    check = Check.objects.get(case=case)
    assert isinstance(check.record_kept, str)
    assert reads.record_of(actor, case) == {KEY: WANG}
    said = [leaf.payload for leaf in Leaf.objects.all()]
    assert WANG not in str([said, Case.objects.get(pk=case.pk).asked])
    refused(case)
    tell_of_check.func(check=check.pk, at=clock.now().isoformat())
    assert reads.record_of(actor, case) == {KEY: WANG}
    with clock.standing_at(clock.now().replace(year=clock.now().year + 1)):
        cases.close(actor=Actor.system("clock"), case=case)
        tell_of_check.func(check=check.pk, at=clock.now().isoformat())
    check.refresh_from_db()
    assert check.record_kept is None
    assert DataKey.objects.get(pk=check.sealed_by_id).destroyed_at
    assert reads.record_of(actor, case) == {}


@pytest.mark.duty("quality.check")
def test_a_record_is_corrected_only_where_it_differs(today):
    today("2026-03-02")
    entry = people()
    actor, _ = taker(entry)
    case = doubted(entry, actor)
    for step in case.steps.all():
        cases.finish_step(actor=make_actor(step.handler), step=step, finding="一致")
    steward = make_actor(entry.provider)
    make_release(entry, PEOPLE.replace("7000", "7100"))
    given = {"says": "已改正", "release": 2}
    with pytest.raises(Incomplete, match="same as before"):
        cases.decide(actor=steward, case=case, approve=True, given=given)
    make_release(entry, PEOPLE.replace("5000.50", "6000.50"))
    cases.decide(actor=steward, case=case, approve=True, given=given | {"release": 3})
    assert case.outcome == "approved"


def test_a_resource_under_check_is_marked_for_strangers_too_and_not_answered_from_memory():
    entry = make_release(make_doubted()).entry
    asked = (Actor.anyone(), entry.code, Question())
    for _ in range(2):
        assert standing.rows(*asked, call=Call()).notes.marks == ()
    case = make_doubt(entry)
    cases.accept(actor=make_actor(entry.provider), case=case)
    (mark,) = standing.rows(*asked, call=Call()).notes.marks
    assert (mark.doubt, mark.is_whole, mark.rows) == (case.number, True, None)
    cases.withdraw(actor=Actor.citizen(case.applicant.person), case=case)
    assert standing.rows(*asked, call=Call()).notes.marks == ()


@pytest.mark.duty("quality.mark")
def test_everyone_who_has_the_record_is_told_when_it_is_marked_and_when_it_is_settled():
    entry = people()
    reporter, _ = taker(entry)
    sanya = Obligations(row_filters=frozenset({RowFilter("市县", "eq", "三亚")}))
    names = Obligations(shown_items=frozenset({KEY, "姓名"}))
    took, cannot, other_items = (
        taker(entry, **over)[0] for over in ({}, {"bears": sanya}, {"bears": names})
    )
    never, steward = taker(entry)[0], make_actor(entry.provider)
    for actor in (took, cannot, other_items, steward):
        handing.rows(actor, entry, Question())
    case = doubted(entry, reporter)
    check = Check.objects.get(case=case)

    def told(event):
        return set(Notice.objects.filter(event=event).values_list("to", flat=True))

    for _ in range(2):
        # A worker that was killed tells nobody twice.
        tell_of_check.func(check=check.pk, at=check.since.isoformat())
    assert told("data.under_check") == {took.person_id}
    assert Notice.objects.filter(event="data.under_check").count() == 1
    assert {never.person_id, reporter.person_id}.isdisjoint(told("data.under_check"))
    assert WANG not in str(list(Notice.objects.values_list("params", flat=True)))
    refused(case)
    tell_of_check.func(check=check.pk, at=clock.now().isoformat())
    assert told("data.checked") == {took.person_id}


def test_who_had_data_once_may_doubt_it_though_the_grant_has_ended(today):
    today("2026-03-02")
    entry = make_closed()
    citizen, grant = make_taker(entry)
    handing.rows(citizen, entry, Question())
    revoke(actor=citizen, grant=grant, reason="不再需要")
    assert make_doubt(entry, citizen, items=[]).kind == "data.doubt"
    assert entry in gate.visible_to(citizen, "delivery.doubt", type(entry).objects.all())


def test_who_took_of_a_release_that_nobody_can_look_into_any_more_is_told_anyway():
    entry = people()
    took, _ = taker(entry)
    handing.rows(took, entry, Question())
    case = doubted(entry, taker(entry)[0])
    check, release = Check.objects.get(case=case), entry.releases.get()
    release.sealed_by.destroy(clock.now())
    assert checking.located(check, release) is None
    tell_of_check.func(check=check.pk, at=clock.now().isoformat())
    assert Notice.objects.filter(event="data.under_check", to=took.person_id).exists()


def test_a_department_that_may_read_doubts_shared_data_and_its_provider_does_not():
    entry = make_release(make_shared(sharing_type="unconditional", sharing_condition="",
                                     items=ITEMS), PEOPLE).entry  # fmt: skip
    actor = make_actor()
    case = make_doubt(entry, actor, record={KEY: personal(WANG)}, items=["姓名"])
    assert case.handler == entry.provider
    for other in (make_actor(entry.provider), make_citizen(), Actor.anyone()):
        with pytest.raises(gate.Refused):
            make_doubt(entry, other, items=[])
