"""Online verification, whole: by whom, of what, and what nobody learns by it."""

import pytest
from tests.catalog.makers import agency, make_entry
from tests.delivery.makers import ON_CONDITIONS
from tests.exchange.makers import make_shared
from tests.gate.makers import make_grant, make_hold
from tests.parties.makers import make_actor, make_representative
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.catalog.content import ItemContent
from yelin.delivery.models import Delivery
from yelin.delivery.opening import Call
from yelin.delivery.pace import TooOften
from yelin.exchange import acts, verifying
from yelin.exchange.answering import Watch
from yelin.gate import Mask, Obligations, RowFilter
from yelin.gate.models import Hold
from yelin.law import duties
from yelin.law.refusals import Incomplete
from yelin.notices.models import Notice
from yelin.parties.models import Body
from yelin.warehouse.question import UnknownColumn
from yelin.warehouse.verifying import Claim

pytestmark = pytest.mark.django_db

ITEMS = (
    ItemContent(name="身份证号", type="C", nullable=False, key=True),
    ItemContent(name="姓名", type="C"),
    ItemContent(name="出生日期", type="D"),
    ItemContent(name="收入", type="N"),
    ItemContent(name="市县", type="C"),
)
PEOPLE = (
    "身份证号,姓名,出生日期,收入,市县\n"
    "46010019900101001X,王小明,1990-01-01,5000.50,海口\n"
    "460100198502020022,李　丽,1985-02-02,,三亚\n"
    "46010019700303003x,陈伟,1970-03-03,7000,海口\n"
)
WANG, LI, NOBODY = "46010019900101001X", "460100198502020022", "460100199901010099"
VERIFIED = {"action": "resource.verify", "duty": duties.SHARING_ANSWER}


def people(**over):
    return make_release(make_shared(items=ITEMS, **over), PEOPLE).entry


def verifier(entry, **over):
    actor = make_actor()
    body = Body.objects.get(pk=actor.body_id)
    return actor, make_grant(body, entry, **VERIFIED | over)


def ask(actor, entry, key, purpose="", **items):
    (answer,) = many(actor, entry, (key, items), purpose=purpose)
    return answer.found, {name: str(verdict) for name, verdict in answer.items.items()}


def many(actor, entry, *asked, purpose=""):
    claims = [Claim({"身份证号": key}, items) for key, items in asked]
    return verifying.verify(actor, entry, claims, call=Call(purpose)).answers


@pytest.mark.duty("collection.verify")
def test_it_is_told_of_each_item_whether_it_matches_and_nothing_else():
    entry = people()
    actor, _ = verifier(entry)
    assert ask(actor, entry, WANG, 姓名="王小明", 收入="1") == (
        None, {"姓名": "yes", "收入": "unknown"},
    )  # fmt: skip
    # No such record, another value, and no value look the same.
    assert ask(actor, entry, NOBODY, 收入="1") == ask(actor, entry, WANG, 收入="1")
    assert ask(actor, entry, LI, 收入="1") == ask(actor, entry, WANG, 收入="1")
    with pytest.raises(gate.Refused):
        acts.answer(actor=actor, entry=entry, tells_missing=True)
    acts.answer(actor=make_actor(entry.provider), entry=entry, tells_missing=True)
    assert ask(actor, entry, WANG, 收入="1") == (True, {"收入": "no"})
    assert ask(actor, entry, LI, 收入="1") == (True, {"收入": "unknown"})
    assert ask(actor, entry, NOBODY, 收入="1") == (False, {"收入": "unknown"})


def test_the_same_value_written_otherwise_is_the_same():
    entry = people()
    actor, _ = verifier(entry)
    same = [
        ("４６０１００１９９００１０１００１ｘ", {"姓名": " 王 小明 "}),
        ("460100 19900101 001x", {"出生日期": "1990年1月1日", "收入": "5,000.5"}),
        (WANG, {"出生日期": "19900101", "收入": "５０００．５０"}),
        (LI, {"姓名": "李丽", "出生日期": "1985/2/2"}),
        ("46010019700303003X", {"姓名": "陈伟"}),
    ]
    for (key, items), answer in zip(same, many(actor, entry, *same), strict=True):
        assert (key, set(answer.items.values())) == (key, {"yes"})
        assert set(answer.items) == set(items)


@pytest.mark.long
def test_only_what_was_given_is_compared():
    entry = people()
    bears = Obligations(
        shown_items=frozenset({"身份证号", "姓名", "收入", "市县"}),
        masks={"收入": Mask.PARTIAL},
        row_filters=frozenset({RowFilter("市县", "eq", "海口")}),
    )
    actor, _ = verifier(entry, bears=bears, purposes=["verification"])
    acts.answer(actor=make_actor(entry.provider), entry=entry, tells_missing=True)
    assert ask(actor, entry, WANG, 姓名="王小明", 收入="5000.50") == (
        True, {"姓名": "yes", "收入": "unknown"},
    )  # fmt: skip
    assert ask(actor, entry, LI, 姓名="李丽") == (False, {"姓名": "unknown"})
    for hidden in ("出生日期", "无此项"):
        with pytest.raises(UnknownColumn):
            ask(actor, entry, WANG, **{hidden: "1990-01-01"})
    with pytest.raises(gate.Refused):
        ask(actor, entry, WANG, purpose="research", 姓名="王小明")
    assert not gate.decide(actor, "resource.read", entry).allowed


def test_without_the_key_nothing_is_found():
    entry = people()
    given = frozenset({"姓名"})
    for bears in (
        Obligations(shown_items=given),
        Obligations(shown_items=given | {"身份证号"}, masks={"身份证号": Mask.PARTIAL}),
    ):
        actor, _ = verifier(entry, bears=bears)
        with pytest.raises(Incomplete):
            ask(actor, entry, WANG, 姓名="王小明")
    actor, _ = verifier(entry)
    for wrong in (Claim({"姓名": "王小明"}, {"收入": "1"}), Claim({"身份证号": WANG}, {})):
        with pytest.raises(Incomplete):
            verifying.verify(actor, entry, [wrong], call=Call())


@pytest.mark.long
@pytest.mark.duty("sharing.use", "collection.verify")
def test_who_has_it_by_law_by_grant_or_by_its_rows_verifies_and_nobody_else():
    at_once = make_release(
        make_entry(items=ITEMS, opening_type="none", sharing_requirements=("verification",)), PEOPLE
    ).entry
    officer = make_actor(role="officer")
    assert ask(officer, at_once, WANG, 姓名="王小明")[1] == {"姓名": "yes"}
    assert Delivery.objects.get().purpose == "verification"
    other = make_entry(opening_type="none", sharing_requirements=("work_reference",))
    for entry in (other, make_shared(), make_entry()):
        assert not gate.decide(officer, "resource.verify", entry).allowed
    opened = make_release(make_entry(items=ITEMS, **ON_CONDITIONS), PEOPLE).entry
    firm = make_representative()
    assert not gate.decide(firm, "resource.verify", opened).allowed
    for action in ("resource.verify", "resource.read"):
        firm = make_representative()
        make_grant(Body.objects.get(pk=firm.body_id), opened, action=action)
        assert ask(firm, opened, WANG, 姓名="王小明")[1] == {"姓名": "yes"}


@pytest.mark.long
def test_a_batch_is_one_delivery_whose_questions_are_paced_one_by_one():
    entry = people()
    actor, grant = verifier(entry, bears=Obligations(rate_per_hour=10))
    right, wrong = (WANG, {"姓名": "王小明"}), (NOBODY, {"姓名": "王小明"})
    told = many(actor, entry, right, wrong, right, wrong, wrong, right)
    assert ["".join(each.items.values()) for each in told] == [
        "yes", "unknown", "yes", "unknown", "unknown", "yes",
    ]  # fmt: skip
    with pytest.raises(TooOften):
        many(actor, entry, *[right] * 5)
    many(actor, entry, *[right] * 4)
    first, second = Delivery.objects.order_by("begun_at")
    assert (first.channel, first.rows, first.grant_id) == ("verify", 6, grant.pk)
    assert second.rows == 4
    assert WANG not in str(first.payload) + str(list(Watch.objects.values()))


def test_ten_thousand_are_answered_in_their_order():
    entry = people()
    actor, _ = verifier(entry)
    asked = [(WANG if n % 3 else NOBODY, {"姓名": "王小明"}) for n in range(10_000)]
    told = many(actor, entry, *asked)
    assert ["yes" in each.items.values() for each in told] == [n % 3 > 0 for n in range(10_000)]


# What looks like enumeration.


@pytest.mark.duty("collection.verify")
def test_enumeration_is_told_and_then_stopped_for_whoever_asks():
    entry = people()
    steward, runs = make_actor(entry.provider), make_actor(agency(), "officer")
    actor, grant = verifier(entry)
    other, _ = verifier(entry)

    def guess(many_):
        return many(actor, entry, *[(WANG, {"姓名": f"王{n}"}) for n in range(many_)])

    guess(199)
    assert not Notice.objects.filter(event__startswith="verification").exists()
    guess(2)
    guess(2)
    told = Notice.objects.filter(event="verification.enumerated").values_list("to", flat=True)
    assert set(told) >= {steward.person_id, runs.person_id}
    assert len(told) == len(set(told))
    guess(1_800)
    (hold,) = Hold.objects.filter(on=grant.pk)
    assert (hold.actions, hold.placed_by_id) == (["resource.verify"], entry.provider_id)
    with pytest.raises(gate.Refused):
        guess(1)
    assert ask(other, entry, WANG, 姓名="王小明")[1] == {"姓名": "yes"}


def test_a_grant_of_rows_that_is_stopped_for_verification_verifies_no_more():
    entry = people()
    actor, grant = verifier(entry, action="resource.read")
    assert gate.decide(actor, "resource.verify", entry).allowed
    make_hold(grant, "resource.verify")
    assert not gate.decide(actor, "resource.verify", entry).allowed
    assert gate.decide(actor, "resource.read", entry).allowed
