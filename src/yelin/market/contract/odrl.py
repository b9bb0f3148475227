"""The machine twin of a contract's terms: a policy of ODRL 2.2 in JSON-LD, and what it allows.

Pure. W3C's model says how a policy is written and leaves open how one is judged, so two readers of
one policy may differ. Here the rule is one: whatever is not understood (an action, an operand, an
operator, a value that does not parse, a word not known) allows nothing, and a prohibition wins over
every permission. So a policy never allows more by being narrowed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from yelin.market.contract.terms import Terms, Use
from yelin.market.listing.content import PriceMode

# In the policy itself: whoever reads it need not fetch what its words mean.
CONTEXT: Mapping[str, Any] = {
    "@vocab": "http://www.w3.org/ns/odrl/2/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "uid": "@id",
    **{name: {"@type": "@id"} for name in ("target", "assigner", "assignee", "unit")},
    **{name: {"@type": "@vocab"} for name in ("action", "leftOperand", "operator", "conflict")},
}
# Actions of ODRL 2.2 (W3C, 2018) that terms speak of.
ACTIONS = frozenset(
    {"use", "read", "derive", "aggregate", "index", "distribute", "sell", "grantUse", "delete"}
)
# What "use" covers (ODRL 2.2, included in): to hand on or to sell is never among it here.
_COVERED = frozenset({"use", "read", "derive", "aggregate", "index"})
_KEYS = {
    "policy": {
        "@context",
        "@type",
        "uid",
        "conflict",
        "permission",
        "prohibition",
        "obligation",
    },
    "rule": {"action", "target", "assigner", "assignee", "constraint", "duty"},
    "constraint": {"leftOperand", "operator", "rightOperand", "unit"},
}


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody wants to do: the action, for what, when, where, how often so far."""

    action: str
    target: str
    assignee: str
    on: date
    purpose: str = ""
    territory: str = ""
    count: int = 1
    way: str = ""


def policy_of(terms: Terms, uid: str) -> dict[str, Any]:
    """Return terms as an agreement of ODRL; ``uid`` and the parties' codes become names (URN)."""
    asset = target_of(terms)
    sides = {"assigner": party_of(terms.provider.code), "assignee": party_of(terms.consumer.code)}
    common = {"target": asset, **sides}
    use = terms.use or Use(purposes=())
    bounds = _bounds(terms)
    permitted: list[dict[str, Any]] = [
        {
            **common,
            "action": "use",
            "constraint": [*bounds, _constraint("purpose", "isAnyOf", list(use.purposes))],
            **({"duty": duty} if (duty := _payment(terms)) else {}),
        }
    ]
    onward = {"sell": use.resale, "distribute": use.resale, "grantUse": use.sublicence}
    permitted += [
        {**common, "action": action, "constraint": [*bounds]}
        for action, may in onward.items()
        if may
    ]
    forbidden: list[dict[str, Any]] = [
        {**common, "action": action} for action, may in onward.items() if not may
    ]
    if use.forbidden:
        refused = _constraint("purpose", "isAnyOf", list(use.forbidden))
        forbidden.append({**common, "action": "use", "constraint": [refused]})
    policy = {
        "@context": dict(CONTEXT),
        "@type": "Agreement",
        "uid": uid,
        "conflict": "prohibit",
        "permission": permitted,
        "prohibition": forbidden,
    }
    if terms.ending:
        policy["obligation"] = [{"action": "delete", **common}]
    return policy


def target_of(terms: Terms) -> str:
    """Return the name under which policies know what is contracted on."""
    return f"urn:yelin:product:{terms.matter.product or terms.matter.listing or terms.digest.hex()}"


def party_of(code: str) -> str:
    """Return the name under which policies know a party, by its unified social credit code."""
    return f"urn:uscc:{code}"


def _constraint(left: str, operator: str, right: Any) -> dict[str, Any]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _date(day: date) -> dict[str, str]:
    return {"@value": day.isoformat(), "@type": "xsd:date"}


def _bounds(terms: Terms) -> list[dict[str, Any]]:
    bounds = []
    if terms.period:
        bounds.append(_constraint("dateTime", "gteq", _date(terms.period.since)))
        bounds.append(_constraint("dateTime", "lteq", _date(terms.period.until)))
    if terms.territory:
        bounds.append(_constraint("spatial", "eq", terms.territory))
    if terms.delivery:
        ways = [way.value for way in terms.delivery.ways]
        bounds.append(_constraint("deliveryChannel", "isAnyOf", ways))
    return bounds


def _payment(terms: Terms) -> list[dict[str, Any]]:
    price = terms.price
    if price is None or price.mode is PriceMode.FREE or price.amount is None:
        return []
    amount = {"@value": terms.plain()["price"]["amount"], "@type": "xsd:decimal"}
    unit = f"urn:iso:std:iso:4217:{price.currency}"
    return [
        {
            "action": "compensate",
            "constraint": [{**_constraint("payAmount", "eq", amount), "unit": unit}],
        }
    ]


class _Unknown(Exception):
    """The policy says something that is not understood here."""


@dataclass(frozen=True, slots=True)
class _Operand:
    """How an operand is read from a policy, and what an ask says of it."""

    asked: Callable[[Ask], Any]
    read: Callable[[Any], Any]
    operators: frozenset[str] = frozenset({"eq", "neq", "isAnyOf", "isNoneOf"})


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise _Unknown
    return value


def _literal(value: Any, kind: str) -> str:
    if isinstance(value, Mapping):
        if set(value) != {"@value", "@type"} or value["@type"] != f"xsd:{kind}":
            raise _Unknown
        value = value["@value"]
    return _text(value)


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(_literal(value, "date"))
    except ValueError:
        raise _Unknown from None


def _number(value: Any) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    try:
        number = Decimal(_literal(value, "integer"))
    except InvalidOperation:
        raise _Unknown from None
    if not number.is_finite():
        raise _Unknown
    return number


_ORDERED = frozenset({"eq", "neq", "lt", "lteq", "gt", "gteq"})
OPERANDS: Mapping[str, _Operand] = {
    "purpose": _Operand(lambda ask: ask.purpose, _text),
    "spatial": _Operand(lambda ask: ask.territory, _text),
    "deliveryChannel": _Operand(lambda ask: ask.way, _text),
    "dateTime": _Operand(lambda ask: ask.on, _day, _ORDERED),
    "count": _Operand(lambda ask: Decimal(ask.count), _number, _ORDERED),
}
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "neq": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "lteq": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gteq": lambda a, b: a >= b,
    "isAnyOf": lambda a, b: a in b,
    "isNoneOf": lambda a, b: a not in b,
}


def allows(policy: Mapping[str, Any], ask: Ask) -> bool:
    """Whether a policy lets ``ask`` be done; what is not understood anywhere in it allows nothing.

    A permission must fit whole. A prohibition that fits, or would if what the ask leaves unsaid
    were said so, wins. Duties and obligations are for whoever settles, and permit nothing here.
    """
    try:
        _known_only(policy, "policy")
        if ask.action not in ACTIONS or policy.get("@type") not in {"Agreement", "Offer", "Set"}:
            return False
        if policy["@context"] != CONTEXT or policy.get("conflict", "prohibit") != "prohibit":
            return False
        # All of it is read before any of it decides: half understood is not understood.
        forbidden = [_fits(rule, ask, unsaid=True) for rule in _rules(policy, "prohibition")]
        permitted = [_fits(rule, ask, unsaid=False) for rule in _rules(policy, "permission")]
    except (_Unknown, TypeError, AttributeError, KeyError):
        return False
    return any(permitted) and not any(forbidden)


def _rules(policy: Mapping[str, Any], kind: str) -> Sequence[Mapping[str, Any]]:
    rules = policy.get(kind, [])
    if not isinstance(rules, list):
        raise _Unknown
    return rules


def _known_only(said: Any, kind: str) -> None:
    if not isinstance(said, Mapping) or not set(said) <= _KEYS[kind]:
        raise _Unknown


def _fits(rule: Mapping[str, Any], ask: Ask, *, unsaid: bool) -> bool:
    _known_only(rule, "rule")
    action = rule["action"]
    if not isinstance(action, str) or action not in ACTIONS:
        raise _Unknown
    constraints = rule.get("constraint", [])
    if not isinstance(constraints, list):
        raise _Unknown
    # Each is read, even where an earlier one does not hold.
    held = [_holds(each, ask, unsaid=unsaid) for each in constraints]
    return (
        (action == ask.action or (action == "use" and ask.action in _COVERED))
        and _text(rule["target"]) == ask.target
        and _text(rule["assignee"]) == ask.assignee
        and all(held)
    )


def _holds(constraint: Mapping[str, Any], ask: Ask, *, unsaid: bool) -> bool:
    _known_only(constraint, "constraint")
    operand = OPERANDS.get(_text(constraint["leftOperand"]))
    operator = _text(constraint["operator"])
    if operand is None or operator not in operand.operators or "unit" in constraint:
        raise _Unknown
    right = constraint["rightOperand"]
    asked = operand.asked(ask)
    if operator in {"isAnyOf", "isNoneOf"} and not isinstance(right, list):
        raise _Unknown
    value = [*map(operand.read, right)] if isinstance(right, list) else operand.read(right)
    return unsaid if asked == "" else _COMPARED[operator](asked, value)
