"""Questions of this room: what others have already, who asks for what, with which reasons."""

import functools
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet

from yelin import gate
from yelin.catalog.content import SharingType
from yelin.catalog.models import Entry
from yelin.catalog.models import State as EntryState
from yelin.collecting import names, rules
from yelin.collecting.models import Answer, CollectionForm, Known, Repeat, State
from yelin.collecting.rules import Asked, Held, Match, Why
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.things.models import Thing

if TYPE_CHECKING:
    from uuid import UUID

# So many items are looked for in one query, and so many that might be meant are compared.
ASKED_AT_ONCE = 20
COMPARED = 2_000


@dataclass(frozen=True, slots=True)
class Found:
    """What others have of an item that is asked: which entry and item, and how sure that is."""

    asked: Asked
    held: Known
    match: Match


def shared_with(actor: Actor, body: Body) -> "QuerySet[Entry]":
    """Return the entries of others that ``actor`` may read and that are shared."""
    seen = gate.visible_to(actor, "entry.read", Entry.objects.all())
    return seen.filter(state=EntryState.CONFIRMED).exclude(
        Q(provider=body) | Q(sharing_type=SharingType.NONE)
    )


def held_by_others(actor: Actor, body: Body, asked: Sequence[Asked]) -> Iterator[Found]:
    """Yield for each item that is asked what others surely have of it, the surest.

    Two queries for every ``ASKED_AT_ONCE`` items, one where nobody has anything like them.
    """
    of_others = Known.objects.exclude(entry__provider=body)
    of_account = [item for item in asked if rules.is_of_account(item.name)]
    for at in range(0, len(of_account), ASKED_AT_ONCE):
        some = of_account[at : at + ASKED_AT_ONCE]
        alike = functools.reduce(operator.or_, map(_alike, some))
        # Mostly there is nothing: then who may read it need not be asked, which is long.
        if not of_others.filter(alike).exists():
            continue
        shared = Known.objects.filter(entry__in=shared_with(actor, body).values("pk"))
        rows = list(shared.filter(alike).select_related("entry")[:COMPARED])
        for item in some:
            yield from _surest(item, rows)


def _alike(asked: Asked) -> Q:
    """Return as a filter which known items might be what is asked: all that are, and more."""
    plain, whole = names.plain(asked.name), names.whole(asked.name, asked.title)
    alike = Q(whole=whole)
    if plain in names.table().of_everyone:
        alike |= Q(plain=plain)
    if asked.element_id is not None:
        alike |= Q(element_id=asked.element_id)
    for group in rules.needed(whole):
        alike |= Q(tokens__contains=group)
    return alike


def _surest(asked: Asked, rows: Sequence[Known]) -> Iterator[Found]:
    found = (Found(asked, row, rules.match(asked, _as_held(row))) for row in rows)
    likely = [each for each in found if each.match.score >= rules.LIKELY]
    if likely:
        yield max(likely, key=_sureness)


def _as_held(row: Known) -> Held:
    return Held(row.item, row.entry.title, row.element_id)


def _sureness(found: Found) -> tuple[float, bool, bool, "UUID"]:
    at_once = found.held.entry.sharing_type == SharingType.UNCONDITIONAL
    return found.match.score, found.match.why is Why.ELEMENT, at_once, found.held.entry_id


def repeats_of(about: Thing) -> "QuerySet[Repeat]":
    """Return what ``about`` asks again, the surest first."""
    return Repeat.objects.filter(about=about).select_related("held__provider")


def unanswered(about: Thing) -> "QuerySet[Repeat]":
    """Return what is asked again and not answered."""
    return repeats_of(about).filter(answer=Answer.OPEN)


def forms_of(actor: Actor, body: Body) -> "QuerySet[CollectionForm]":
    """Return the collection forms of ``body`` that ``actor`` may know of, newest first."""
    return _counted(gate.visible_to(actor, "collection_form.see", body.collection_forms.all()))


def forms_awaiting(actor: Actor) -> "QuerySet[CollectionForm]":
    """Return the forms that ``actor`` may approve."""
    waiting = CollectionForm.objects.filter(state=State.SUBMITTED).order_by("changed_at", "pk")
    return _counted(gate.visible_to(actor, "collecting.approve", waiting))


def approved() -> "QuerySet[CollectionForm]":
    """Return the forms that are approved and therefore public, newest first."""
    rows = CollectionForm.objects.filter(state=State.APPROVED).order_by("-approved_on", "pk")
    return _counted(rows)


def _counted(forms: "QuerySet[CollectionForm]") -> "QuerySet[CollectionForm]":
    repeats = Count("thing__repeats")
    used = Count("thing__repeats", filter=Q(thing__repeats__answer=Answer.USE))
    open_ = Count("thing__repeats", filter=Q(thing__repeats__answer=Answer.OPEN))
    return forms.select_related("body").annotate(repeats=repeats, used=used, unanswered=open_)


def reasons(actor: Actor) -> "QuerySet[Repeat]":
    """Return why bodies ask all the same, as far as ``actor`` may know who asks and who has it."""
    seen = gate.visible_to(actor, "repeat.see", Repeat.objects.filter(answer=Answer.REASON))
    return seen.select_related("body", "held__provider", "about").order_by("-answered_at", "pk")
