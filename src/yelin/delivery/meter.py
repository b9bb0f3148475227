"""Counting what is handed out, before a byte of it leaves."""

from prometheus_client import Counter

from yelin.catalog.models import Entry, State
from yelin.delivery.models import Tally

HANDED_OUT = Counter("yelin_deliveries", "Answers and files of data handed out", ["kind"])


def count(entry: Entry, *, queries: int = 0, downloads: int = 0) -> None:
    """Count deliveries of a confirmed entry in the present hour.

    A provider's or reviewer's look at what is not confirmed yet hands nothing out.
    """
    if entry.state != State.CONFIRMED:
        return
    HANDED_OUT.labels("query").inc(queries)
    HANDED_OUT.labels("download").inc(downloads)
    Tally.count(of={"entry": entry}, queries=queries, downloads=downloads)
