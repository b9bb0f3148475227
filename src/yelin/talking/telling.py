"""Who is told what: makers and authors, who decides about theirs, who provides, who follows."""

from collections.abc import Iterable
from uuid import UUID

from yelin.acts.telling import officers_holding, who_may
from yelin.law import clock
from yelin.notices.events import Event, event
from yelin.notices.telling import tell
from yelin.parties.models import Person, Seat
from yelin.talking.models import Comment, Reuse

REUSE_CAME = event("reuse.waiting", "A reuse of open data waits to be looked at.")
REUSE_SHOWN = event("reuse.shown", "What you made of open data is shown now.")
REUSE_RETURNED = event(
    "reuse.returned", "What you made of open data was returned: see why.", urgent=True
)
REUSE_REMOVED = event(
    "reuse.removed", "What you made of open data was taken down: see why.", urgent=True
)
COMMENT_CAME = event("comment.waiting", "A comment on {code} waits to be looked at.")
COMMENT_REPORTED = event("comment.reported", "A comment on {code} was reported.")
COMMENT_SHOWN = event("comment.shown", "Your comment on {code} is shown now.")
COMMENT_REJECTED = event("comment.rejected", "Your comment on {code} is not shown: see why.")
COMMENT_TO_ANSWER = event("comment.to_answer", "Somebody commented on {code}. You may answer.")
COMMENT_ANSWERED = event("comment.answered", "Your comment on {code} was answered.")
RELEASED = event("followed.released", "{code} has a new version: {release}.")
CHANGED = event("followed.changed", "What the catalog says of {code} has changed.")
APPEARED = event("followed.appeared", "{code} is new from a body that you follow.")
HITS = event("followed.hits", "New or changed among what you search for: {n}. {codes}")
WITHDRAWN = event("followed.withdrawn", "{code} was withdrawn: its page says why.")
STOPPED = event(
    "rights.stopped",
    "Delivery of {code} stands still, because of a complaint about rights.",
    urgent=True,
)
RESUMED = event("rights.resumed", "Delivery of {code} goes on.", urgent=True)


def tell_moderators(of: Event, about: Reuse | Comment, act: str) -> None:
    """Tell those who decide about it."""
    seats = officers_holding("talk.moderate", over=_division(about))
    tell(of, to=who_may(act, about, seats), about=about, at=clock.now(), params=_params(about))


def tell_maker(of: Event, reuse: Reuse) -> None:
    """Tell whoever made a reuse: a person, or those who act for a body."""
    seats = Seat.objects.filter(body=reuse.maker_id)
    to = who_may("talking.amend_reuse", reuse, seats)
    to |= set(Person.objects.filter(pk=reuse.maker_id).values_list("pk", flat=True))
    tell(of, to=to, about=reuse, at=clock.now())


def tell_author(of: Event, comment: Comment) -> None:
    """Tell whoever wrote a comment."""
    _tell(of, [comment.author_id], comment)


def tell_provider(of: Event, comment: Comment) -> None:
    """Tell those who may answer for the body that provides the data."""
    seats = Seat.objects.filter(body=comment.entry.provider_id)
    _tell(of, who_may("talking.answer_comment", comment, seats), comment)


def _tell(of: Event, to: Iterable[UUID], comment: Comment) -> None:
    tell(of, to=to, about=comment, at=clock.now(), params=_params(comment))


def _params(about: Reuse | Comment) -> dict[str, str | int]:
    return {"code": str(about.entry.code)} if isinstance(about, Comment) else {}


def _division(about: Reuse | Comment) -> str:
    if isinstance(about, Comment):
        return about.entry.provider.division
    first = about.uses.select_related("provider").order_by("pk").first()
    return first.provider.division if first else ""
