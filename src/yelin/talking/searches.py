"""Searches that one follows, one's own affair too; what they find anew is told once a day."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from yelin.catalog.models import Entry
from yelin.catalog.reads import Search
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete
from yelin.notices.telling import tell
from yelin.parties.actor import Actor
from yelin.parties.models import Person, Seat
from yelin.talking import rules, telling
from yelin.talking.models import FollowedSearch
from yelin.warehouse import told

# What happened on one day is told on the next: by then every act of it is committed. Of what one
# may not read the day alone is known.
FROM_HOUR = 7


def follow(person: Person, search: Search) -> FollowedSearch:
    """Let a person be told of what a search finds from now on.

    Raises ``Incomplete`` for one that asks for nothing, and where one follows as many as one may.
    """
    if not search.words and not any(search.chosen.values()):
        says = "Search for words, or choose a filter, before you follow it."
        raise Incomplete.at("search", says, duties.TALK)
    asked = {"words": search.words, "chosen": _plain(search.chosen)}
    key = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    with transaction.atomic():
        # Of two that begin at once the second sees what the first has.
        Person.objects.select_for_update().get(pk=person.pk)
        mine = FollowedSearch.objects.filter(person=person)
        if (before := mine.filter(key=key).first()) is not None:
            return before
        if mine.count() >= rules.MOST_SEARCHES:
            says = "You follow as many searches as one may. Let some go first."
            raise Incomplete.at("search", says, duties.TALK)
        now = clock.now()
        return FollowedSearch.objects.create(
            person=person, key=key, at=now, told_until=now, **asked
        )


def let_go(person: Person, pk: int) -> bool:
    """Follow a search no more; return whether one did."""
    gone, _each = FollowedSearch.objects.filter(person=person, pk=pk).delete()
    return bool(gone)


def followed(person: Person) -> list[FollowedSearch]:
    """Return the searches that a person follows, the newest first."""
    return list(FollowedSearch.objects.filter(person=person).order_by("-at", "pk"))


def _plain(chosen: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {name: sorted(set(values)) for name, values in sorted(chosen.items()) if values}


def look() -> int:
    """Tell everyone whose day has come of what is new among the hits; return how many were told."""
    until = clock.beginning_of(clock.today())
    if clock.now().hour < FROM_HOUR:
        return 0
    due = FollowedSearch.objects.filter(told_until__lt=until)
    people = list(due.order_by("person").values_list("person", flat=True).distinct())
    return sum(_tell(person, until) for person in people)


def _tell(pk: UUID, until: datetime) -> bool:
    """Tell one person of all searches at once; killed in between, it is told once all the same."""
    with transaction.atomic():
        rows = FollowedSearch.objects.select_for_update().filter(person=pk)
        searches = list(rows.filter(told_until__lt=until).order_by("pk"))
        if not searches:
            return False
        person = searches[0].person
        actors = list(_actors(person))
        codes: dict[str, None] = {}
        for each in searches:
            codes |= dict.fromkeys(_new(actors, each, until))
        rows.filter(pk__in=[each.pk for each in searches]).update(told_until=until)
        if not codes:
            return False
        shown = list(codes)[: rules.MOST_CODES]
        tell(
            telling.HITS,
            to=[pk],
            about=person,
            at=clock.now(),
            params={"n": len(codes), "codes": ", ".join(shown)},
        )
        return True


def _actors(person: Person) -> Iterator[Actor]:
    yield Actor.citizen(person)
    for seat in Seat.objects.live().filter(person=person).select_related("body", "person"):
        yield Actor.of(seat)


def _new(actors: Sequence[Actor], followed: FollowedSearch, until: datetime) -> list[str]:
    """Return the codes of what is new or changed among the hits that the person may see."""
    search = Search(followed.words, followed.chosen)
    found: dict[str, None] = {}
    for actor in actors:
        hits = told.listed(actor, search, followed.told_until, until)
        found |= dict.fromkeys(_codes(hits))
    return list(found)


def _codes(hits: QuerySet[Entry]) -> list[str]:
    return [code for code in hits.values_list("code", flat=True)[: rules.MOST_NEW] if code]
