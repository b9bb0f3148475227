"""Ask for what is said in a case: the application, and each party's words on its way."""

import copy
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yelin.cases.models import Case
from yelin.catalog.models import Item
from yelin.opening.application import MOST
from yelin.web.attaching import Attached
from yelin.web.desk.party_forms import Day, OfBody


def _text(
    label: Any, help_text: Any = "", *, rows: int = 3, required: bool = True
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class ApplicationForm(forms.Form):
    """The four parts of an application."""

    purpose = _text(
        _("What the data is for"),
        _("The question that you want to answer, or the service that you want to offer."),
    )
    scenario = _text(
        _("Where it is used"),
        _("Who works with it, with which means, and who sees the results."),
    )
    until = Day(
        label=_("Last day of use"),
        help_text=_("From then on the data is no longer handed out, and copies are deleted."),
    )
    safeguards = _text(
        _("How it is kept safe"),
        _("Who can reach it, how it is protected, and how it is deleted in the end."),
    )

    attached = Attached()

    @classmethod
    def saying(cls, asked: Mapping[str, Any]) -> "type[ApplicationForm]":
        """Return the form filled with what was said before."""
        fields = {name: copy.deepcopy(field) for name, field in cls.base_fields.items()}
        for name, value in asked.items():
            fields[name].initial = date.fromisoformat(value) if name == "until" else value
        return type("ApplicationForm", (cls,), fields)


def _reason() -> forms.CharField:
    return _text(
        pgettext_lazy("case", "Reason"),
        _("In words that the applicant understands."),
        required=False,
    )


def _legal_basis() -> forms.CharField:
    return forms.CharField(
        label=_("Legal basis"),
        help_text=_("The law, article and paragraph."),
        max_length=300,
        required=False,
    )


def _items(names: Iterable[str] = ()) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Items"),
        help_text=_("None ticked: all of them."),
        required=False,
        choices=[(name, name) for name in names],
        widget=forms.CheckboxSelectMultiple,
    )


class RefusalForm(forms.Form):
    """Why, and on which legal basis."""

    reason = _reason()
    legal_basis = _legal_basis()
    attached = Attached()


class ApprovalForm(forms.Form):
    """Until when, which items, and why less where it is less."""

    until = Day(label=_("Last day of use"))
    items = _items()
    reason = _reason()
    legal_basis = _legal_basis()
    attached = Attached()

    @classmethod
    def of(cls, case: Case) -> "type[ApprovalForm]":
        """Return the form with the day that was asked for, and the items of the resource."""
        names = Item.objects.filter(entry=case.about_id).values_list("name", flat=True)
        until = Day(label=_("Last day of use"), initial=date.fromisoformat(case.asked["until"]))
        return type("ApprovalForm", (cls,), {"until": until, "items": _items(names)})


class MissingForm(forms.Form):
    """What has to be completed."""

    missing = _text(_("What is missing"))


class HearingForm(forms.Form):
    """Which body is heard."""

    heard = OfBody()


class GroundsForm(forms.Form):
    """Why one appeals."""

    grounds = _text(_("What is wrong"))
    attached = Attached()


class FindingForm(forms.Form):
    """Why an appeal is decided so."""

    finding = _text(_("Why"))
    attached = Attached()


class WordsForm(forms.Form):
    """A message."""

    words = _text(_("Message"), rows=2)
    attached = Attached()
