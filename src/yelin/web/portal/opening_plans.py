"""Plans of opening: what is opened in a year by when, and how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yelin.acts import references
from yelin.catalog import reads as catalog
from yelin.law import clock, duties, packs
from yelin.opening import reads
from yelin.opening.acts import plans as acts
from yelin.opening.models import Demand, OpeningPlan, PlannedOpening, PlanState
from yelin.opening.reads import Fulfilment
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.web import offers
from yelin.web.asking import GET_OR_POST, asker_of
from yelin.web.demand_offers import named
from yelin.web.fields import Day, OfEntry
from yelin.web.offers import Offer
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name
from yelin.web.trail import trail


class PlanForm(forms.Form):
    """Of which year a plan is, and what it says."""

    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2099)
    title = forms.CharField(label=gettext_lazy("Title of the plan"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("What it aims at"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class LineForm(forms.Form):
    """What is opened until when: an entry by its code, or a demand by its number."""

    entry = OfEntry(
        help_text=gettext_lazy("As it stands in the catalog. Or name a demand below."),
        required=False,
    )
    demand = forms.CharField(
        label=gettext_lazy("Number of the demand"),
        help_text=gettext_lazy("Example: XQ-2026-000012."),
        max_length=32,
        required=False,
    )
    until = Day(label=gettext_lazy("It is opened by"))
    title = forms.CharField(
        label=gettext_lazy("How the plan calls it"),
        help_text=gettext_lazy("Left empty: as the entry or the demand is called."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, actor: Actor | None = None, **kwargs: Any) -> None:
        """Look for what is named among what ``actor`` may know of."""
        super().__init__(*args, **kwargs)
        self._actor = actor or Actor.anyone()
        self.fields["entry"].asker = self._actor  # type: ignore[attr-defined]  # the field above

    def clean_demand(self) -> Demand | None:
        """Return the demand of this number."""
        number = self.cleaned_data["demand"]
        return named(self._actor, number) if number.strip() else None


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of a plan as a page shows it: how it stands is computed, never ticked off."""

    title: str
    provider: str
    until: date
    state: str
    url: str
    demand: Link | None


@dataclass(frozen=True, slots=True)
class PlanCard:
    """A plan in a list, with how far it is."""

    title: str
    url: str
    body: str
    year: int
    done: Fulfilment
    draft: bool


@require_http_methods(GET_OR_POST)
def plans(request: HttpRequest) -> HttpResponse:
    """List the plans of opening, the newest year first; whoever makes them begins one here."""
    asker = asker_of(request)
    actor = asker.actor
    body = asker.seat.body if asker.seat is not None else Body()
    begin = Offer(
        act="opening.draft_plan",
        on=body,
        title=_("Begin a plan of opening"),
        button=_("Save the draft"),
        done=_("The draft is saved."),
        form=PlanForm,
        initial={"year": clock.today().year},
        do=lambda said: acts.draft_plan(actor=actor, body=body, **said),
    )
    taken = offers.take(request, actor, [begin] if asker.seat is not None else [])
    if taken.made is not None:
        return redirect("portal:opening_plan", taken.made.pk)
    own = references.seen(actor, OpeningPlan.objects.filter(state=PlanState.DRAFT))
    drafts = own.select_related("body").order_by("-year")
    context = {
        "plans": [_card(each) for each in reads.plans(actor)],
        "drafts": [_card(each) for each in drafts.prefetch_related("lines__entry")],
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.OPENING_PLAN),
        "crumbs": trail(_("Plans of opening")),
    }
    return render(request, "portal/opening_plans.html", context, status=taken.status)


def _card(plan: OpeningPlan) -> PlanCard:
    return PlanCard(
        title=plan.title,
        url=reverse("portal:opening_plan", args=[plan.pk]),
        body=body_name(plan.body),
        year=plan.year,
        done=reads.fulfilment(plan.lines.all()),
        draft=plan.state == PlanState.DRAFT,
    )


@require_http_methods(GET_OR_POST)
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a plan line by line: what is open, what is late, what is to come."""
    actor = asker_of(request).actor
    found = references.one(actor, OpeningPlan, pk)
    taken = offers.take(request, actor, _offers(actor, found))
    if taken.made is not None:
        return redirect("portal:opening_plan", pk)
    rows = list(reads.lines().filter(plan=found))
    context = {
        "plan": found,
        "body": body_name(found.body),
        "lines": _lines(actor, rows),
        "done": reads.fulfilment(rows),
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.OPENING_PLAN),
        "crumbs": trail(found.title, (_("Plans of opening"), "portal:opening_plans")),
    }
    return render(request, "portal/opening_plan.html", context, status=taken.status)


def _lines(actor: Actor, rows: Sequence[PlannedOpening]) -> list[PlanLine]:
    entries = {entry.pk for row in rows if (entry := reads.entry_of(row))}
    seen = {entry.pk: entry for entry in catalog.seen_by(actor).filter(pk__in=entries)}
    public = references.seen(actor, Demand.objects.filter(planned__in=rows))
    demands = {demand.pk: demand for demand in public}

    def opened(row: PlannedOpening) -> str:
        entry = reads.entry_of(row)
        found = seen.get(entry.pk) if entry else None
        return reverse("portal:resource", args=[found.slug]) if found and found.code else ""

    def wanted(row: PlannedOpening) -> Link | None:
        found = demands.get(row.demand_id)
        if found is None:
            return None
        return Link(found.number, reverse("portal:demand", args=[found.number]))

    return [
        PlanLine(
            title=row.title,
            provider=body_name(row.provider),
            until=row.until,
            state=reads.state_of(row),
            url=opened(row),
            demand=wanted(row),
        )
        for row in rows
    ]


def _offers(actor: Actor, plan: OpeningPlan) -> list[Offer]:
    add = Offer(
        act="opening.add_to_plan",
        on=plan,
        title=_("Add a line"),
        says=_("Whether it is done is seen from the entry; nobody ticks it off."),
        button=_("Add it"),
        done=_("The line is added."),
        form=partial(LineForm, actor=actor),
        do=lambda said: acts.add_to_plan(actor=actor, plan=plan, **said),
    )
    if plan.state != PlanState.DRAFT:
        return [add]
    publish = Offer(
        act="opening.publish_plan",
        on=plan,
        title=_("Publish the plan"),
        says=_("From then on lines are added, and none is taken out."),
        button=_("Publish the plan"),
        done=_("The plan is published."),
        do=lambda _said: acts.publish_plan(actor=actor, plan=plan),
    )
    drops = [
        Offer(
            act="opening.drop_from_plan",
            key=f"drop-{line.pk}",
            on=plan,
            title=_("Take out: {title}").format(title=line.title),
            button=_("Take it out"),
            done=_("The line is taken out."),
            do=lambda _said, line=line: acts.drop_from_plan(actor=actor, plan=plan, line=line),  # type: ignore[misc]  # bound early, for the loop
            stops=True,
        )
        for line in plan.lines.filter(dropped=False).select_related("thing")
    ]
    return [add, publish, *drops]
