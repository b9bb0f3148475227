"""What people make of data, as lists show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from yelin.parties.actor import Actor
from yelin.talking import reads
from yelin.talking.models import Reuse
from yelin.web.templatetags.yelin import body_name


@dataclass(frozen=True, slots=True)
class ReuseCard:
    """A reuse as the lists show it."""

    title: str
    url: str
    description: str
    kind: str
    state: str
    maker: str
    link_state: str
    picture: str


def cards(actor: Actor, shown: Iterable[Reuse]) -> list[ReuseCard]:
    """Return reuses as lists show them, each with its picture."""
    rows = list(shown)
    pictures = reads.pictures(actor, rows)
    return [
        ReuseCard(
            title=each.title,
            url=reverse("portal:reuse", args=[each.pk]),
            description=each.description,
            kind=each.kind,
            state=each.state,
            maker=maker_of(each),
            link_state=each.link_state,
            picture=_address(pictures[each.pk].pk) if each.pk in pictures else "",
        )
        for each in rows
    ]


def _address(attachment: UUID) -> str:
    return reverse("portal:file", args=[attachment])


def maker_of(reuse: Reuse) -> str:
    """Return as whom its maker is shown: a body by its name, a person as that person wishes."""
    if reuse.maker.kind == "body":
        return body_name(reuse.maker.body)
    return reuse.credit or _("A citizen")
