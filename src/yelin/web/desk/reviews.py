"""Confirming: what waits, what is asked for, what would differ, who has confirmed it already."""

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.catalog import acts, reviewing, rules, working
from yelin.catalog import reads as catalog
from yelin.catalog.differences import Difference, between
from yelin.catalog.models import Entry
from yelin.catalog.revisions import RevisionKind
from yelin.collecting import reads as collecting
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.surface.actor import Asker
from yelin.warehouse import disclosing
from yelin.web import differences, mending, refusals
from yelin.web.asking import GET_OR_POST
from yelin.web.desk.door import page
from yelin.web.desk.review_forms import DecisionForm
from yelin.web.desk.shapes import Check, ReviewLine, SideLine
from yelin.web.done import say_done
from yelin.web.guards import seated
from yelin.web.metadata import details
from yelin.web.paging import cut
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_kind, body_name, title_of

PAGE_SIZE = 50


@require_safe
@seated
def waiting(request: HttpRequest, asker: Asker) -> HttpResponse:
    """List the entries that await the actor's confirmation, longest waiting first."""
    entries, pager = cut(working.to_confirm(asker.actor), request.GET, PAGE_SIZE)
    lines = [
        ReviewLine(
            title=title_of(entry),
            url=reverse("desk:review", args=[entry.pk]),
            body=body_name(entry.provider),
            code=entry.code or "",
            asked=_asked(entry),
            opening_type=entry.opening_type,
            sharing_type=entry.sharing_type,
            since=entry.sent_at,
        )
        for entry in entries
    ]
    pack = packs.active()
    powers = [pack.ordering(duties.CATALOG_CONFIRM), pack.ordering(duties.NEGATIVE_LIST)]
    context = {"entries": lines, "pager": pager, "powers": [each for each in powers if each]}
    return page(request, asker, "desk/reviews.html", context)


def _asked(entry: Entry) -> str:
    if entry.revision is None:
        return _("Entry into the catalog")
    if entry.revision.kind == RevisionKind.WITHDRAWAL:
        return _("Withdrawal")
    return _("Change of a confirmed entry")


@require_http_methods(GET_OR_POST)
@seated
def review(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show an entry to whoever confirms it, and take the decision."""
    entry = working.entry(asker.actor, pk)
    filled = DecisionForm(request.POST) if request.method == "POST" else DecisionForm()
    if request.method == "POST" and filled.is_valid():
        try:
            _decide(request, asker, entry, filled)
        except Incomplete as error:
            mending.tell(filled, error)
        else:
            return redirect("desk:reviews")
    return _page(request, asker, entry, filled)


def _decide(request: HttpRequest, asker: Asker, entry: Entry, filled: DecisionForm) -> None:
    if request.POST.get("sending") != str(entry.sendings):
        raise OutOfTurn("This entry has moved on since you opened it. Look at its present state.")
    title = title_of(entry)
    if filled.cleaned_data["decision"] == "return":
        acts.return_(actor=asker.actor, entry=entry, reason=filled.cleaned_data["reason"])
        say_done(request, _("Returned: {title}").format(title=title), "catalog.return", entry)
        return
    entry = acts.confirm(actor=asker.actor, entry=entry)
    says = _("Confirmed: {title}")
    if entry.sent_at is not None:
        says = _("Your side has confirmed it; another one has to as well: {title}")
    say_done(request, says.format(title=title), "catalog.confirm", entry)


def _page(request: HttpRequest, asker: Asker, entry: Entry, filled: DecisionForm) -> HttpResponse:
    decision = gate.decide(asker.actor, "catalog.confirm", entry)
    since, difference = _difference(entry)
    sides = list(_sides(entry))
    context = {
        "entry": entry,
        "asked": _asked(entry),
        "withdrawal": entry.revision if entry.revision and not entry.revision.content else None,
        "form": filled,
        "said": entry.in_hand(),
        "kept_back": rules.kept_back(entry.in_hand()),
        "story": {"details": details(entry, catalog.related(asker.actor, entry))},
        "checks": _checks(entry),
        "difference": differences.shown(difference) if difference else None,
        "since_version": since,
        "sides": sides,
        "repeats": list(collecting.repeats_of(entry.thing)),
        "once": packs.active().ordering(duties.COLLECT_ONCE),
        "refusal": None if decision.allowed else refusals.of(decision),
        "waits": decision.allowed and _lacks(asker, entry),
        "has_grounds": disclosing.has_grounds(entry),
        "preview_url": reverse("portal:resource", args=[entry.slug]),
        "power": packs.active().ordering(decision.duty),
        "basis": packs.active().ordering(duties.SHARING_BASIS),
        "is_negative": reviewing.is_negative(entry),
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(_("To confirm"), reverse("desk:reviews")),
            Link(title_of(entry), ""),
        ],
    }
    return page(request, asker, "desk/review.html", context, status=422 if filled.errors else 200)


def _lacks(asker: Asker, entry: Entry) -> bool:
    """Whether the confirmation of the actor's side is still needed."""
    powers = reviewing.powers_of(asker.actor, entry)
    kind = asker.actor.body_kind
    return any(side.is_of(kind, powers) for side in reviewing.outstanding(entry))


def _difference(entry: Entry) -> tuple[int | None, Difference | None]:
    """Return since which version what differs, where there is one to compare with."""
    if entry.revision:
        asked = entry.revision.content
        return entry.version, between(entry.content(), entry.in_hand()) if asked else None
    former = working.returned_before(entry)
    return (former.number, between(former.said, entry.content())) if former else (None, None)


def _sides(entry: Entry) -> Iterator[SideLine]:
    if entry.sent_at is None:
        return
    pack, given = packs.active(), reviewing.given(entry)
    for side in reviewing.sides(entry):
        by = next((r for r in given if side.is_of(r.body.kind, frozenset(r.powers))), None)
        negative = side.power == reviewing.NEGATIVE
        yield SideLine(
            says=_("Review of the negative list: {kind}").format(kind=body_kind(side.kind))
            if negative
            else _("Confirmation of the catalog"),
            provision=pack.ordering(duties.NEGATIVE_LIST if negative else duties.CATALOG_CONFIRM),
            by=body_name(by.body) if by else "",
            at=by.at if by else None,
        )


def _checks(entry: Entry) -> list[Check]:
    pack = packs.active()
    says = [
        (_("The basis of collection is named and lawful."), duties.COLLECT_LAWFULLY),
        (
            _("The type of sharing fits; not sharing rests on a basis that the law accepts."),
            duties.SHARING_TYPE,
        ),
        (_("The type of opening fits."), duties.OPENING_TYPE),
        (_("The security grade fits the content and its items."), duties.GRADE),
        (_("It holds no state secret."), duties.STATE_SECRETS),
    ]
    if entry.revision and not entry.revision.content:
        says = [
            (_("The reason is true, and holds under the law."), duties.CATALOG_COMPILE),
            (_("Nobody still relies on the data without another source."), duties.KEEP_ACCURATE),
        ]
    asked = [(text, pack.ordering(duty)) for text, duty in says]
    return [Check(text, provision) for text, provision in asked if provision]
