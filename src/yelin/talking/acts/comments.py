"""What may be done with comments: write, show, refuse, take down, answer, report, withdraw."""

from datetime import timedelta

from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor
from yelin.talking import rules, telling
from yelin.talking.models import Comment, CommentReport, CommentState

DAY = timedelta(days=1)


@act(
    "talking.comment",
    duty=duties.TALK,
    subject="entry",
    surface=OUTSIDE,
    makes=True,
)
def comment(*, actor: Actor, entry: Entry, text: str) -> Comment:
    """Say something of a resource, shown once somebody has looked at it (评论).

    Raises ``Incomplete`` for nothing, the same again, or more than one may say in a day.
    """
    if faults := list(rules.comment_faults(text)):
        raise Incomplete(faults)
    mine = Comment.objects.filter(author=actor.person_id)
    if mine.filter(at__gte=clock.now() - DAY).count() >= rules.COMMENTS_A_DAY:
        raise Incomplete.at("text", "That is enough for one day. Go on tomorrow.", duties.TALK)
    if mine.filter(entry=entry, text=text.strip()).exists():
        raise Incomplete.at("text", "You said this already.", duties.TALK)
    made = Comment(entry=entry, author_id=actor.person_id, text=text.strip(), at=clock.now())
    made.save()
    telling.tell_moderators(telling.COMMENT_CAME, made, "talking.show_comment")
    return made


def _why(reason: str) -> str:
    if not reason.strip():
        raise Incomplete.at("reason", "Say why, so that its author can be told.", duties.TALK)
    return reason.strip()


@act("talking.show_comment", duty=duties.TALK, subject="comment", surface=OUTSIDE)
def show_comment(*, actor: Actor, comment: Comment) -> Comment:
    """Show a comment to everybody; one that was reported may stay (审核通过)."""
    del actor
    rules.require(comment.state, CommentState.WAITING, CommentState.SHOWN)
    if comment.state == CommentState.WAITING:
        comment.state, comment.shown_at = CommentState.SHOWN, clock.now()
        comment.save()
        telling.tell_author(telling.COMMENT_SHOWN, comment)
        telling.tell_provider(telling.COMMENT_TO_ANSWER, comment)
    _settle(comment)
    return comment


@act("talking.reject_comment", duty=duties.TALK, subject="comment", surface=OUTSIDE)
def reject_comment(*, actor: Actor, comment: Comment, reason: str) -> Comment:
    """Do not show a comment, with the reason (审核不通过). Raises ``Incomplete`` without."""
    del actor
    rules.require(comment.state, CommentState.WAITING)
    comment.reason, comment.state = _why(reason), CommentState.REJECTED
    comment.save()
    telling.tell_author(telling.COMMENT_REJECTED, comment)
    return comment


@act("talking.remove_comment", duty=duties.TALK, subject="comment", surface=OUTSIDE)
def remove_comment(*, actor: Actor, comment: Comment, reason: str) -> Comment:
    """Take a shown comment down, with the reason (撤下). Raises ``Incomplete`` without."""
    del actor
    rules.require(comment.state, CommentState.SHOWN)
    comment.reason, comment.state = _why(reason), CommentState.REMOVED
    comment.save()
    _settle(comment)
    telling.tell_author(telling.COMMENT_REJECTED, comment)
    return comment


def _settle(comment: Comment) -> None:
    comment.reports.filter(settled_at=None).update(settled_at=clock.now())


@act("talking.withdraw_comment", duty=duties.TALK, subject="comment", surface=OUTSIDE)
def withdraw_comment(*, actor: Actor, comment: Comment) -> Comment:
    """Take back what one said; its words are erased (删除评论). Raises ``OutOfTurn`` if it is."""
    del actor
    if comment.state == CommentState.WITHDRAWN:
        raise OutOfTurn("This comment is withdrawn already.")
    comment.state, comment.text = CommentState.WITHDRAWN, ""
    comment.save()
    _settle(comment)
    return comment


@act("talking.answer_comment", duty=duties.TALK, subject="comment", surface=OUTSIDE)
def answer_comment(*, actor: Actor, comment: Comment, answer: str) -> Comment:
    """Answer a shown comment for the body that provides the data; a later answer replaces it.

    Raises ``Incomplete`` without words, ``OutOfTurn`` for a comment that is not shown.
    """
    rules.require(comment.state, CommentState.SHOWN)
    if not answer.strip() or len(answer) > rules.MOST_TEXT:
        says = "Write an answer of at most {limit} characters."
        raise Incomplete.at("answer", says, duties.TALK, {"limit": rules.MOST_TEXT})
    comment.answer, comment.answered_by_id = answer.strip(), actor.body_id
    comment.answered_at = clock.now()
    comment.save()
    telling.tell_author(telling.COMMENT_ANSWERED, comment)
    return comment


@act("talking.report_comment", duty=duties.TALK, subject="comment", surface=OUTSIDE)
def report_comment(*, actor: Actor, comment: Comment, reason: str) -> Comment:
    """Say that a comment should not stand there; it is looked at again (举报).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` for what one reported before.
    """
    rules.require(comment.state, CommentState.SHOWN)
    said = reason.strip()
    if not said or len(said) > 500:
        says = "Say in at most {limit} characters what is wrong with it."
        raise Incomplete.at("reason", says, duties.TALK, {"limit": 500})
    _report, new = CommentReport.objects.get_or_create(
        comment=comment, person_id=actor.person_id, defaults={"reason": said, "at": clock.now()}
    )
    if not new:
        raise OutOfTurn("You reported this already.")
    telling.tell_moderators(telling.COMMENT_REPORTED, comment, "talking.remove_comment")
    return comment
