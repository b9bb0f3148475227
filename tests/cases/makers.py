"""A case of every kind that is declared, with everybody who may act in it."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from tests.catalog.makers import agency
from tests.delivery.makers import make_doubt
from tests.exchange.makers import CONDITIONS, make_request
from tests.opening.makers import (
    make_application,
    make_conditional,
    make_identity,
    make_verified,
)
from tests.parties.makers import (
    make_actor,
    make_body,
    make_citizen,
    make_enterprise,
    make_person,
    make_representative,
)
from tests.talking.makers import make_complaint

from yelin.cases import acts
from yelin.cases.models import Case
from yelin.cases.tasks import CLOCK
from yelin.catalog.models import Entry
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person
from yelin.privacy import subject_acts, subject_tasks
from yelin.privacy.requesting import Wish


@dataclass(frozen=True)
class Parties:
    """A case with those who act in it, by what they are to it."""

    case: Case
    by: dict[str, Actor]
    third: Body
    fourth: Body
    witness: Person


# How a case of each kind begins. Data that could not be used is mended without a release.
def make_subject_request(entry: Entry, actor: Actor) -> Case:
    """Somebody asks for a copy of what a resource holds of them, and nothing is found there."""
    make_verified(actor)
    wish = Wish(what="copy", says="想核对")
    case = subject_acts.ask(actor=actor, body=entry.provider, entry=entry, wish=wish)
    subject_tasks.find(case=str(case.pk))
    return case


MAKERS = {
    "exchange.request": make_request,
    "opening.application": make_application,
    "data.doubt": partial(make_doubt, fails="usable"),
    "rights.complaint": make_complaint,
    "personal.request": make_subject_request,
    "identity.check": lambda _entry, actor: make_identity(actor),
}


# What of a case is asked anew each time, as it is kept nowhere.
NUMBERS = {"identity.check": {"number": "11010519491231002X"}}


def informatization() -> Body:
    """The one body of the province that decides what is asked again."""
    known = Body.objects.filter(kind="informatization").first()
    return known or make_body(kind="informatization", name="海南省工业和信息化厅")


def make_parties(kind="opening.application") -> Parties:
    entry, third = make_conditional(make_body(), **CONDITIONS), make_enterprise()
    agency()
    shares = kind == "exchange.request"
    of_identity = kind == "identity.check"
    by_agency = shares or of_identity or kind == "rights.complaint"
    by = {
        "applicant": make_actor() if shares else make_citizen(),
        "examiner": make_actor(agency() if by_agency else entry.provider),
        "handler": make_actor(agency() if of_identity else entry.provider),
        "reviewer": make_actor(agency() if shares else informatization(), "officer"),
        "heard": make_representative(third),
        "stranger": make_citizen(),
        "clock": CLOCK,
        "step": make_actor(entry.provider if of_identity else agency()),
    }
    case = MAKERS[kind](entry, by["applicant"])
    return Parties(case, by, third, fourth=make_enterprise(), witness=make_person())


def given(case: Case, *items: str) -> dict:
    """What approves a case of its kind: all of it, or some items."""
    if case.kind == "rights.complaint":
        return {"says": "已删除相关列", "measure": "goes_on", "partly": bool(items)}
    if case.kind == "identity.check":
        return {"until": clock.today() + timedelta(days=30)} if items else {}
    if case.kind == "personal.request":
        return {"kept": [case.matter.code] if items else []}
    if case.kind == "data.doubt":
        return {"says": "编码已改为 UTF-8", "items": items}
    return {"until": case.asked["until"], "items": items}


def do(act: str, parties: Parties, by: str, **over):
    """Do an act of any name with words that suit it."""
    case = parties.case
    grounds = {"reason": "涉及企业秘密", "legal_basis": "第二十四条"}
    words = {
        "ask_completion": {"missing": "请说明安全措施"},
        "complete": {"asked": {**case.asked, **NUMBERS.get(case.kind, {})}},
        "suspend": {"reason": "third_party", "heard": parties.third},
        "hear_another": {"reason": "third_party", "heard": parties.fourth},
        "hear_person": {"reason": "third_party", "heard": parties.witness},
        "give_opinion": {"agrees": False, "words": "涉及本公司商业秘密"},
        "extend": {"reason": "数据量大"},
        "approve": {"approve": True, "given": given(case)},
        "approve_less": {"approve": True, "given": given(case, "年份"), **grounds},
        "refuse": {"approve": False, **grounds},
        "appeal": {"grounds": "理由不成立"},
        "uphold_appeal": {"upheld": True, "finding": "理由不足"},
        "dismiss_appeal": {"upheld": False, "finding": "于法有据"},
        "say": {"words": "请尽快处理"},
        "finish_step": {"finding": "与汇聚的数据一致"},
    }.get(act, {})
    called = {
        "hear_another": "suspend",
        "approve": "decide",
        "approve_less": "decide",
        "refuse": "decide",
        "uphold_appeal": "decide_appeal",
        "dismiss_appeal": "decide_appeal",
    }.get(act, act)
    about = {"step": case.steps.get()} if act == "finish_step" else {"case": case}
    return getattr(acts, called)(actor=parties.by[by], **about, **{**words, **over})
