"""Confirming entries: what waits, and one entry with what changed and what to look at."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.catalog import acts
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry, State
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.surface.actor import Asker
from yelin.web import refusals
from yelin.web.desk import filling, reads
from yelin.web.desk.door import page, say_done, seated
from yelin.web.desk.entries import GET_OR_POST
from yelin.web.desk.forms import DecisionForm, EntryForm
from yelin.web.desk.shapes import Check, Difference, ReviewLine
from yelin.web.paging import cut
from yelin.web.portal.story import details
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name, title_of

PAGE_SIZE = 50


@require_safe
@seated
def waiting(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the entries that await the actor's confirmation, longest waiting first."""
    entries, pager = cut(reads.to_confirm(asker.actor), request.GET, PAGE_SIZE)
    since = reads.waiting_since(entries)
    lines = [
        ReviewLine(
            title=title_of(entry),
            url=reverse("desk:review", args=[entry.pk]),
            body=body_name(entry.provider),
            code=entry.code or "",
            state=entry.state,
            opening_type=entry.opening_type,
            sharing_type=entry.sharing_type,
            since=since.get(entry.pk, entry.changed_at),
        )
        for entry in entries
    ]
    power = packs.active().provision(duties.CATALOG_CONFIRM)
    context = {"entries": lines, "pager": pager, "power": power}
    return page(request, asker, "desk/reviews.html", context)


@require_http_methods(GET_OR_POST)
@seated
def review(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show an entry to whoever confirms it, and take the decision."""
    entry = reads.entry(asker.actor, pk)
    filled = DecisionForm(request.POST) if request.method == "POST" else DecisionForm()
    if request.method == "POST" and filled.is_valid():
        try:
            _decide(request, asker, entry, filled)
        except Incomplete as error:
            filling.tell(filled, error)
        else:
            return redirect("desk:reviews")
    return _page(request, asker, entry, filled)


def _decide(request: HttpRequest, asker: Asker, entry: Entry, filled: DecisionForm) -> None:
    if request.POST.get("version") != str(entry.version):
        raise OutOfTurn("This entry has moved on since you opened it. Look at its present state.")
    if filled.cleaned_data["decision"] == "confirm":
        acts.confirm(actor=asker.actor, entry=entry)
        say_done(
            request, _("Confirmed: {title}").format(title=title_of(entry)), "catalog.confirm", entry
        )
    else:
        acts.return_(actor=asker.actor, entry=entry, reason=filled.cleaned_data["reason"])
        say_done(
            request, _("Returned: {title}").format(title=title_of(entry)), "catalog.return", entry
        )


def _page(request: HttpRequest, asker: Asker, entry: Entry, filled: DecisionForm) -> HttpResponse:
    decision = gate.decide(asker.actor, "catalog.confirm", entry)
    former = reads.returned_before(entry)
    context = {
        "entry": entry,
        "form": filled,
        "items": list(entry.items.select_related("element", "code_list")),
        "kept_back": entry.kept_back(),
        "story": {"details": details(entry, catalog.related(asker.actor, entry))},
        "checks": _checks(entry),
        "differences": _differences(former.content, entry) if former else [],
        "since_version": former.number if former else None,
        "refusal": None if decision.allowed else refusals.of(decision),
        "waits": entry.state == State.AWAITING and decision.allowed,
        "preview_url": reverse("portal:resource", args=[entry.slug]),
        "power": packs.active().provision(duties.CATALOG_CONFIRM),
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("To confirm"), reverse("desk:reviews")),
            Link(title_of(entry), ""),
        ],
    }
    return page(request, asker, "desk/review.html", context, status=422 if filled.errors else 200)


def _checks(entry: Entry) -> list[Check]:
    pack = packs.active()
    says = [
        (_("The basis of collection is named and lawful."), duties.COLLECT_LAWFULLY),
        (
            _(
                "The type of sharing fits; not sharing rests on a law, administrative regulation "
                "or State Council policy."
            ),
            duties.SHARING_TYPE,
        ),
        (_("The type of opening fits."), duties.OPENING_TYPE),
        (_("The security grade fits the content and its items."), duties.GRADE),
        (_("It holds no state secret."), duties.STATE_SECRETS),
    ]
    del entry
    asked = [(text, pack.ordering(duty)) for text, duty in says]
    return [Check(text, provision) for text, provision in asked if provision]


def _differences(before: dict[str, object], entry: Entry) -> list[Difference]:
    now = entry.content().model_dump(mode="json", exclude={"state_secret"})
    labels = {name: str(field.label) for name, field in EntryForm.base_fields.items()}
    labels["items"] = _("Items")
    return [
        Difference(labels.get(name, name), _shown(before.get(name)), _shown(value))
        for name, value in now.items()
        if before.get(name) != value
    ]


def _shown(value: object) -> str:
    if isinstance(value, list):
        return _(", ").join(_parts(value))
    return "" if value is None else str(value)


def _parts(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        yield str(value["name"]) + f" ({value['type']})" if isinstance(value, dict) else str(value)
