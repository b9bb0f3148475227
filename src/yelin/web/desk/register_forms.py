"""Ask for systems, projects, plans and standards: each question with why it is asked."""

from operator import attrgetter
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yelin.law import clock
from yelin.outbound.models import EgressRule, Purpose
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Token
from yelin.registers.content import CodedValue, ItemType
from yelin.registers.models import (
    CodeList,
    DataStandard,
    FundedProject,
    Funding,
    GovernmentSystem,
    PlanKind,
)
from yelin.web import words
from yelin.web.desk import filling
from yelin.web.fields import Day


class SystemForm(forms.Form):
    """A government system."""

    name = forms.CharField(label=_("Name of the system"), max_length=200)
    purpose = forms.CharField(
        label=_("What it is for"),
        help_text=_("Which work of the body it serves, and which data arises in it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    in_service = forms.BooleanField(label=_("Is in service"), required=False)
    project = forms.ModelChoiceField(
        FundedProject.objects.none(),
        label=_("Project that built it"),
        empty_label=_("None"),
        required=False,
    )


def system_form(body: Body) -> type[SystemForm]:
    """Return the form of a system, which offers the projects of ``body``."""

    class OfBody(SystemForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            projects = FundedProject.objects.filter(body=body)
            self.fields["project"].queryset = projects  # type: ignore[attr-defined]  # a choice of rows has one

    return OfBody


def connection_form(actor: Actor, system: GovernmentSystem) -> type[forms.Form]:
    """Return the form by which ``actor`` says how a system is connected."""

    class Connection(forms.Form):
        token = forms.ModelChoiceField(
            Token.objects.filter(seat=actor.seat_id, expires_at__gt=clock.now()),
            label=_("Token by which it brings data in"),
            help_text=_("One of your own seat. Issue it under API tokens first."),
            empty_label=_("None"),
            required=False,
        )
        way_out = forms.ModelChoiceField(
            EgressRule.objects.in_force(system.body_id, Purpose.DELIVERY, clock.today())
            | EgressRule.objects.in_force(system.body_id, Purpose.PULL, clock.today())
            | EgressRule.objects.in_force(system.body_id, Purpose.RELAY, clock.today()),
            label=_("Way out by which data is pushed to it or fetched from it"),
            help_text=_("An allowed way out of your body for data that is pushed or fetched."),
            empty_label=_("None"),
            required=False,
        )

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.fields["token"].label_from_instance = attrgetter("label")  # type: ignore[attr-defined]  # a choice of rows has one

    return Connection


class ProjectForm(forms.Form):
    """A project that public money pays for."""

    name = forms.CharField(label=_("Name of the project"), max_length=200)
    funding = forms.ChoiceField(
        label=_("Public money"),
        choices=[(str(each), words.FUNDING[each].says) for each in Funding],
    )
    approval = forms.CharField(
        label=_("Approving document"),
        help_text=_("With its number, as it stands on the document."),
        max_length=200,
    )
    approved_on = Day(label=_("Approved on"))


class PlanForm(forms.Form):
    """Title and text of a plan."""

    title = forms.CharField(label=_("Title of the plan"), max_length=200)
    text = forms.CharField(
        label=pgettext_lazy("document", "Text"),
        help_text=_("The whole text. A draft may lack it; what is published may not."),
        max_length=200_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class SpecialPlanForm(PlanForm):
    """A special plan, with what it covers."""

    kind = forms.ChoiceField(
        label=_("What it covers"),
        choices=[
            (str(each), words.PLAN_KIND[each].says) for each in PlanKind if each != PlanKind.OVERALL
        ],
    )
    field_order = ("kind", "title", "text")


class StandardForm(forms.Form):
    """A data standard."""

    number = forms.CharField(
        label=_("Number of the standard"),
        help_text=_("With its year. Example: GB/T 2261.1-2003."),
        max_length=40,
    )
    title = forms.CharField(label=_("Title of the standard"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=300, required=False)
    source = forms.CharField(
        label=_("Source"),
        help_text=_("Where its text stands, so that others can compare."),
        max_length=300,
    )


class FromForm(forms.Form):
    """The day from which a standard holds."""

    in_force_from = Day(label=_("In force from"))


class UntilForm(forms.Form):
    """The last day on which a standard holds."""

    in_force_to = Day(label=_("Last day"))


class Values(forms.CharField):
    """Coded values, one a line: code, meaning, meaning in English, parted by commas or tabs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Values"),
            help_text=_("One a line: code, meaning, English. Example: 1,男性,Male"),
            widget=forms.Textarea(attrs={"rows": 6}),
            **kwargs,
        )

    def to_python(self, value: Any) -> list[CodedValue]:  # type: ignore[override]  # a list is what the act takes
        """Return the values in the order in which they were written."""
        found = []
        for number, line in enumerate((super().to_python(value) or "").splitlines(), start=1):
            if not line.strip():
                continue
            parts = filling.parted(line)
            if not 2 <= len(parts) <= 3 or not parts[0] or not parts[1]:
                raise forms.ValidationError(
                    _("Line %(n)s is not: code, meaning, English."), params={"n": number}
                )
            found.append(CodedValue(code=parts[0], name=parts[1], name_en="".join(parts[2:])))
        return found

    def prepare_value(self, value: Any) -> Any:
        """Show values the way they are typed."""
        if not isinstance(value, list):
            return value
        return "\n".join(
            ",".join(filter(None, (each["code"], each["name"], each["name_en"]))) for each in value
        )


class CodeListForm(forms.Form):
    """A code list of a standard."""

    identifier = forms.CharField(label=_("Identifier"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    values = Values()


class ValuesForm(forms.Form):
    """The values of the next version."""

    values = Values()


class ElementForm(forms.Form):
    """A data element of a standard."""

    identifier = forms.CharField(label=_("Identifier"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    definition = forms.CharField(label=_("Definition"), max_length=1000, required=False)
    type = forms.ChoiceField(
        label=_("Type"),
        choices=[(str(each), words.ITEM_TYPE[each].says) for each in ItemType],
    )
    length = forms.CharField(label=_("Length"), max_length=8, required=False)
    domain = forms.CharField(
        label=_("Values in words"),
        help_text=_("Where no code list says which values it takes."),
        max_length=1000,
        required=False,
    )
    code_list = forms.ModelChoiceField(
        CodeList.objects.none(),
        label=_("Code list"),
        empty_label=_("None"),
        required=False,
    )


def element_form(standard: DataStandard) -> type[ElementForm]:
    """Return the form of a data element, which offers the code lists of ``standard``."""

    class OfStandard(ElementForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            lists = standard.code_lists.all()
            self.fields["code_list"].queryset = lists  # type: ignore[attr-defined]  # a choice of rows has one

    return OfStandard
