"""Attachments on pages: the field that takes them, the list that shows them, their removal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yelin.acts import attachments as acts
from yelin.config import config
from yelin.files.examined import Files
from yelin.files.kinds import KINDS
from yelin.files.models import Attachment
from yelin.files.store import CHUNK_BYTES
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.surface import attaching, problems
from yelin.things.models import Subject
from yelin.web import words
from yelin.web.offers import Offer, Offered
from yelin.web.templatetags.yelin import body_name

MOST_AT_ONCE = 10
REMOVE = "files.remove"


_SEVERAL = gettext_lazy(
    "Up to {most} files of {limit} MB each: PDF, OFD, Word, Excel, PowerPoint, OpenDocument, JPEG,"
    " PNG, WebP or plain text. Place and camera are taken out of pictures."
)
_ONE = gettext_lazy(
    "Up to {limit} MB: PDF, OFD, Word, Excel, PowerPoint, OpenDocument, JPEG, PNG, WebP or plain"
    " text. Place and camera are taken out of pictures."
)


class _Several(forms.FileInput):
    allow_multiple_selected = True


class Attached(forms.FileField):
    """Files that come with what is said; what they are shows only once they are read."""

    def __init__(self, *, most: int = MOST_AT_ONCE, required: bool = False) -> None:
        self._most = most
        suffixes = [suffix for kind in KINDS.values() for suffix in kind.suffixes]
        super().__init__(
            label=gettext_lazy("Attachments"),
            help_text=format_lazy(
                _SEVERAL if most > 1 else _ONE, most=most, limit=config.attachment_limit_mb
            ),
            required=required,
            widget=_Several(
                attrs={
                    "accept": ",".join(suffixes),
                    "multiple": most > 1,
                    "data-largest-mb": config.attachment_limit_mb,
                }
            ),
        )

    def clean(self, value: Any, initial: Any = None) -> Files:
        """Return the files, each examined. Raises ``ValidationError`` that names each at fault."""
        sent = [super(Attached, self).clean(each, initial) for each in value or [None]]
        sent = [each for each in sent if each is not None]
        if len(sent) > self._most:
            says = _("At most {most} files at once; send the others in a message of their own.")
            raise forms.ValidationError(says.format(most=self._most))
        taken, faults = [], []
        for each in sent:
            try:
                taken.append(attaching.take(each.chunks(CHUNK_BYTES), each.name))
            except Incomplete as error:
                told = problems.of(error).faults[0]["says"]
                faults.append(_("{name}: {says}").format(name=each.name, says=told))
        if faults:
            again = _("Nothing was taken. Choose the files again, without what is at fault.")
            raise forms.ValidationError([*faults, again])
        return tuple(taken)


class AttachForm(forms.Form):
    """One file."""

    attached = Attached(most=1, required=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """An attachment in a list: what it is, from whom, and how it is removed."""

    id: str
    name: str
    kind: str
    size: int
    by: str
    at: datetime
    picture: bool
    removed_at: datetime | None
    removal: Offered | None


def shown(actor: Actor, about: Subject, offered: Sequence[Offered] = ()) -> list[Shown]:
    """Return the attachments of ``about`` that ``actor`` may read, each with its removal."""
    removals = {each.offer.on.pk: each for each in offered if each.offer.act == REMOVE}
    return [
        Shown(
            id=str(each.pk),
            name="" if each.removed_at else each.name,
            kind=each.kind,
            size=each.size,
            by=_by(each),
            at=each.at,
            picture=each.type.picture,
            removed_at=each.removed_at,
            removal=removals.get(each.pk),
        )
        for each in attaching.on(actor, about)
    ]


def _by(each: Attachment) -> str:
    if each.side in words.PARTY:
        return str(words.word("party", each.side).says)
    return body_name(each.party.body)


def others(offered: Sequence[Offered]) -> list[Offered]:
    """Return what is offered beside removals, which stand in the list."""
    return [each for each in offered if each.offer.act != REMOVE]


def removals(actor: Actor, about: Subject) -> list[Offer]:
    """Return the removals of what the actor's own party attached; the gate says which it may."""
    own = attaching.on(actor, about).filter(party=actor.party_id, removed_at=None)
    return [_removal(actor, each) for each in own]


def _removal(actor: Actor, each: Attachment) -> Offer:
    return Offer(
        act=REMOVE,
        key=f"{REMOVE}.{each.pk}",
        on=each,
        title=_("Remove"),
        says=_("It is destroyed, here and in every copy; nobody can restore it."),
        button=_("Remove for good"),
        done=_("The file is removed for good."),
        do=lambda _said: acts.remove(actor=actor, attachment=each),
        stops=True,
    )


def attach(actor: Actor, about: Subject) -> Offer:
    """Return the offer to attach one file to ``about``."""
    return Offer(
        act="files.attach",
        on=about,
        title=_("Attach a file"),
        button=_("Attach"),
        done=_("The file is attached."),
        form=AttachForm,
        do=lambda said: acts.attach(actor=actor, about=about, examined=said["attached"][0]),
    )
