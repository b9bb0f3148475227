"""What may be done with a comment: by its author, its body, whoever reads it, and who moderates."""

from django.utils.translation import gettext as _

from yelin.parties.actor import Actor
from yelin.talking.acts import comments as acts
from yelin.talking.models import Comment, CommentState
from yelin.web import talk_forms
from yelin.web.offers import Offer


def offers_of(actor: Actor, comment: Comment) -> list[Offer]:
    """Return what may be done with a comment as it stands, whoever asks; the gate says who may."""
    key = str(comment.pk)
    withdraw = Offer(
        act="talking.withdraw_comment",
        key=f"withdraw-{key}",
        on=comment,
        title=_("Delete my comment"),
        button=_("Delete"),
        done=_("Your comment is deleted."),
        do=lambda _said: acts.withdraw_comment(actor=actor, comment=comment),
        stops=True,
    )
    if comment.state != CommentState.SHOWN:
        return [withdraw, *_looked_at(actor, comment)]
    return [
        Offer(
            act="talking.answer_comment",
            key=f"answer-{key}",
            on=comment,
            title=_("Answer for your body"),
            button=_("Send the answer"),
            done=_("It is answered."),
            form=talk_forms.AnswerForm,
            initial={"answer": comment.answer},
            do=lambda said: acts.answer_comment(actor=actor, comment=comment, **said),
        ),
        Offer(
            act="talking.report_comment",
            key=f"report-{key}",
            on=comment,
            title=_("Report this comment"),
            button=_("Report this comment"),
            done=_("Thank you. It is looked at again."),
            form=talk_forms.ReportForm,
            do=lambda said: acts.report_comment(actor=actor, comment=comment, **said),
        ),
        withdraw,
        *_looked_at(actor, comment),
    ]


def _looked_at(actor: Actor, comment: Comment) -> list[Offer]:
    """Return what whoever moderates may do with a comment."""
    key = str(comment.pk)
    shows = Offer(
        act="talking.show_comment",
        key=f"show-{key}",
        on=comment,
        title=_("Show it") if comment.state == CommentState.WAITING else _("It may stay"),
        button=_("Show it") if comment.state == CommentState.WAITING else _("It may stay"),
        done=_("It is shown."),
        do=lambda _said: acts.show_comment(actor=actor, comment=comment),
    )
    rejects = Offer(
        act="talking.reject_comment",
        key=f"reject-{key}",
        on=comment,
        title=_("Do not show it"),
        button=_("Do not show it"),
        done=_("It is not shown."),
        form=talk_forms.ReasonForm,
        do=lambda said: acts.reject_comment(actor=actor, comment=comment, **said),
        stops=True,
    )
    removes = Offer(
        act="talking.remove_comment",
        key=f"remove-{key}",
        on=comment,
        title=_("Take it down"),
        button=_("Take it down"),
        done=_("It is taken down."),
        form=talk_forms.ReasonForm,
        do=lambda said: acts.remove_comment(actor=actor, comment=comment, **said),
        stops=True,
    )
    match comment.state:
        case CommentState.WAITING:
            return [shows, rejects]
        case CommentState.SHOWN:
            again = any(each.settled_at is None for each in comment.reports.all())
            return [*([shows] if again else []), removes]
        case _:
            return []
