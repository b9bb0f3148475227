"""What of this room follows a body's successor, and what goes with an account."""

from uuid import UUID

from django.db.models import Q

from yelin.parties import succession
from yelin.talking import following
from yelin.talking.models import Comment, CommentState, News, NewsState, Reuse, ReuseState

_OVER = (ReuseState.WITHDRAWN, ReuseState.REMOVED)


def _forget(person: UUID) -> None:
    """Erase what a person followed, rated and said, and show no more what the person made."""
    following.forget(person)
    Comment.objects.filter(author=person).update(text="", state=CommentState.WITHDRAWN)
    Reuse.objects.filter(maker=person).update(
        title="", description="", credit="", link="", featured=False, state=ReuseState.WITHDRAWN
    )


succession.moves(Reuse, "maker", done=lambda: Q(state__in=_OVER))
succession.moves(News, "body", done=lambda: ~Q(state=NewsState.DRAFT))
succession.moves(Comment, "answered_by", done=lambda: ~Q(state=CommentState.SHOWN))
succession.forgets(_forget)
