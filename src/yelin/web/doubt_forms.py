"""Ask for what seems wrong with data, and for what was corrected."""

import copy
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yelin import gate
from yelin.cases.models import Case
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry
from yelin.delivery import naming
from yelin.delivery.doubt import Fails
from yelin.parties.actor import Actor
from yelin.warehouse.models import Release
from yelin.web.attaching import Attached
from yelin.web.case_forms import Form, filled, items_field, legal_basis, reason, text
from yelin.web.templatetags.yelin import day, number


class DoubtForm(forms.Form):
    """What seems wrong with the data."""

    fails = forms.ChoiceField(
        label=_("What the data lacks"),
        widget=forms.RadioSelect,
        choices=[
            (Fails.ACCURATE.value, _("It is not accurate")),
            (Fails.COMPLETE.value, _("It is not complete")),
            (Fails.USABLE.value, _("It cannot be used")),
            (Fails.UP_TO_DATE.value, _("It is not up to date")),
        ],
    )
    items = items_field()
    says = text(
        _("What is wrong, and where"),
        _("Which values, and what you expected. No names and numbers of people."),
    )
    known_from = text(
        _("How you know"), _("A source, a document, your own observation."), required=False
    )
    attached = Attached()


class CorrectionForm(forms.Form):
    """What was corrected in which version, and why less where it is less."""

    says = text(_("What was found and corrected"), _("It is told to whoever reported the doubt."))
    release = forms.TypedChoiceField(
        label=_("Version that corrects it"),
        help_text=_("One that was published after the doubt came in."),
        required=False,
        coerce=int,
        empty_value=None,
    )
    items = items_field(help_text=_("None ticked: all that were in doubt."))
    reason = reason()
    legal_basis = legal_basis()
    attached = Attached()


def keys_of(actor: Actor, entry: Entry) -> list[tuple[str, str]]:
    """Return the fields that name one record, each with the item that it is of."""
    return [(f"key{n}", name) for n, name in enumerate(naming.keys_for(actor, entry))]


def doubt_form(actor: Actor, entry: Entry, said: Mapping[str, Any]) -> Form:
    """Return the form by which ``actor`` says what is wrong with ``entry``, or a record of it.

    Once it is handed in, which record it is about stays as it is.
    """
    may_read = gate.decide(actor, "entry.read", entry)
    shown = catalog.items(may_read, entry) if may_read.allowed else ()
    keys = [] if "fails" in said else keys_of(actor, entry)
    record: Mapping[str, str] = said.get("record", {})
    fields = {
        field: forms.CharField(
            label=gettext("Record: {item}").format(item=name),
            help_text=_("Of which record. Left empty, it is about the whole resource."),
            required=False,
            max_length=naming.MOST,
        )
        for field, name in keys
    }
    first = {field: record[name] for field, name in keys if name in record}
    form = filled(DoubtForm, {**said, **first}, items=items_field(i.name for i in shown), **fields)
    form.field_order = list(fields)
    return form


def correction_form(case: Case) -> Form:
    """Return the form that says what was corrected, with the versions that may have done it."""
    items = items_field(case.asked["items"], _("None ticked: all that were in doubt."))
    return filled(CorrectionForm, {}, release=_releases(case), items=items)


def _releases(case: Case) -> forms.Field:
    field = copy.deepcopy(CorrectionForm.base_fields["release"])
    released = Release.objects.filter(entry=case.about_id).order_by("-number")[:20]
    field.choices = [("", gettext("No new version"))] + [  # type: ignore[attr-defined]  # a choice field has them
        (str(each.number), f"{number(each.number)} · {day(each.released_at)}") for each in released
    ]
    return field
