"""Privacy budgets on the desk: what each resource may tell by noise, what is left, its limit."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yelin.catalog.models import State
from yelin.law import duties, packs
from yelin.parties.models import Body
from yelin.privacy.workbench import budget_acts, reads
from yelin.privacy.workbench.budget import DIGITS, PLACES, Budget, plain
from yelin.surface.actor import Asker
from yelin.web import offers
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.guards import own_body, seated
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.shapes import Link

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A budget as the page draws it; figures as text, exactly as they are kept."""

    budget: Budget
    limit: str
    spent: str
    left: str


@require_http_methods(GET_OR_POST)
@seated
def budgets(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the privacy budgets of the actor's body; set the limit of one."""
    body, actor = own_body(asker), asker.actor
    rule = packs.active().noise_budget
    limit = Offer(
        # The resource is chosen in the form, and the gate asked about that one.
        act="deidentify.bring_hierarchy",
        key="budget",
        on=body,
        title=_("Set a limit"),
        says=_("What was spent is never given back, by a new version neither."),
        button=_("Set it"),
        done=_("The limit is set."),
        form=_form(body, rule.most),
        do=lambda said: budget_acts.set_budget(actor=actor, **said),
    )
    taken = offers.take(request, actor, [limit])
    if taken.made is not None:
        return redirect("desk:privacy-budgets")
    own, pager = cut(reads.budgets_of(actor), request.GET, PAGE_SIZE)
    context = {
        "budgets": [Line(row, plain(row.limit), plain(row.spent), plain(row.left)) for row in own],
        "pager": pager,
        "each": plain(rule.each),
        "days": rule.renewed_after_days,
        "provision": packs.active().ordering(duties.HAND_OVER),
        "offered": taken.offered,
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("De-identification"), reverse("desk:deidentifications")),
            Link(_("Privacy budgets"), ""),
        ],
    }
    return page(request, asker, "desk/privacy_budgets.html", context, status=taken.status)


def _form(body: Body, most: Decimal) -> type[forms.Form]:
    own = body.entries.exclude(state__in=[State.WITHDRAWN, State.DROPPED]).order_by("title")
    fields: dict[str, Any] = {
        "entry": forms.ModelChoiceField(label=gettext_lazy("Resource"), queryset=own),
        "limit": forms.DecimalField(
            label=gettext_lazy("Limit (ε)"),
            help_text=_("Above zero, and {most} at most.").format(most=plain(most)),
            max_digits=DIGITS,
            decimal_places=PLACES,
        ),
    }
    return type("BudgetForm", (forms.Form,), fields)
