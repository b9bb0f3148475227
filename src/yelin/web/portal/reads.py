"""What the portal's pages ask of the rooms below: newest, most used, cards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry, EntryVersion, Findable, Item, State
from yelin.catalog.reads import Search
from yelin.law import clock
from yelin.ledger.models import Leaf, Loss
from yelin.notices.models import Channel
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Deputy, Invitation, Person
from yelin.warehouse import reads as warehouse
from yelin.warehouse.models import Release


def readable(actor: Actor) -> QuerySet[Entry]:
    """Return the confirmed entries whose metadata ``actor`` may read."""
    return catalog.readable(actor).select_related("provider")


@dataclass(frozen=True, slots=True)
class Table:
    """A resource whose rows one may take, with the columns that one has of it."""

    entry: Entry
    items: list[Item]


def tables(actor: Actor, words: str, limit: int) -> list[Table]:
    """Return tables that ``actor`` may take, the newest first, or those that ``words`` find."""
    found = catalog.find(actor, Search(words)).rows()
    has_rows = Exists(Release.objects.filter(entry=OuterRef("pk"), columns__gt=0))
    takeable = gate.visible_to(actor, "resource.read", found.filter(state=State.CONFIRMED))
    entries = list(takeable.filter(has_rows).prefetch_related("items")[:limit])
    decisions = gate.decide_each(actor, "resource.read", entries)
    return [
        Table(entry, [item for item in entry.items.all() if decision.shows(item.name)])
        for entry, decision in zip(entries, decisions, strict=True)
    ]


def newest(actor: Actor, limit: int) -> list[Entry]:
    """Return the readable entries with the newest releases, newest first."""
    return warehouse.last_released(readable(actor), limit)


def uses(actor: Actor, limit: int) -> dict[UUID, int]:
    """Return how often the ``limit`` most used readable resources were in thirty days."""
    # Noted each night of what is open to all, so that nobody adds up hours while somebody waits.
    used = Findable.objects.filter(uses__gt=0, entry__in=readable(actor).values("pk"))
    found = used.order_by("-uses", "-changed_at", "-entry").values_list("entry", "uses")
    return dict(found[:limit])


def names_of(credit_codes: Iterable[str]) -> dict[str, Body]:
    """Return bodies by their credit codes, in one query."""
    bodies = Body.objects.filter(credit_code__in=list(credit_codes))
    return {body.credit_code: body for body in bodies}


@dataclass(frozen=True, slots=True)
class LeafOfRelease:
    """Where the publishing of a release stands in the ledger."""

    hash: str
    index: int | None


def leaves_of_releases(actor: Actor, entry: Entry) -> dict[int, LeafOfRelease]:
    """Return the leaves of an entry's releases that ``actor`` may open, by release number."""
    leaves = Leaf.objects.filter(subject=entry.pk, act="warehouse.publish", refused=False)
    opened = gate.visible_to(actor, "leaf.open", leaves)
    found = opened.values_list("payload__facts__release__number", "h", "index")
    return {number: LeafOfRelease(bytes(h).hex(), index) for number, h, index in found}


def versions_of(actor: Actor, entry: Entry) -> list[EntryVersion]:
    """Return the confirmed versions of an entry that ``actor`` may read, newest first."""
    confirmed = entry.versions.filter(confirmed_on__isnull=False)
    return list(gate.visible_to(actor, "version.read", confirmed))


def trace(actor: Actor, entry: Entry) -> "QuerySet[Leaf]":
    """Return the leaves about an entry that ``actor`` may open, newest first."""
    leaves = _told().filter(subject=entry.pk)
    return gate.visible_to(actor, "leaf.open", leaves).order_by("-id")


def newest_leaves(before: int | None, limit: int) -> tuple[list[Leaf], bool]:
    """Return numbered leaves below ``before``, newest first, and whether more follow."""
    leaves = _told().filter(index__isnull=False)
    if before is not None:
        leaves = leaves.filter(index__lt=before)
    found = list(leaves.order_by("-index")[: limit + 1])
    return found[:limit], len(found) > limit


def binding(loss: Loss) -> str:
    """Return the receipt of the leaf that accepts a loss."""
    return Leaf.objects.get(subject=loss.pk, refused=False).receipt_text


def unsigned(size: int) -> int:
    """Return how many leaves stand under no signed checkpoint when ``size`` leaves do."""
    return Leaf.objects.filter(Q(index__isnull=True) | Q(index__gte=size)).count()


def in_order(entries: Iterable[Entry], ids: Sequence[UUID]) -> list[Entry]:
    """Return entries in the order of ``ids``, leaving out ids without an entry."""
    found = {entry.pk: entry for entry in entries}
    return [found[pk] for pk in ids if pk in found]


def person_called(username: str) -> UUID | None:
    """Return whose login this is."""
    return Person.objects.filter(user__username=username).values_list("pk", flat=True).first()


def has_mail(person: Person) -> bool:
    """Whether a lost password can be replaced by mail."""
    return Channel.objects.mailing(person.pk).exists()


def deputed_to(person: Person) -> list[Deputy]:
    """Return for whom a person deputes, today and in days to come."""
    coming = person.deputing.filter(ended_at=None, until__gte=clock.today(), seat__until=None)
    return list(coming.select_related("seat__body", "seat__person").order_by("since", "pk"))


def invitations_to(person: Person) -> list[Invitation]:
    """Return the invitations that wait for a person's answer."""
    waiting = person.invitations.filter(
        answered_at=None, until__gte=clock.today(), body__until=None
    )
    return list(waiting.select_related("body").order_by("until", "pk"))


def _told() -> QuerySet[Leaf]:
    """Return leaves with what is said of them: the body, by the name of that day."""
    return Leaf.objects.select_related("body").prefetch_related("body__former_names")
