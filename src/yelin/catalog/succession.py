"""What a body's successor takes over of the catalog: its entries, found by the new name."""

from yelin.catalog.models import Entry
from yelin.law import duties
from yelin.law.refusals import Fault, Incomplete
from yelin.parties import succession
from yelin.parties.models import Body
from yelin.parties.succession import Rows


def _titles_stay_unique(entries: Rows, successor: Body) -> None:
    """Raise ``Incomplete`` for every title that the successor already uses."""
    taken = Entry.objects.filter(provider=successor, title__in=entries.values("title"))
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


def _found_by_the_new_name(entries: Rows) -> None:
    for entry in (
        entries.select_related("provider")
        .prefetch_related("items", "systems", "projects")
        .iterator(500)
    ):
        entry.reindex()


succession.moves(Entry, "provider", before=_titles_stay_unique, reword=_found_by_the_new_name)
