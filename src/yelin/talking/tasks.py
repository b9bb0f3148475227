"""What time brings: links to look at, followers to tell, who is told that delivery stands still."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from yelin.cases.models import Case
from yelin.talking import complaint, following, links, searches, stopping

RETRY = RetryStrategy(max_attempts=10, wait=5)


@app.periodic(cron="*/10 * * * *")
@app.task(name="talking.look_at_links", queueing_lock="talking.look_at_links", pass_context=False)
def look_at_links(timestamp: int = 0) -> None:
    """Ask whether the links of shown reuses still lead somewhere."""
    del timestamp
    links.look()


@app.periodic(cron="* * * * *")
@app.task(name="talking.look_for_news", queueing_lock="talking.look_for_news", pass_context=False)
def look_for_news(timestamp: int = 0) -> None:
    """Have followers told of new releases, changes and withdrawals."""
    del timestamp
    following.look()


@app.periodic(cron="41 * * * *")
@app.task(name="talking.look_for_hits", queueing_lock="talking.look_for_hits", pass_context=False)
def look_for_hits(timestamp: int = 0) -> None:
    """Tell who follows searches what they found anew on the days before."""
    del timestamp
    searches.look()


@app.task(name="talking.tell_followers", pass_context=False, retry=RETRY)
def tell_followers(
    *, entry: str, event: str, release: int, version: int, after: str, at: str
) -> None:
    """Tell one lot of followers, and have the next told by a job of its own."""
    last = following.tell_lot(
        UUID(entry), event, release=release, version=version, after=after, at=at
    )
    if last:
        following.tell_later(
            UUID(entry),
            following.EVENTS[event],
            release=release,
            version=version,
            after=last,
            at=at,
        )


@app.task(name="talking.tell_of_stop", pass_context=False, retry=RETRY)
def tell_of_stop(*, case: str, stopped: bool, at: str, after: str) -> None:
    """Tell one lot of those who use data that its delivery stands still, or goes on."""
    row = Case.objects.filter(pk=UUID(case)).first()
    if row is None:
        return
    last = stopping.tell_lot(row, stopped=stopped, at=at, after=after)
    if last:
        complaint.tell_on(row, stopped=stopped, at=at, after=last)
