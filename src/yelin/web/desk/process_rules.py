"""A body's rules of the whole process: begin one, change it, publish it, end it."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from yelin.acts import references
from yelin.parties.models import Body
from yelin.registers.acts import process_rules as acts
from yelin.registers.content import Step
from yelin.registers.models import ProcessRule, RuleState
from yelin.surface.actor import Asker
from yelin.web import attaching, offers, words
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.fields import Day
from yelin.web.guards import seated
from yelin.web.offers import Offer
from yelin.web.shapes import Link

_SAID = ("title", "title_en", "steps", "text", "address", "replaces")


class RuleForm(forms.Form):
    """What a rule says."""

    title = forms.CharField(label=gettext_lazy("Title of the rule"), max_length=200)
    title_en = forms.CharField(
        label=gettext_lazy("Title in English"), max_length=300, required=False
    )
    steps = forms.MultipleChoiceField(
        label=gettext_lazy("Steps that it is for"),
        choices=[(str(each), words.STEP[each].says) for each in Step],
        widget=forms.CheckboxSelectMultiple,
    )
    text = forms.CharField(
        label=pgettext_lazy("document", "Text"),
        help_text=gettext_lazy("The whole text, unless it is attached or stands elsewhere."),
        max_length=200_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    address = forms.CharField(
        label=gettext_lazy("Address of the text"),
        help_text=gettext_lazy("Where it is published. Example: https://www.example.gov.cn/."),
        max_length=500,
        required=False,
    )
    replaces = forms.ModelChoiceField(
        ProcessRule.objects.none(),
        label=gettext_lazy("Rule that it replaces"),
        help_text=gettext_lazy("That one holds until the day before this one begins."),
        empty_label=gettext_lazy("None"),
        required=False,
    )


class PublishForm(forms.Form):
    """The number of the document that issues a rule, and the day from which it holds."""

    number = forms.CharField(
        label=gettext_lazy("Number of the document"),
        help_text=gettext_lazy("As it stands on the document."),
        max_length=60,
    )
    in_force_from = Day(label=gettext_lazy("In force from"))


class RepealForm(forms.Form):
    """The last day on which a rule holds."""

    in_force_to = Day(label=gettext_lazy("Last day in force"))


def _form(body: Body, own: UUID | None = None) -> type[RuleForm]:
    class OfBody(RuleForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            held = ProcessRule.objects.filter(body=body, state=RuleState.PUBLISHED)
            self.fields["replaces"].queryset = held.exclude(pk=own)  # type: ignore[attr-defined]  # a choice of rows has one

    return OfBody


def draft(asker: Asker, body: Body) -> Offer:
    """Return the offer to begin a rule of ``body``."""
    return Offer(
        act="registers.draft_rule",
        on=body,
        title=_("Begin a whole-process rule"),
        says=_("For collection, storage, sharing, opening and whatever else becomes of the data."),
        button=_("Save the draft"),
        done=_("The draft is saved."),
        form=_form(body),
        do=lambda said: acts.draft_rule(actor=asker.actor, body=body, **said),
    )


@require_http_methods(GET_OR_POST)
@seated
def process_rule(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one rule and how far it is; change, publish or end it."""
    actor = asker.actor
    found = references.one(actor, ProcessRule, pk)
    hung = [attaching.attach(actor, found), *attaching.removals(actor, found)]
    taken = offers.take(request, actor, [*_next(asker, found), *hung])
    if taken.made is not None:
        return redirect("desk:process_rule", pk=pk)
    context = {
        "rule": found,
        "attachments": attaching.shown(actor, found, taken.offered),
        "offered": attaching.others(taken.offered),
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("Registers"), reverse("desk:registers")),
            Link(found.title, ""),
        ],
    }
    return page(request, asker, "desk/process_rule.html", context, status=taken.status)


def _next(asker: Asker, found: ProcessRule) -> Sequence[Offer]:
    match found.state:
        case RuleState.DRAFT:
            return [_change(asker, found), _publish(asker, found)]
        case RuleState.PUBLISHED:
            return [_repeal(asker, found)]
        case _:
            return []


def _change(asker: Asker, found: ProcessRule) -> Offer:
    return Offer(
        act="registers.amend_rule",
        on=found,
        title=_("Change the rule"),
        button=_("Save the draft"),
        done=_("The draft is saved."),
        form=_form(found.body, found.pk),
        initial=dict(zip(_SAID, attrgetter(*_SAID)(found), strict=True)),
        do=lambda said: acts.amend_rule(actor=asker.actor, rule=found, **said),
    )


def _publish(asker: Asker, found: ProcessRule) -> Offer:
    return Offer(
        act="registers.publish_rule",
        on=found,
        title=_("Publish the rule"),
        says=_("From then on only a new edition changes it."),
        button=_("Publish the rule"),
        done=_("The rule is published."),
        form=PublishForm,
        do=lambda said: acts.publish_rule(actor=asker.actor, rule=found, **said),
    )


def _repeal(asker: Asker, found: ProcessRule) -> Offer:
    return Offer(
        act="registers.repeal_rule",
        on=found,
        title=_("Repeal the rule"),
        says=_("Where nothing takes its place. Otherwise begin the edition that replaces it."),
        button=_("Repeal the rule"),
        done=_("The rule is repealed."),
        form=RepealForm,
        do=lambda said: acts.repeal_rule(actor=asker.actor, rule=found, **said),
        stops=True,
    )
