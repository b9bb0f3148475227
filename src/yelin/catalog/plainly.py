"""What the gate says of rows by those of their facts that have few values, asked once.

Most of what the gate asks of a row goes by five of its facts, which a number stands for. For each
number it is asked beforehand what its condition says of such rows whoever has them: it is granted,
or refused, or goes by more than these facts. Only the last are asked one by one. What it says here
is said by its own condition, of which each question is answered by the facts, or left open.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import product

from django.db import connection
from django.db.models import Q

from yelin.catalog.content import OpeningType, SharingType
from yelin.catalog.states import State

# The facts by which ``Findable.alike_seen`` is made, in its order, and the values that are asked.
_VALUES: Mapping[str, tuple[object, ...]] = {
    "social": (False, True),
    "opening_type": tuple(each.value for each in OpeningType),
    "sharing_type": tuple(each.value for each in SharingType),
    "state": tuple(each.value for each in State),
    "title_protected_by": ("",),
}
_NUMBERED = (
    "SELECT catalog_alike(social, opening, sharing, state, protected) FROM"
    " unnest(%s::boolean[], %s::text[], %s::text[], %s::text[], %s::text[])"
    " AS told(social, opening, sharing, state, protected)"
)
Facts = Mapping[str, object]
Answer = bool | None


def shortened(condition: Q) -> Q:
    """Return ``condition`` as one that asks of few rows more than the number of their facts."""
    children = condition.children if _joins(condition) else [condition]
    told = {number: {at: says(child, facts) for at, child in enumerate(children)}
            for number, facts in _numbered().items()}  # fmt: skip
    plain = [
        at for at in range(len(children)) if any(each[at] is not None for each in told.values())
    ]
    if not plain:
        return condition
    whole = {number: _all_of(each[at] for at in plain) for number, each in told.items()}
    granted = sorted(number for number, answer in whole.items() if answer)
    refused = sorted(number for number, answer in whole.items() if answer is False)
    asked = Q(*(children[at] for at in plain))
    short = Q(alike_seen__in=granted) | (~Q(alike_seen__in=refused) & asked)
    return short & Q(*(child for at, child in enumerate(children) if at not in plain))


def says(condition: object, facts: Facts) -> Answer:
    """Return what ``condition`` says of what has the ``facts``, or nothing where it asks more."""
    if isinstance(condition, Q):
        each = (says(child, facts) for child in condition.children)
        if condition.connector == Q.AND:
            found = _all_of(each)
        elif condition.connector == Q.OR:
            found = _negated(_all_of(map(_negated, each)))
        else:
            return None
        return _negated(found) if condition.negated else found
    if not isinstance(condition, tuple):
        return None
    name, value = condition
    column, _, lookup = name.partition("__")
    if column not in facts or lookup not in {"", "exact", "in"}:
        return None
    values = value if lookup == "in" else [value]
    # What is another column's, or asked of a table, is known of no fact.
    if not isinstance(values, (list, tuple, set, frozenset)) or not all(map(_is_plain, values)):
        return None
    return facts[column] in values


def _is_plain(value: object) -> bool:
    return isinstance(value, str | bool)


def _joins(condition: Q) -> bool:
    return condition.connector == Q.AND and not condition.negated


def _all_of(answers: Iterable[Answer]) -> Answer:
    each = list(answers)
    if False in each:
        return False
    return None if None in each else True


def _negated(answer: Answer) -> Answer:
    return None if answer is None else not answer


@cache
def _numbered() -> Mapping[int, Facts]:
    """Return the facts by their number, as the database makes it."""
    rows = list(product(*_VALUES.values()))
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERED, [list(column) for column in zip(*rows, strict=True)])
        numbers = [number for (number,) in cursor.fetchall()]
    return {
        number: dict(zip(_VALUES, row, strict=True))
        for number, row in zip(numbers, rows, strict=True)
    }
