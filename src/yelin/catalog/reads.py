"""Finding entries: people's own words, facets and counts, all of what the asker may see."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from yelin import gate
from yelin.catalog.models import Entry
from yelin.catalog.states import State
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


class Withdrawn(gate.Unseen):
    """The entry was withdrawn; whoever knew its address may know when and why."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(f"{entry.code} is withdrawn")
        self.entry = entry


def get(actor: Actor, **which: object) -> Entry:
    """Return one entry that ``actor`` may know of.

    Raises ``Unseen``, the same for one that is missing and one that is hidden, and ``Withdrawn``.
    """
    entries = Entry.objects.select_related("provider").filter(**which)
    found: Entry | None = (
        gate.visible_to(actor, "entry.see", entries).exclude(state=State.WITHDRAWN).first()
    )
    if found is not None:
        return found
    gone = gate.visible_to(actor, "tombstone.see", entries).first()
    raise Withdrawn(gone) if gone is not None else gate.Unseen


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
