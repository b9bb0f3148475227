"""How the law in use stands: what whoever operates the program must see to before it is late.

Days off are announced for one year at a time, in October or November of the year before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Min

from yelin.law import clock, packs
from yelin.law.duties import COUNT_TERMS, Duty
from yelin.law.models import Clock

EXPECTED_FROM = (11, 1)
"""From 1 November on, the notice for the next year is looked for."""


@dataclass(frozen=True, slots=True)
class Concern:
    """What is not as it should be: ``says`` is a message id, ``duty`` what it may come to touch.

    ``late`` says that terms are counted wrongly or not at all by now.
    """

    says: str
    params: Mapping[str, object] = field(default_factory=dict)
    late: bool = False
    duty: Duty = COUNT_TERMS


def concerns() -> list[Concern]:
    """Return what to see to, what is late first."""
    return sorted((*_notices(), *_provisional(), *_unknown()), key=lambda told: not told.late)


def _notices() -> Iterator[Concern]:
    today, held = clock.today(), {notice.year for notice in packs.active().notices}
    if today.year not in held:
        yield Concern(
            "No notice on the days off of {year} is in the calendar: terms are counted by week and"
            " holiday law alone. Add it.",
            {"year": today.year},
            late=True,
        )
    if (today.month, today.day) >= EXPECTED_FROM and today.year + 1 not in held:
        yield Concern(
            "No notice on the days off of {year} is in the calendar yet. It is published in October"
            " or November: add it before the year begins.",
            {"year": today.year + 1},
        )


def _provisional() -> Iterator[Concern]:
    found = (
        Clock.objects.running()
        .filter(provisional=True)
        .aggregate(number=Count("pk"), first=Min("due"))
    )
    if found["number"]:
        first: date = found["first"]
        yield Concern(
            "Running terms that end on days that a notice on days off may still move: {number}, "
            "the first of them on {first}.",
            {"number": found["number"], "first": first},
            late=first < clock.today(),
        )


def _unknown() -> Iterator[Concern]:
    running = Clock.objects.running().order_by("term", "law_of")
    lost: dict[str, date] = {}
    for term, law_of in running.values_list("term", "law_of").distinct():
        try:
            packs.active().term(term, law_of)
        except KeyError:
            lost.setdefault(term, law_of)
    for term, law_of in lost.items():
        yield Concern(
            "Terms called {term} run, but the law of {day} has none of that name here: they cannot"
            " be counted anew.",
            {"term": term, "day": law_of},
            late=True,
        )
