"""Ask what is given to another body, and what must stop: each question with why it is asked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.cases.procedure import MOST
from yelin.catalog.limits import Share
from yelin.catalog.models import Entry
from yelin.law import duties, packs
from yelin.web import words
from yelin.web.choices import choose, worded
from yelin.web.fields import Day, OfBody
from yelin.web.limit_forms import LimitsForm, uses
from yelin.web.templatetags.yelin import lang


class AnsweringForm(forms.Form):
    """How online verification by a resource answers."""

    tells_missing = forms.BooleanField(label=_("Tell that there is no such record"), required=False)


class ShareForm(LimitsForm):
    """What another body is given of a resource."""

    to = OfBody(label=_("Credit code of the body that has it"))
    purposes = forms.MultipleChoiceField(
        label=_("For which use"),
        help_text=_("None ticked: whatever the entry is shared for."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        """Return what is asked with ``given``, put together from what was filled in."""
        said = super().clean()
        if not self.errors:
            said["given"] = Share(**said["limits"], purposes=tuple(said["purposes"]))
        return said


def share_form(entry: Entry) -> type[ShareForm]:
    """Return the form for a resource, which asks of each of its items how it is given."""
    names = entry.items_for_departments()
    every = packs.active().list("use_requirement").keys
    offered = uses(every if entry.social else entry.sharing_requirements)

    class OfEntry(ShareForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            choose(self.fields["purposes"], offered)
            self.offer(names)

    return OfEntry


class EndForm(forms.Form):
    """Why a grant ends."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Whoever has the grant reads it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RenewForm(forms.Form):
    """Until when a grant is to go on, and for what where that has changed."""

    until = Day(label=_("Last day of use"))
    scenario = forms.CharField(
        label=_("In which work"),
        help_text=_("Left empty: as before."),
        max_length=MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _ordered() -> list[tuple[str, str]]:
    """Return the duties that the law orders here, in its order and its words."""
    pack = packs.active()
    found = [
        (provision, duty) for duty in duties.ALL if (provision := pack.ordering(duty)) is not None
    ]
    return [(duty.name, f"{provision.label(lang())} · {_(duty.says)}") for provision, duty in found]


class HoldForm(forms.Form):
    """Why something must stop, and by which provision."""

    duty = forms.ChoiceField(
        label=_("By which provision"), initial=duties.PROTECT.name, choices=_ordered
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everyone who is refused reads it: write nothing that they may not know."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class HoldPartsForm(HoldForm):
    """The same, of something that may stop in part."""

    actions = forms.MultipleChoiceField(
        label=_("What stops"),
        help_text=_("None ticked: everything, except that one still knows of it."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=worded(words.STOPPED),
    )


class HoldBodyForm(HoldPartsForm):
    """Which body must stop, why, and what."""

    on = OfBody(label=_("Credit code of the body that must stop"))
    field_order = ("on",)
