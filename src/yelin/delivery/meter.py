"""Counting what is handed out, before a byte of it leaves."""

from yelin.catalog.models import Entry, State
from yelin.delivery.models import Tally


def count(entry: Entry, *, queries: int = 0, downloads: int = 0) -> None:
    """Count deliveries of a confirmed entry in the present hour.

    A provider's or reviewer's look at what is not confirmed yet hands nothing out.
    """
    if entry.state != State.CONFIRMED:
        return
    Tally.count(of={"entry": entry}, queries=queries, downloads=downloads)
