"""Finding entries: people's own words, facets and counts, all of what the asker may see."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects
from django.db.models.expressions import RawSQL

from yelin import gate
from yelin.catalog import asking, sounds, tree
from yelin.catalog.content import EntryContent, OpeningType
from yelin.catalog.findable import IN_LISTS
from yelin.catalog.finding import MOST, Found, Search
from yelin.catalog.listing import ALWAYS, READABLE, Clause, Listing, Sought, said
from yelin.catalog.models import Entry, Item, State
from yelin.catalog.words import fold
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.things.prepared import Prepared

__all__ = ["MOST", "Found", "Search"]

_BY = {
    "code": Prepared(lambda: Entry.objects.select_related("provider").filter(code="")),
    "pk": Prepared(lambda: Entry.objects.select_related("provider").filter(pk=UUID(int=0))),
}
_LOOKED_AT = 5
_MOST_OTHERS = 4


def seen_by(actor: Actor) -> QuerySet[Entry]:
    """Return the entries of which ``actor`` may know that they exist, for lists.

    What was withdrawn is in none any more, whoever asks.
    """
    seen = gate.visible_to(actor, "entry.see", Entry.objects.select_related("provider"))
    return seen.filter(IN_LISTS)


class Withdrawn(gate.Unseen):
    """The entry was withdrawn; whoever knew its address may know when and why."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(f"{entry.code} is withdrawn")
        self.entry = entry


def get(actor: Actor, **which: object) -> Entry:
    """Return the one entry of this ``code`` or ``pk`` that ``actor`` may know of.

    Raises ``Unseen``, the same for one that is missing and one that is hidden, and ``Withdrawn``.
    """
    return met(actor, **which)[0]


def met(actor: Actor, **which: object) -> tuple[Entry, Callable[..., gate.Decision]]:
    """Return the same, and what answers about it by what the gate has read for that."""
    ((name, value),) = which.items()
    found = next(iter(_BY[name].ask(value)), None)
    # Of one that is missing the gate is asked, too, so that it takes as long as one that is hidden.
    may = gate.answering(actor, found or Entry())
    is_seen = may("entry.see").allowed
    if found is not None and is_seen and found.state != State.WITHDRAWN:
        return found, may
    entries = Entry.objects.select_related("provider").filter(**which)
    gone = gate.visible_to(actor, "tombstone.see", entries).first()
    raise Withdrawn(gone) if gone is not None else gate.Unseen


def items(decision: gate.Decision, entry: Entry) -> list[Item]:
    """Return the items of ``entry`` of which ``decision`` tells; others do not exist for the asker.

    Raises ``Refused`` where it refuses to tell of any.
    """
    decision.must_allow("entry.read", entry.pk)
    rows = Item.objects.select_related("element__standard", "code_list__standard")
    prefetch_related_objects([entry], Prefetch("items", rows))
    return [item for item in entry.items.all() if decision.shows(item.name)]


def told(decision: gate.Decision, content: EntryContent, known: Collection[str]) -> EntryContent:
    """Return ``content`` as ``decision`` tells it to somebody: no item that he does not have.

    ``known`` are the codes of related resources of which he may know.
    """
    left = {
        "items": tuple(item for item in content.items if decision.shows(item.name)),
        "related_codes": tuple(code for code in content.related_codes if code in known),
    }
    return content.model_copy(update=left)


def columns(decision: gate.Decision, count: int) -> int:
    """Return how many of ``count`` columns ``decision`` tells of."""
    shown = decision.obligations.shown_items
    return count if shown is None else min(count, len(shown))


def codes_seen(actor: Actor, codes: Collection[str]) -> frozenset[str]:
    """Return those of ``codes`` under which ``actor`` finds a resource in lists."""
    if not codes:
        return frozenset()
    seen = seen_by(actor).filter(code__in=codes)
    return frozenset(code for code in seen.values_list("code", flat=True) if code)


def readable(actor: Actor) -> QuerySet[Entry]:
    """Return the confirmed entries of which ``actor`` may read the metadata.

    They are asked for as search asks: what the gate grants is composed once a day.
    """
    confirmed = READABLE & said(Q(state=State.CONFIRMED))
    ids = Listing(actor).where(confirmed)
    return Entry.objects.filter(pk__in=RawSQL(ids.sql, ids.params))  # noqa: S611 - composed by Django, and of names of ours


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many confirmed resources one sees, how many are open to all, and under which themes.

    Under a theme those are counted whose metadata one may read.
    """

    seen: int
    open_to_all: int
    by_theme: Mapping[str, int]


def sizes(actor: Actor) -> Sizes:
    """Return how much there is for ``actor``, counted in one look at the catalog."""
    confirmed = said(Q(state=State.CONFIRMED))
    told = Clause(f"opening_type, themes, {READABLE.sql} AS reads")
    each = Listing(actor).all_of(Sought((confirmed,)), told)
    asked = (
        f"SELECT opening_type, themes, reads, count(*) FROM ({each.sql}) AS hit GROUP BY 1, 2, 3"  # noqa: S608 - composed by Django, and of names of ours
    )
    all_, open_to_all, by_theme = 0, 0, Counter[str]()
    for opening, themes, reads, many in Clause(asked, each.params).rows():
        all_ += many
        open_to_all += many * (opening == OpeningType.UNCONDITIONAL)
        if reads:
            by_theme.update(dict.fromkeys(themes, many))
    return Sizes(all_, open_to_all, by_theme)


def counts_below(actor: Actor, code: str) -> Counter[str]:
    """Return how many resources ``actor`` sees at or under each node right below ``code``.

    What stands at ``code`` itself counts under ``code``.
    """
    under = said(Q(classification__startswith=code)) if code else ALWAYS
    length = tree.step(code)
    place = Clause("left(classification, %s)", (length,)) if length else Clause("classification")
    each = Listing(actor).all_of(Sought((under,)), place + Clause(" AS place"))
    head, tail = Clause("SELECT place, count(*) FROM ("), Clause(") AS hit GROUP BY 1")
    return Counter(dict((head + each + tail).rows()))


def related(actor: Actor, entry: Entry) -> list[Entry]:
    """Return the resources that ``entry`` names or that name it, of those that ``actor`` sees.

    One that names it counts only for whoever may read that other's metadata, where the name stands.
    """
    linked = Q(code__in=entry.related_codes)
    if entry.code:
        linked |= Q(related_codes__contains=[entry.code], code__isnull=False)
    rows = Entry.objects.filter(linked, IN_LISTS).exclude(pk=entry.pk).select_related("provider")
    found = list(rows.order_by("code", "pk"))
    # Few are linked, most often none: they are decided, where to ask for them by the gate's own
    # condition would take longer than all else.
    may = gate.answering_each(actor, found)
    sees = may("entry.see", found)
    reads = {each.thing_id for each in may("entry.read", found) if each.allowed}
    return [
        each
        for each, seen in zip(found, sees, strict=True)
        if seen.allowed and (each.code in entry.related_codes or each.pk in reads)
    ]


def find(actor: Actor, search: Search) -> Found:
    """Return what ``actor`` may find.

    Where nothing holds the words as they are written, what holds the single words in them.
    """
    terms = asking.read(search.words)
    listing = Listing(actor)
    found = Found(listing, search, terms)
    if terms and not found.total:
        words = asking.loosened(terms)
        if words and [word.text for word in words] != [term.text for term in terms]:
            loose = Found(listing, search, words, loosened=True)
            return loose if loose.total else found
    return found


def suggest(actor: Actor, words: str, limit: int) -> list[Entry]:
    """Return entries whose titles hold what somebody is still typing, the most used first."""
    terms = asking.read(words)
    return Found(Listing(actor), Search(words), terms).titles(limit) if terms else []


def themes_called(actor: Actor, words: str, named: Mapping[str, str], limit: int) -> list[str]:
    """Return those of the themes ``named`` whose names hold ``words`` and that ``actor`` finds."""
    wanted = fold(words)
    codes = [code for code, name in named.items() if wanted and wanted in fold(name)]
    readable = gate.visible_to(actor, "entry.read", seen_by(actor))
    return [code for code in codes if readable.filter(themes__contains=[code]).exists()][:limit]


def providers_called(actor: Actor, words: str, limit: int) -> list[Body]:
    """Return bodies whose names hold ``words`` and of which ``actor`` finds an entry in lists."""
    wanted = fold(words)
    if not wanted:
        return []
    called = Q(name__icontains=wanted) | Q(short_name__icontains=wanted)
    theirs = seen_by(actor).filter(provider=OuterRef("pk"))
    return list(Body.objects.filter(called, Exists(theirs)).order_by("name")[:limit])


def other_words(actor: Actor, search: Search) -> list[str]:
    """Return other words by which ``actor`` finds something, where these find nothing.

    Written with other signs of the same sound; else each word alone that some title holds.
    """
    terms = asking.read(search.words)
    listing, heard = Listing(actor), asking.by_sound(terms)
    if heard:
        titles = Found(listing, search, heard).titles(_LOOKED_AT)
        for entry in titles:
            pieces = [sounds.of_same_sound(term.text, fold(entry.title)) for term in terms]
            if all(pieces):
                return [" ".join(piece for piece in pieces if piece)]
    words = asking.loosened(terms)
    return [word.text for word in words if Found(listing, search, [word]).total][:_MOST_OTHERS]
