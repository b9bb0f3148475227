"""Ask what a department needs of a resource that is shared on conditions, and what it is given."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.exchange.models import Service
from yelin.exchange.request import Mode
from yelin.web import limits
from yelin.web.attaching import Attached
from yelin.web.case_forms import legal_basis, reason, text
from yelin.web.choices import choose
from yelin.web.fields import Day
from yelin.web.limit_forms import LimitsForm, RowsForm, uses
from yelin.web.names import listed
from yelin.web.templatetags.yelin import day

_GROUNDS = ("reason", "legal_basis", "attached")


class RequestForm(RowsForm):
    """What a request to share says."""

    basis = text(
        _("On which basis"),
        _("The law, the article, or the functions of your body for which the data is needed."),
    )
    scenario = text(
        _("In which work"),
        _("The matter that you handle with it, who works with it, in which system."),
    )
    purpose = forms.ChoiceField(label=_("For which use"), widget=forms.RadioSelect)
    items = forms.MultipleChoiceField(
        label=_("Items that you need"),
        help_text=_("Only those: each one that is not needed delays the answer."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    mode = forms.ChoiceField(
        label=_("How you want to have it"),
        help_text=_("Where you only need to check what a citizen tells you, ask for answers."),
        widget=forms.RadioSelect,
        choices=[
            (Mode.TAKE.value, _("Rows and files: by interface, download or subscription")),
            (Mode.VERIFY.value, _("Only answers whether given values match a record")),
            (Mode.CALL.value, _("Calls of its service, as a whole")),
        ],
        initial=Mode.TAKE.value,
    )
    until = Day(label=_("Last day of use"))
    safeguards = text(
        _("How it is kept safe"),
        _("Who can reach it, how it is protected, and how it is deleted in the end."),
    )
    attached = Attached()
    field_order = ("basis", "scenario", "purpose", "items")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["column"].help_text = _("The rows that concern you, where not all do.")

    def clean(self) -> dict[str, Any]:
        """Return what is asked, as plain data that a case keeps."""
        said = super().clean()
        if not self.errors:
            said["rows"] = [each.model_dump() for each in said["rows"]]
        return said


def request_form(entry: Entry, said: Mapping[str, Any]) -> type[RequestForm]:
    """Return the form for a resource, filled with what was ``said`` of it before."""
    names, stated = entry.items_for_departments(), uses(entry.sharing_requirements)
    first: Mapping[str, Any] = next(iter(said.get("rows", ())), {})

    class OfEntry(RequestForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            choose(self.fields["purpose"], stated)
            choose(self.fields["items"], [(name, name) for name in names])
            self.offer_columns(names)
            self.initial = {**said, **first, **self.initial}
            if not Service.objects.live().filter(entry=entry).exists():
                modes: Any = self.fields["mode"]
                modes.choices = [each for each in modes.choices if each[0] != Mode.CALL]
                self.fields["items"].required = True
            if len(stated) == 1:
                self.initial.setdefault("purpose", stated[0][0])

    return OfEntry


class GrantedForm(LimitsForm):
    """What is given on a request, and why less where it is less."""

    reason = reason()
    legal_basis = legal_basis()
    attached = Attached()

    def clean(self) -> dict[str, Any]:
        """Return the limits, and the grounds beside them."""
        said = super().clean()
        if self.errors:
            return said
        given: dict[str, Any] = said["limits"]
        return given | {name: said[name] for name in _GROUNDS}


def granted_form(case: Case, entry: Entry) -> type[GrantedForm]:
    """Return the form that gives what was asked in a case, or less of it."""
    known = entry.items_for_departments()
    names = [name for name in case.asked["items"] if name in known]

    class OfCase(GrantedForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.offer(names)
            self.fields["until"].initial = case.asked["until"]
            self.order_fields([name for name in self.fields if name not in _GROUNDS])

    return OfCase


def told_request(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is asked for, as names and words."""
    labels = RequestForm.base_fields
    modes = dict(RequestForm.base_fields["mode"].choices)  # type: ignore[attr-defined]  # a choice field has them
    for name in ("basis", "scenario"):
        yield str(labels[name].label), said[name]
    yield str(labels["purpose"].label), listed("use_requirement", [said["purpose"]])
    yield from limits.told(said["items"], {}, said["rows"], None)
    yield str(labels["mode"].label), str(modes[said["mode"]])
    yield str(labels["until"].label), day(date.fromisoformat(said["until"]))
    yield str(labels["safeguards"].label), said["safeguards"]


def told_granted(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what was given, as names and words."""
    yield str(_("Last day of use")), day(date.fromisoformat(said["until"]))
    items = said["items"] or None
    yield from limits.told(items, said["veils"], said["rows"], said["rate_per_hour"])
