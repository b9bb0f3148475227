"""Point out what is asked although sharing gives it, and know what shared entries give."""

from collections.abc import Sequence

from yelin.catalog.content import SharingType
from yelin.catalog.models import Entry
from yelin.catalog.moments import Moment, when
from yelin.catalog.rules import Way, stays
from yelin.collecting import reads
from yelin.collecting.models import CollectionForm, Known, Repeat
from yelin.collecting.rules import Asked
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.things.models import Thing


def form_asks(actor: Actor, form: CollectionForm) -> None:
    """Point out what others have of what ``form`` asks."""
    asked = [Asked(each.name, form.title, each.element_id) for each in form.content.items]
    _point_out(actor, form.thing, form.body, asked)


def entry_asks(actor: Actor, entry: Entry) -> None:
    """Point out what others have of what ``entry`` holds, where a department collects it."""
    if entry.social:
        return
    asked = [Asked(each.name, entry.title, each.element_id) for each in entry.in_hand().items]
    _point_out(actor, entry.thing, entry.provider, asked)


def _point_out(actor: Actor, about: Thing, body: Body, asked: Sequence[Asked]) -> None:
    """Keep what ``about`` asks again; what was answered of the same stays answered."""
    stale = {each.item: each for each in reads.repeats_of(about)}
    found = []
    for each in reads.held_by_others(actor, body, asked):
        known = stale.get(each.asked.name)
        if known and (known.held_id, known.held_item) == (each.held.entry_id, each.held.item):
            del stale[each.asked.name]
        else:
            found.append(each)
    for gone in stale.values():
        gone.delete()
    for each in found:
        Repeat.objects.create(
            about=about,
            body=body,
            item=each.asked.name,
            held=each.held.entry,
            held_item=each.held.item,
            why=each.match.why,
            score=f"{each.match.score:.2f}",
            found_at=clock.now(),
        )


def unanswered(about: Thing) -> list[Fault]:
    """Return a fault for everything that ``about`` asks again and that nobody has answered."""
    return [
        Fault(
            "items",
            "{item} is shared already, as {held_item} of {code}."
            " Take it from there, or give a reason.",
            duties.COLLECT_ONCE,
            {"item": each.item, "held_item": each.held_item, "code": each.held.code or ""},
        )
        for each in reads.unanswered(about)
    ]


def entry_is_confirmed(_actor: Actor, entry: Entry) -> None:
    """Refuse that an entry is confirmed while something it asks again is not answered.

    Raises ``Incomplete``.
    """
    if wrong := unanswered(entry.thing):
        raise Incomplete(wrong)


def entry_is_held(_actor: Actor, entry: Entry) -> None:
    """Let others be pointed to a confirmed entry of a department, where it is shared."""
    Known.objects.filter(entry=entry).delete()
    if entry.sharing_type != SharingType.NONE and not entry.social:
        content = entry.content()
        items = [each for each in content.items if not stays(each, content, Way.SHARED)]
        Known.objects.bulk_create(Known.of(entry, each.name, each.element_id) for each in items)


def entry_is_gone(_actor: Actor, entry: Entry) -> None:
    """Let nobody be pointed to what is withdrawn."""
    Known.objects.filter(entry=entry).delete()


when(Moment.SUBMITTED, entry_asks)
when(Moment.CONFIRMING, entry_is_confirmed)
when(Moment.CONFIRMED, entry_is_held)
when(Moment.WITHDRAWN, entry_is_gone)
