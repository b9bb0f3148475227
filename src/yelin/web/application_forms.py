"""Ask for what an application for open data says, and for what it is given."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.web.attaching import Attached
from yelin.web.case_forms import Form, filled, items_field, legal_basis, reason, text
from yelin.web.fields import Day


class ApplicationForm(forms.Form):
    """The four parts of an application."""

    purpose = text(
        _("What the data is for"),
        _("The question that you want to answer, or the service that you want to offer."),
    )
    scenario = text(
        _("Where it is used"),
        _("Who works with it, with which means, and who sees the results."),
    )
    until = Day(
        label=_("Last day of use"),
        help_text=_("From then on the data is no longer handed out, and copies are deleted."),
    )
    safeguards = text(
        _("How it is kept safe"),
        _("Who can reach it, how it is protected, and how it is deleted in the end."),
    )
    attached = Attached()


class ApprovalForm(forms.Form):
    """Until when, which items, and why less where it is less."""

    until = Day(label=_("Last day of use"))
    items = items_field()
    reason = reason()
    legal_basis = legal_basis()
    attached = Attached()


def application_form(said: Mapping[str, Any]) -> Form:
    """Return the form of an application, filled with what is known."""
    return filled(ApplicationForm, said)


def approval_form(case: Case, entry: Entry) -> Form:
    """Return the form by which an application is approved, with what was asked."""
    items = items_field(entry.opened_items())
    return filled(ApprovalForm, {"until": case.asked["until"]}, items=items)
