"""What others have already is pointed out, answered for and published."""

import pytest
from tests.catalog.makers import agency, make_entry
from tests.collecting.makers import content_of, make_form
from tests.parties.makers import make_actor, make_body

from yelin import gate
from yelin.catalog.content import ItemContent
from yelin.collecting import acts, reads
from yelin.collecting.models import CollectionForm, State
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger.models import Leaf
from yelin.parties import succession
from yelin.parties.actor import Actor

pytestmark = pytest.mark.django_db

PEOPLE = ("姓名", "公民身份号码", "户籍地址")


def make_register(**over):
    """The population's register, shared with departments and not open."""
    said = {
        "title": "常住人口登记信息",
        "opening_type": "none",
        "items": tuple(ItemContent(name=name) for name in PEOPLE),
    }
    return make_entry(**said | over)


def repeats(form) -> dict[str, str]:
    return dict(reads.repeats_of(form.thing).values_list("item", "held_item"))


@pytest.mark.duty("collection.once")
def test_a_form_is_told_what_is_had_through_sharing_and_from_which_entry():
    register = make_register()
    form = make_form("申请人姓名", "身份证号", "致贫原因", "备注")
    assert repeats(form) == {"申请人姓名": "姓名", "身份证号": "公民身份号码"}
    (told, _) = reads.repeats_of(form.thing)
    assert (told.held, told.why, told.score) == (register, "name", 1)


@pytest.mark.parametrize(
    "over",
    [{"state": "awaiting"}, {"sharing_type": "none", "sharing_basis": "《统计法》第九条"}],
)
def test_what_is_not_shared_or_not_confirmed_is_not_pointed_to(over):
    make_register(**over)
    assert repeats(make_form("身份证号")) == {}


def test_nobody_is_pointed_to_what_the_own_body_holds():
    body = make_body()
    make_register(provider=body)
    assert repeats(make_form("身份证号", body=body)) == {}


@pytest.mark.duty("collection.once")
def test_a_form_goes_to_review_once_everything_is_answered_and_its_reasons_are_public():
    make_register()
    body = make_body()
    steward, officer = make_actor(body), make_actor(agency(), "officer")
    form = make_form("身份证号", "户籍地址", body=body)
    with pytest.raises(Incomplete) as wrong:
        acts.submit(actor=steward, form=form)
    assert [fault.place for fault in wrong.value.faults] == ["items", "items"]
    by_item = {each.item: each for each in reads.repeats_of(form.thing)}
    with pytest.raises(Incomplete):
        acts.give_reason(actor=steward, repeat=by_item["户籍地址"], reason=" ")
    acts.use_shared(actor=steward, repeat=by_item["身份证号"])
    acts.give_reason(actor=steward, repeat=by_item["户籍地址"], reason="需核对申请当日的实际户籍")
    assert not reads.reasons(Actor.anyone()).exists()
    form = acts.submit(actor=steward, form=form)
    with pytest.raises(OutOfTurn):
        acts.use_shared(actor=steward, repeat=by_item["户籍地址"])
    with pytest.raises(gate.Refused):
        acts.approve(actor=steward, form=form)
    form = acts.approve(actor=officer, form=form)
    assert (form.state, list(reads.approved())) == (State.APPROVED, [form])
    (public,) = reads.reasons(Actor.anyone())
    assert public.reason == "需核对申请当日的实际户籍"
    told = Leaf.objects.filter(act__startswith="collecting.", refused=False)
    assert "户籍" not in str([leaf.payload for leaf in told])


def test_what_was_answered_stays_answered_when_the_form_changes():
    make_register()
    body = make_body()
    steward = make_actor(body)
    form = make_form("身份证号", "户籍地址", body=body)
    acts.use_shared(actor=steward, repeat=reads.repeats_of(form.thing).get(item="身份证号"))
    content = content_of("身份证号", "申请人姓名", title=form.title)
    form = acts.amend(actor=steward, form=form, content=content)
    assert repeats(form).keys() == {"身份证号", "申请人姓名"}
    assert [each.item for each in reads.unanswered(form.thing)] == ["申请人姓名"]


def test_a_form_that_is_returned_says_why_and_comes_back():
    body = make_body()
    steward, officer = make_actor(body), make_actor(agency(), "officer")
    form = acts.submit(actor=steward, form=make_form("致贫原因", body=body))
    with pytest.raises(Incomplete):
        acts.return_(actor=officer, form=form, reason="")
    form = acts.return_(actor=officer, form=form, reason="未说明采集依据的条款")
    assert form.returned_reason == "未说明采集依据的条款"
    assert acts.submit(actor=steward, form=form).state == State.SUBMITTED


def test_an_unreviewed_form_is_of_its_body_alone():
    form = make_form("致贫原因")
    for actor in (Actor.anyone(), make_actor(), make_actor(agency(), "officer")):
        seen = gate.visible_to(actor, "collection_form.see", CollectionForm.objects.all())
        assert not seen.filter(pk=form.pk).exists()


@pytest.mark.duty("collection.once")
def test_an_entry_that_holds_what_others_share_is_told_when_it_is_sent_for_confirmation():
    make_register()
    items = (ItemContent(name="身份证号码"), ItemContent(name="救助金额"))
    entry = make_entry(state="registered", title="低保对象名册", items=items)
    assert repeats(entry) == {}
    entry = make_entry(state="awaiting", title="低保对象名册", items=items)
    assert repeats(entry) == {"身份证号码": "公民身份号码"}


def test_the_forms_of_a_body_pass_to_its_successor():
    form = make_form("致贫原因")
    to = make_body()
    assert succession.pass_on(form.body, to)["collection_form"] == [form.pk]
    form.refresh_from_db()
    assert form.body == to
