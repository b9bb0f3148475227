"""What one follows, keeps and rates: one's own affair, seen by nobody else, and in no leaf."""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from procrastinate.contrib.django import app

from yelin import gate
from yelin.catalog.models import Entry, State
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete
from yelin.notices.events import Event
from yelin.notices.telling import tell
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person, Seat
from yelin.talking import rules, telling
from yelin.talking.models import FollowedSearch, Kept, KeptAs, Rating, Told
from yelin.warehouse.models import Release

# So many are told in one transaction: nobody waits longer for what they lock.
LOT = 500
EVENTS = {
    each.name: each
    for each in (telling.RELEASED, telling.CHANGED, telling.APPEARED, telling.WITHDRAWN)
}


def keep(actor: Actor, person: Person, on: Entry | Body, kept_as: KeptAs) -> None:
    """Let a person follow a resource or a provider, or keep it among the favourites.

    Raises ``Refused`` for a resource that one may not know of, ``Incomplete`` for too many.
    """
    if isinstance(on, Entry):
        gate.decide(actor, "talking.keep", on).must_allow("talking.keep", on.pk)
    if Kept.objects.filter(person=person).count() >= rules.MOST_KEPT:
        raise Incomplete.at("on", "You keep as many as one may. Let some go first.", duties.TALK)
    with transaction.atomic():
        Kept.objects.get_or_create(
            person=person, on=on.thing, kept_as=kept_as, defaults={"at": clock.now()}
        )
        if kept_as == KeptAs.FOLLOWED:
            # What was before is known; what comes from now on is told.
            Told.objects.bulk_create(_standing(on), ignore_conflicts=True)


def let_go(person: Person, on: UUID, kept_as: KeptAs) -> bool:
    """Follow or keep it no more; return whether one did."""
    gone, _each = Kept.objects.filter(person=person, on=on, kept_as=kept_as).delete()
    return bool(gone)


def rate(actor: Actor, person: Person, entry: Entry, stars: int) -> Rating:
    """Let a person give a resource so many of five stars; a later rating replaces it.

    Raises ``Refused``, or ``Incomplete`` for other numbers and for too many in an hour.
    """
    gate.decide(actor, "talking.rate", entry).must_allow("talking.rate", entry.pk)
    if stars not in rules.STARS:
        raise Incomplete.at("stars", "Give one to five stars.", duties.TALK)
    lately = Rating.objects.filter(person=person, at__gte=clock.this_hour())
    if lately.exclude(entry=entry).count() >= rules.RATINGS_AN_HOUR:
        raise Incomplete.at("stars", "That is enough for one hour. Go on later.", duties.TALK)
    made, _new = Rating.objects.update_or_create(
        entry=entry, person=person, defaults={"stars": stars, "at": clock.now()}
    )
    return made


def _with_news() -> "QuerySet[Entry]":
    """Return entries, each with the number of its newest release."""
    newest = Release.objects.filter(entry=OuterRef("pk")).order_by().values("entry")
    number = Subquery(newest.annotate(n=Max("number")).values("n"))
    return Entry.objects.annotate(newest=Coalesce(number, Value(0)))


def _standing(on: Entry | Body) -> Iterator[Told]:
    of = Q(pk=on.pk) if isinstance(on, Entry) else Q(provider=on.pk, state=State.CONFIRMED)
    for entry in _with_news().filter(of):
        yield _told(entry)


def _told(entry: Entry) -> Told:
    return Told(
        entry=entry,
        release=entry.newest,  # type: ignore[attr-defined]  # annotated
        version=entry.version,
        withdrawn=entry.state == State.WITHDRAWN,
    )


def _followed() -> Q:
    own = Kept.objects.filter(on=OuterRef("pk"), kept_as=KeptAs.FOLLOWED)
    provider = Kept.objects.filter(on=OuterRef("provider"), kept_as=KeptAs.FOLLOWED)
    return Q(Exists(own)) | Q(Exists(provider))


def look() -> int:
    """Have followers told of what is new since they were told last; return how much that is."""
    seen = _with_news().filter(_followed(), state__in=[State.CONFIRMED, State.WITHDRAWN])
    new = Q(told_followers=None, state=State.CONFIRMED)
    differs = (
        Q(newest__gt=F("told_followers__release"))
        | Q(version__gt=F("told_followers__version"))
        | Q(state=State.WITHDRAWN, told_followers__withdrawn=False)
    )
    found = 0
    for entry in seen.filter(new | differs).select_related("told_followers").order_by("pk"):
        with transaction.atomic():
            found += _note(entry)
    return found


def _note(entry: Entry) -> int:
    """Note what followers are told of from now on, and have them told, both or neither."""
    before = Told.objects.select_for_update().filter(entry=entry).first()
    after = _told(entry)
    events = list(_events(before, after))
    after.save(force_insert=before is None)
    for of in events:
        tell_later(entry.pk, of, release=after.release, version=after.version)
    return len(events)


def _events(before: Told | None, after: Told) -> Iterator[Event]:
    if before is None:
        yield telling.APPEARED
    elif after.withdrawn and not before.withdrawn:
        yield telling.WITHDRAWN
    elif not after.withdrawn:
        if after.release > before.release:
            yield telling.RELEASED
        if after.version > before.version:
            yield telling.CHANGED


def tell_later(
    entry: UUID, of: Event, *, release: int, version: int, after: str = "", at: str = ""
) -> None:
    """Have the followers after this one told by the worker, in one lot after the other."""
    app.configure_task("talking.tell_followers", lock=f"talking.tell:{entry}").defer(
        entry=str(entry),
        event=of.name,
        release=release,
        version=version,
        after=after,
        at=at or clock.now().isoformat(),
    )


def tell_lot(
    entry: UUID, of: str, *, release: int, version: int, after: str, at: str
) -> str | None:
    """Tell the next lot of followers; return the last of them, or nothing where all are told.

    Whoever is killed in between tells nobody twice.
    """
    about = Entry.objects.select_related("provider", "thing").filter(pk=entry).first()
    if about is None:
        return None
    people = in_lots(followers(about), after)
    may_know = _may_know(about)
    told = EVENTS[of]
    tell(
        told,
        to=[person for person in people if may_know(person)],
        about=about,
        at=datetime.fromisoformat(at),
        params={
            "code": str(about.code),
            **({"release": release} if "release" in told.says else {}),
        },
        once=f"{about.code} {release} {version}",
    )
    return str(people[-1]) if len(people) == LOT else None


def followers(entry: Entry) -> "QuerySet[Kept, UUID]":
    """Return who follows a resource, or its provider."""
    on = Kept.objects.filter(on__in=[entry.pk, entry.provider_id], kept_as=KeptAs.FOLLOWED)
    return on.values_list("person", flat=True).distinct()


def in_lots(people: "QuerySet[Kept, UUID]", after: str) -> list[UUID]:
    """Return the next lot of people, by their ids."""
    if after:
        people = people.filter(person__gt=after)
    return list(people.order_by("person")[:LOT])


def _may_know(entry: Entry) -> Callable[[UUID], bool]:
    """Return who may know what is told of an entry: everybody, or each as the gate says."""
    action = "tombstone.see" if entry.state == State.WITHDRAWN else "entry.read"
    if gate.decide(Actor.anyone(), action, entry).allowed:
        return lambda _person: True

    def may_know(person: UUID) -> bool:
        row = Person.objects.get(pk=person)
        seats = Seat.objects.live().filter(person=person).select_related("body")
        actors = [Actor.citizen(row), *(Actor.of(seat) for seat in seats)]
        return any(gate.decide(actor, action, entry).allowed for actor in actors)

    return may_know


def forget(person: UUID) -> None:
    """Erase what a person followed, searches too, kept and rated."""
    Kept.objects.filter(person=person).delete()
    FollowedSearch.objects.filter(person=person).delete()
    Rating.objects.filter(person=person).delete()
