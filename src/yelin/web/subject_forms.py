"""Ask what is held of oneself, and say what of that is given and what the law keeps."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.parties.models import Body
from yelin.privacy.requested import MOST_SAID, Target, What
from yelin.web.attaching import Attached
from yelin.web.case_forms import Form, filled, legal_basis, reason, text
from yelin.web.choices import worded
from yelin.web.templatetags.yelin import title_of
from yelin.web.words import SUBJECT_WHAT


class SubjectForm(forms.Form):
    """What is asked; of a correction, which item should say what."""

    what = forms.ChoiceField(
        label=_("What you ask"), choices=worded(SUBJECT_WHAT), widget=forms.RadioSelect
    )
    item = forms.CharField(
        label=_("Item to be corrected"),
        help_text=_("Only for a correction: as the item is called on the page of the resource."),
        required=False,
        max_length=200,
    )
    value = forms.CharField(
        label=_("What it should say"),
        help_text=_("Only for a correction."),
        required=False,
        max_length=500,
    )
    says = text(_("Why"), _("Not needed. It helps whoever decides."), required=False)
    attached = Attached()


class NewSubjectForm(SubjectForm):
    """The same, about oneself or a child under 14."""

    number = forms.CharField(
        label=_("Identity number of the child"),
        help_text=_(
            "Only where you ask as parent or guardian of a child under 14. Its ends and a mark by"
            " which it is known again are kept, the number is not."
        ),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("what", "item", "value", "says", "number", "attached")


def new_form(about: Entry | Body) -> Form:
    """Return the form to ask: of a body without corrections, which are of one resource."""
    if isinstance(about, Entry):
        named = set(about.subject_sets.values_list("item", flat=True))
        items = [each.name for each in about.items.all() if each.name not in named]
        field = forms.ChoiceField(
            label=NewSubjectForm.base_fields["item"].label,
            help_text=NewSubjectForm.base_fields["value"].help_text,
            required=False,
            choices=[("", ""), *((name, name) for name in items)],
        )
        return filled(NewSubjectForm, {}, item=field)
    what = forms.ChoiceField(
        label=NewSubjectForm.base_fields["what"].label,
        choices=[pair for pair in worded(SUBJECT_WHAT) if pair[0] != What.CORRECTION],
        widget=forms.RadioSelect,
    )
    made = filled(NewSubjectForm, {}, what=what)
    for name in ("item", "value"):
        del made.base_fields[name]
    return made


class ConfirmForm(forms.Form):
    """What a recipient says beside that it has deleted."""

    says = forms.CharField(
        label=_("How"),
        help_text=_("Not needed. The person who asked reads it."),
        required=False,
        max_length=MOST_SAID,
    )


class GivenForm(forms.Form):
    """What is kept by law, why, and on which basis."""

    kept = forms.MultipleChoiceField(
        label=_("Kept by law"),
        help_text=_("None ticked: all of it is given. What is ticked needs reason and basis."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    release = forms.TypedChoiceField(
        label=_("Version that corrects it"), coerce=int, empty_value=None, required=False
    )
    reason = reason()
    legal_basis = legal_basis()
    attached = Attached()


def asked_form(said: Mapping[str, Any]) -> Form:
    """Return the form to complete a request, filled with what was said."""
    return filled(SubjectForm, said)


def given_form(case: Case) -> Form:
    """Return the form of an answer: with the resources found, or the versions that may correct."""
    if case.asked["what"] == What.CORRECTION:
        rows = case.about.entry.releases.order_by("-number")[:1]
        numbers = [(each.number, pgettext_lazy("release", "Version {n}")) for each in rows]
        choices = [("", "")] + [(n, str(says).format(n=n)) for n, says in numbers]
        made = filled(GivenForm, {}, release=_choosing("release", choices))
        del made.base_fields["kept"]
        return made
    targets = Target.objects.filter(request__case=case).values("entry")
    entries = Entry.objects.filter(pk__in=targets).order_by("code")
    made = filled(GivenForm, {}, kept=_choosing("kept", [(e.code, title_of(e)) for e in entries]))
    del made.base_fields["release"]
    return made


def _choosing(name: str, choices: list[Any]) -> forms.Field:
    field: forms.Field = GivenForm.base_fields[name].__deepcopy__({})
    field.choices = choices  # type: ignore[attr-defined]  # both are choices
    return field
