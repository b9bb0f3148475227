"""Finding entries: people's own words, facets and counts, all of what the asker may see."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import (
    Case,
    IntegerField,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
    prefetch_related_objects,
)

from yelin import gate
from yelin.catalog.models import Entry, Item
from yelin.catalog.words import as_initials, asked, fold
from yelin.parties.actor import Actor

# Facets show what the metadata says, so a value counts only where the asker may read it, except
# for the four that the public catalog shows of every entry.
FACETS: Mapping[str, str] = {
    "opening": "opening_type",
    "theme": "themes",
    "provider": "provider__credit_code",
    "division": "division",
    "cycle": "update_cycle",
    "sharing": "sharing_type",
}
PUBLIC_FACETS = frozenset({"opening", "sharing", "provider"})
SORTS: Mapping[str, str] = {"updated": "-changed_at", "title": "title"}


@dataclass(frozen=True)
class Search:
    """What someone looks for: words, chosen facet values, an order."""

    words: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = ""


def seen_by(actor: Actor) -> QuerySet[Entry]:
    """Return the entries of which ``actor`` may know that they exist."""
    return gate.visible_to(actor, "entry.see", Entry.objects.select_related("provider"))


def get(actor: Actor, **which: object) -> Entry:
    """Return one entry that ``actor`` may know of.

    Raises ``Unseen``, the same for one that is missing and one that is hidden.
    """
    try:
        return seen_by(actor).get(**which)
    except Entry.DoesNotExist:
        raise gate.Unseen from None


def items(decision: gate.Decision, entry: Entry) -> list[Item]:
    """Return the items of ``entry`` of which ``decision`` tells; others do not exist for the asker.

    Raises ``Refused`` where it refuses to tell of any.
    """
    decision.must_allow("entry.read", entry.pk)
    rows = Item.objects.select_related("element__standard", "code_list__standard")
    prefetch_related_objects([entry], Prefetch("items", rows))
    return [item for item in entry.items.all() if decision.shows(item.name)]


def columns(decision: gate.Decision, count: int) -> int:
    """Return how many of ``count`` columns ``decision`` tells of."""
    shown = decision.obligations.shown_items
    return count if shown is None else min(count, len(shown))


def related(actor: Actor, entry: Entry) -> list[Entry]:
    """Return the resources that ``entry`` names or that name it, of those that ``actor`` sees.

    One that names it counts only for whoever may read that other's metadata, where the name stands.
    """
    named = Q(pk__in=seen_by(actor).filter(code__in=entry.related_codes).values("pk"))
    if entry.code:
        naming = Entry.objects.filter(related_codes__contains=[entry.code]).exclude(code=None)
        named |= Q(pk__in=gate.visible_to(actor, "entry.read", naming).values("pk"))
    rows = Entry.objects.filter(named).exclude(pk=entry.pk).select_related("provider")
    return list(rows.order_by("code", "pk"))


def find(actor: Actor, search: Search) -> QuerySet[Entry]:
    """Return what ``actor`` may find, best first."""
    readable = Q(pk__in=gate.visible_to(actor, "entry.read", Entry.objects.all()).values("pk"))
    entries = seen_by(actor)
    terms = fold(search.words).split()
    for term in terms:
        entries = entries.filter(_held("title", term) | (readable & _held("whole", term)))
    for name, values in search.chosen.items():
        if name in FACETS and values:
            entries = entries.filter(_chosen(name, values))
            if name not in PUBLIC_FACETS:
                entries = entries.filter(readable)
    if search.sort in SORTS:
        return entries.order_by(SORTS[search.sort], "pk")
    in_title = [When(_held("title", term), then=Value(1)) for term in terms]
    if in_title:
        rank = Case(*in_title, default=Value(0), output_field=IntegerField())
        return entries.annotate(rank=rank).order_by("-rank", "-changed_at", "pk")
    return entries.order_by("-changed_at", "pk")


def facets(actor: Actor, search: Search) -> dict[str, list[tuple[str, int]]]:
    """Return for each facet its values with counts, most first, the other facets applied."""
    found: dict[str, list[tuple[str, int]]] = {}
    for name, path in FACETS.items():
        others = {key: values for key, values in search.chosen.items() if key != name}
        entries = find(actor, Search(search.words, others)).order_by()
        if name not in PUBLIC_FACETS:
            entries = gate.visible_to(actor, "entry.read", entries)
        counts: Counter[str] = Counter()
        for value in entries.values_list(path, flat=True):
            counts.update(value if isinstance(value, list) else [value])
        counts.pop("", None)
        found[name] = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return found


def _held(which: str, term: str) -> Q:
    phrase = Q(**{f"{which}_tokens__contains": asked(term), f"{which}_text__contains": term})
    letters = as_initials(term)
    return phrase | Q(**{f"{which}_tokens__contains": [letters]}) if letters else phrase


def _chosen(name: str, values: Sequence[str]) -> Q:
    path = FACETS[name]
    # A NUL cannot be in any stored value, and the database does not take it in a question either.
    values = [value for value in values if "\x00" not in value]
    return Q(**{f"{path}__overlap" if path == "themes" else f"{path}__in": values})
