"""What a party was told to delete of what it took: as lines of a page, each to be confirmed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yelin.law import duties
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.privacy import subject_acts
from yelin.privacy.requested import State, Target
from yelin.web import terms
from yelin.web.offers import Offer
from yelin.web.shapes import Term
from yelin.web.subject_forms import ConfirmForm
from yelin.web.templatetags.yelin import body_name, title_of


@dataclass(frozen=True, slots=True)
class Deletion:
    """One deletion that somebody was told of, by whose request nobody is told."""

    title: str
    slug: str
    provider: str
    recipient: str
    state: str
    since: datetime
    settled_at: datetime | None
    term: Term | None


def lines(targets: Sequence[Target]) -> list[Deletion]:
    """Return them as lines, each with its term."""
    running = terms.of((each.pk for each in targets), duties.SUBJECT_CONFIRM)
    return [
        Deletion(
            title=title_of(each.entry),
            slug=each.entry.slug,
            provider=body_name(each.entry.provider),
            recipient=recipient(each),
            state=each.state,
            since=each.since,
            settled_at=each.settled_at,
            term=running.get(each.pk),
        )
        for each in targets
    ]


def recipient(target: Target) -> str:
    """Return who has the data: a person is not named."""
    party = target.party
    return body_name(party.body) if party and party.kind == Body.KIND else _("a person")


def offered(actor: Actor, targets: Iterable[Target]) -> list[Offer]:
    """Return what is to be confirmed."""
    return [
        Offer(
            act="privacy.confirm",
            key=f"confirm-{target.pk}",
            on=target,
            title=pgettext("deletion", "Confirm: {title}").format(title=title_of(target.entry)),
            says=_(
                "That you deleted the rows of that person, or replaced what you have by the newest"
                " version, which lacks them."
            ),
            button=_("Confirm the deletion"),
            done=_("It is confirmed."),
            form=ConfirmForm,
            do=lambda said, one=target: subject_acts.confirm(actor=actor, target=one, **said),  # type: ignore[misc]  # bound early, for the loop
        )
        for target in targets
        if target.state == State.TOLD
    ]
