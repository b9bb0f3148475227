"""What a policy allows: nothing that it does not say, and never more by being narrowed."""

import json
from copy import deepcopy
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Dataset, Namespace, URIRef
from tests.market.contract.makers import terms

from yelin.market.contract import odrl
from yelin.market.contract.odrl import Ask

pytestmark = pytest.mark.duty("contract.whole")

SINCE = date(2026, 3, 1)
USE = {"purposes": ["研究", "保险"], "forbidden": ["营销"], "resale": False, "sublicence": True}
TERMS = terms(since=SINCE, use=USE)
POLICY = odrl.policy_of(TERMS, "urn:yelin:contract:HT-2026-000001")
GOOD = Ask(
    action="read",
    target=odrl.target_of(TERMS),
    assignee=f"urn:uscc:{TERMS.consumer.code}",
    on=SINCE,
    purpose="研究",
    territory=TERMS.territory,
    way="api",
)
ASKS = st.builds(
    Ask,
    action=st.sampled_from([*sorted(odrl.ACTIONS), "print"]),
    target=st.sampled_from([GOOD.target, "urn:other"]),
    assignee=st.sampled_from([GOOD.assignee, "urn:uscc:other"]),
    on=st.sampled_from([SINCE - timedelta(days=1), SINCE, SINCE + timedelta(days=364),
                        SINCE + timedelta(days=365)]),
    purpose=st.sampled_from(["", "研究", "保险", "营销", "转卖"]),
    territory=st.sampled_from(["", TERMS.territory, "境外"]),
    count=st.integers(0, 5),
    way=st.sampled_from(["", "api", "file", "compute"]),
)  # fmt: skip


def asked(**over) -> Ask:
    return Ask(**{**{name: getattr(GOOD, name) for name in Ask.__slots__}, **over})


def test_what_is_agreed_is_allowed_and_nothing_beside_it():
    assert odrl.allows(POLICY, GOOD)
    for over in (
        {"purpose": "营销"},
        {"purpose": ""},
        {"purpose": "未说的用途"},
        {"on": SINCE - timedelta(days=1)},
        {"on": SINCE + timedelta(days=365)},
        {"territory": "境外"},
        {"way": "compute"},
        {"assignee": "urn:uscc:91460000MA5TCCCC0C"},
        {"target": "urn:yelin:product:other"},
        {"action": "sell"},
        {"action": "distribute"},
        {"action": "print"},
        {"action": "delete"},
    ):
        assert not odrl.allows(POLICY, asked(**over)), over
    assert odrl.allows(POLICY, asked(action="grantUse"))


def _broken():
    """Policies in which one thing is not understood, each with what it is."""

    def at(path, value):
        made = deepcopy(POLICY)
        held = made
        for step in path[:-1]:
            held = held[step]
        held[path[-1]] = value
        return made

    rule = ("permission", 0)
    bound = (*rule, "constraint", 0)
    yield "an action", at((*rule, "action"), "perform")
    yield "an action with a refinement", at((*rule, "action"), {"value": "use"})
    yield "an operand", at((*bound, "leftOperand"), "mood")
    yield "an operator", at((*bound, "operator"), "hasPart")
    yield "an operator of others", at((*bound, "operator"), "isAnyOf")
    yield "a day", at((*bound, "rightOperand"), {"@value": "soon", "@type": "xsd:date"})
    yield "a type", at((*bound, "rightOperand"), {"@value": "2026-03-01", "@type": "xsd:gYear"})
    yield "no value", at((*bound, "rightOperand"), None)
    yield "a unit", at((*bound, "unit"), "urn:x")
    yield "a logical constraint", at((*rule, "constraint"), [{"or": []}])
    yield "constraints that are none", at((*rule, "constraint"), {})
    yield "a word", at((*rule, "remedy"), [])
    yield "a prohibition", at(("prohibition", 0, "action"), "perform")
    yield "a profile", {**POLICY, "profile": "urn:x"}
    yield "a strategy", {**POLICY, "conflict": "perm"}
    yield "a type of policy", {**POLICY, "@type": "Ticket"}
    yield "words of others", {**POLICY, "@context": "https://example.org/"}
    yield "no rules", {**POLICY, "permission": {}}
    yield "no target", at(rule, {"action": "use"})


@pytest.mark.parametrize(("what", "policy"), [*_broken()], ids=lambda each: str(each)[:30])
def test_what_is_not_understood_allows_nothing(what, policy):
    assert not odrl.allows(policy, GOOD), what


@pytest.mark.parametrize("policy", [None, [], "x", {}, {"permission": [None]}])
def test_what_is_no_policy_allows_nothing(policy):
    assert not odrl.allows(policy, GOOD)


_BOUNDS = st.sampled_from(
    [
        {"leftOperand": "purpose", "operator": "eq", "rightOperand": "研究"},
        {"leftOperand": "purpose", "operator": "isNoneOf", "rightOperand": ["保险"]},
        {"leftOperand": "count", "operator": "lteq", "rightOperand": 2},
        {"leftOperand": "spatial", "operator": "neq", "rightOperand": "境外"},
        {"leftOperand": "deliveryChannel", "operator": "isAnyOf", "rightOperand": ["api"]},
        {
            "leftOperand": "dateTime",
            "operator": "lt",
            "rightOperand": {"@value": "2026-03-02", "@type": "xsd:date"},
        },
        {"leftOperand": "mood", "operator": "eq", "rightOperand": "good"},
    ]
)


@given(ASKS, _BOUNDS, st.data())
def test_a_narrower_policy_never_allows_more(ask, bound, data):
    narrow = deepcopy(POLICY)
    place = data.draw(st.integers(0, len(narrow["permission"]) - 1))
    match data.draw(st.sampled_from(["bound", "removed", "shorter", "forbidden"])):
        case "bound":
            narrow["permission"][place]["constraint"].append(bound)
        case "removed":
            narrow["permission"].pop(place)
        case "shorter":
            until = narrow["permission"][place]["constraint"][1]
            until["rightOperand"] = {"@value": "2026-03-01", "@type": "xsd:date"}
        case "forbidden":
            rule = {"action": "read", "target": GOOD.target, "assignee": GOOD.assignee}
            narrow["prohibition"].append({**rule, "constraint": [bound]})
    assert odrl.allows(POLICY, ask) or not odrl.allows(narrow, ask)


@given(ASKS, st.booleans(), st.booleans())
def test_it_allows_what_the_terms_themselves_say(ask, resale, sublicence):
    """Another way to the same answer: from the terms, without the policy."""
    said = terms(since=SINCE, use=USE | {"resale": resale, "sublicence": sublicence})
    onward = {"sell": resale, "distribute": resale, "grantUse": sublicence}
    within = (
        ask.target == GOOD.target
        and ask.assignee == GOOD.assignee
        and said.period.since <= ask.on <= said.period.until
        and ask.territory == said.territory
        and ask.way in {way.value for way in said.delivery.ways}
    )
    if ask.action in onward:
        right = onward[ask.action]
    else:
        covered = ask.action in {"use", "read", "derive", "aggregate", "index"}
        right = covered and ask.purpose in {"研究", "保险"}
    assert odrl.allows(odrl.policy_of(said, "urn:x"), ask) is (within and right)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_programs_of_others_read_the_same_policy():
    graph = Dataset(default_union=True).parse(data=json.dumps(POLICY), format="json-ld")
    words = Namespace("http://www.w3.org/ns/odrl/2/")
    agreement = URIRef("urn:yelin:contract:HT-2026-000001")
    permitted = list(graph.objects(agreement, words.permission))
    assert {graph.value(each, words.action) for each in permitted} == {words.use, words.grantUse}
    assert {graph.value(each, words.target) for each in permitted} == {URIRef(GOOD.target)}
    operands = {
        operand for each in permitted for bound in graph.objects(each, words.constraint)
        for operand in graph.objects(bound, words.leftOperand)
    }  # fmt: skip
    assert operands == {words.purpose, words.dateTime, words.spatial, words.deliveryChannel}
