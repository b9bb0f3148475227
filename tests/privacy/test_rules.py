"""Each clause that Article 21 forbids is found, named, and cited by its duty; nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.privacy.makers import GIVEN, content_of

from yelin.law import packs
from yelin.privacy import publishing, rules
from yelin.privacy.content import Basis, ChoiceContent, ItemContent, PurposeContent, Refusing

WORDS = publishing.vocabulary(packs.Pack.load("hainan-2019"))
OTHER = GIVEN.model_copy(update={"title": "向广告公司提供出行记录"})
ONE = content_of()
PHONE = ItemContent(name="手机号", purposes=(1,), need="通知停运")


def found(asked=(), **over) -> list[tuple[str, str]]:
    faults = rules.examine(content_of(**over), WORDS, asked)
    return [(fault.duty.name, fault.says.format(**fault.params)) for fault in faults]


def purpose(**over) -> tuple[PurposeContent, ...]:
    return (GIVEN.model_copy(update=over),)


def number(**over) -> tuple[ItemContent, ...]:
    return (ONE.items[0].model_copy(update=over),)


def boxes(*choices: tuple[str, tuple[int, ...]]) -> tuple[ChoiceContent, ...]:
    return tuple(ChoiceContent(label=label, purposes=of) for label, of in choices)


def _of(purpose: int) -> ItemContent:
    return PHONE.model_copy(update={"purposes": (purpose,)})


CASES = {
    "ticked beforehand": (
        "personal.freely",
        {"choices": (ChoiceContent(label="同意", purposes=(1,), ticked=True),)},
    ),
    "a pretext": ("personal.freely", {"purposes": purpose(title="为了提 升服务质量")}),
    "research as a pretext": ("personal.freely", {"purposes": purpose(title="用于科研")}),
    "no box asks": (
        "personal.freely",
        {
            "purposes": (*purpose(), OTHER),
            "items": (*number(), _of(2)),
            "choices": boxes(("同意", (1,)), ("不作选择", ())),
        },
    ),
    "serves no purpose": (
        "personal.needed",
        {"items": (*number(), PHONE.model_copy(update={"purposes": ()}))},
    ),
    "say why": ("personal.needed", {"items": number(need="")}),
    "needs no item": ("personal.needed", {"purposes": (*purpose(), OTHER), "choices": ()}),
    "loses the whole service": (
        "personal.needed",
        {"purposes": purpose(refusing=Refusing.SERVICE)},
    ),
    "how long": ("personal.state", {"purposes": purpose(retention="")}),
    "how the items are used": ("personal.state", {"purposes": purpose(use="")}),
    "which service": ("personal.state", {"service": ""}),
    "Two items are called": ("personal.state", {"items": number() * 2}),
    "not there": ("personal.state", {"items": (*number(), _of(2))}),
    "rests on no consent": ("personal.agree", {"purposes": purpose(basis=Basis.CONTRACT)}),
    "Mark it so": ("personal.separate", {"items": number(sensitive=False)}),
    "parent or guardian": ("personal.guardian", {"children": True}),
}  # fmt: skip


def test_a_lawful_notice_is_left_alone():
    assert found() == []
    assert found(choices=()) == []
    assert found(children=True, guardians=True) == []
    assert found(["身份证号"]) == []


@pytest.mark.duty("personal.freely")
@pytest.mark.duty("personal.needed")
@pytest.mark.duty("personal.state")
@pytest.mark.duty("personal.separate")
@pytest.mark.duty("personal.guardian")
@pytest.mark.duty("personal.agree")
@pytest.mark.parametrize("says", CASES)
def test_each_clause_is_found_alone_and_by_its_duty(says):
    duty, over = CASES[says]
    ((by, said),) = found(**over)
    assert by == duty
    assert says in said or "pretext" in said


@pytest.mark.duty("personal.freely")
def test_bundled_purposes_are_found_and_what_is_sensitive_among_them():
    both = {"purposes": (*purpose(), OTHER), "items": number(purposes=(1, 2))}
    told = found(**both, choices=boxes(("我已阅读并同意", (1, 2))))
    assert [by for by, _ in told] == ["personal.freely", "personal.separate", "personal.separate"]
    assert "several purposes at once" in told[0][1]
    assert found(**both, choices=boxes(("同意一", (1,)), ("同意二", (2,)))) == []


def test_what_the_form_asks_and_the_notice_does_not_say_is_found():
    ((by, said),) = found(["身份证号", "婚姻状况"])
    assert (by, "婚姻状况" in said) == ("personal.state", True)


def test_refusing_what_a_contract_needs_may_end_the_service():
    over = {"basis": Basis.CONTRACT, "law": "运输合同", "refusing": Refusing.SERVICE}
    assert found(purposes=purpose(**over)) == []


@given(st.text(max_size=3), st.sampled_from(sorted(WORDS.pretexts)), st.text(max_size=3))
def test_no_pretext_hides_behind_blanks_or_wide_letters(before, word, after):
    title = f"a{before}{' '.join(word)}{after}b"
    assert any("pretext" in said for _, said in found(purposes=purpose(title=title)))
