"""What a body's successor takes over: entries, soon found by the new name, and what they follow."""

from yelin.catalog.changes import Change
from yelin.catalog.models import Entry, Rewording
from yelin.catalog.states import GONE
from yelin.law import duties
from yelin.law.refusals import Fault, Incomplete
from yelin.parties import succession
from yelin.parties.models import Body
from yelin.parties.succession import Rows


def _titles_stay_unique(entries: Rows, successor: Body) -> None:
    """Raise ``Incomplete`` for every title that the successor already uses."""
    living = entries.exclude(state__in=GONE)
    taken = Entry.objects.filter(provider=successor, title__in=living.values("title"))
    taken = taken.exclude(state__in=GONE)
    titles = list(taken.order_by("title").values_list("title", flat=True))
    if titles:
        raise Incomplete(
            [
                Fault(
                    "successor",
                    "Both bodies have an entry called {title}. Rename one of them first.",
                    duties.CATALOG_COMPILE,
                    {"title": title},
                )
                for title in titles
            ]
        )


succession.moves(Entry, "provider", before=_titles_stay_unique, reword=Rewording.await_for)
succession.moves(Change, "provider")
