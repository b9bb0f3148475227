"""What people make of data: the list, one of them with what may be done, showing a new one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.acts import references
from yelin.catalog import reads as catalog
from yelin.catalog.models import code_of
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.surface.actor import Asker
from yelin.talking import reads
from yelin.talking.acts import reuses as acts
from yelin.talking.models import Reuse, ReuseState
from yelin.talking.rules import About
from yelin.web import mending, offers, refusals, talk_forms
from yelin.web.asking import GET_OR_POST, actor_of, asker_of
from yelin.web.done import say_done
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.portal.tabs import asked, tabs
from yelin.web.reuse_cards import cards
from yelin.web.templatetags.yelin import title_of
from yelin.web.trail import trail
from yelin.web.words import REUSE_KIND

PAGE_SIZE = 24


@require_safe
def reuses(request: HttpRequest) -> HttpResponse:
    """List what people made of data, with a choice of kinds and a search."""
    actor = actor_of(request)
    kind, query = request.GET.get("kind", ""), request.GET.get("q", "").strip()[:200]
    found = reads.reuses(actor)
    if query:
        found = found.filter(Q(title__icontains=query) | Q(description__icontains=query))
    chosen = found.filter(kind=kind) if kind in REUSE_KIND else found
    base = asked(query, kind)
    rows, pager = cut(chosen, request.GET, PAGE_SIZE, base=base)
    context = {
        "cards": cards(actor, rows),
        "own": cards(actor, reads.own_reuses(actor)[:PAGE_SIZE]),
        "waiting": cards(actor, reads.reuses_waiting(actor)[:PAGE_SIZE]),
        "pager": pager,
        "query": query,
        "kind": kind,
        "kinds": tabs(
            reverse("portal:reuses"),
            {key: str(word.says) for key, word in REUSE_KIND.items()},
            kind,
            query,
        ),
        "provision": packs.active().ordering(duties.REUSE_SHOW),
        "crumbs": trail(_("Reuses")),
    }
    return render(request, "portal/reuses.html", context)


@require_http_methods(GET_OR_POST)
def reuse(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Show one reuse with the resources that it uses; do what may be done with it."""
    actor = actor_of(request)
    found = references.one(actor, Reuse, pk)
    taken = offers.take(request, actor, _offers(actor, found))
    if taken.made is not None:
        return redirect("portal:reuse", pk)
    uses = reads.used(actor, found)
    context = {
        "reuse": found,
        "card": cards(actor, [found])[0],
        "uses": [
            (title_of(each), reverse("portal:resource", args=[each.slug]), each) for each in uses
        ],
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.REUSE_SHOW),
        "crumbs": trail(found.title, (_("Reuses"), "portal:reuses")),
    }
    return render(request, "portal/reuse.html", context, status=taken.status)


def _offers(actor: Actor, found: Reuse) -> Sequence[Offer]:
    def offer(act: str, title: str, done: str, do: Callable[..., Any], **more: Any) -> Offer:
        def doing(said: Mapping[str, Any]) -> Any:
            return do(actor=actor, reuse=found, **said)

        return Offer(
            act=f"talking.{act}",
            on=found,
            title=title,
            button=title,
            done=done,
            do=more.pop("doing", doing),
            **more,
        )

    approve = offer(
        "approve_reuse", _("Show it to everybody"), _("It is shown now."), acts.approve_reuse
    )
    give_back = offer(
        "return_reuse",
        _("Return it"),
        _("It is returned."),
        acts.return_reuse,
        form=talk_forms.ReasonForm,
        stops=True,
    )
    featured = not found.featured
    feature = offer(
        "feature_reuse",
        _("Show it on the home page") if featured else _("Show it on the home page no more"),
        _("That is changed."),
        acts.feature_reuse,
        doing=lambda _said: acts.feature_reuse(actor=actor, reuse=found, featured=featured),
    )
    remove = offer(
        "remove_reuse",
        _("Take it down"),
        _("It is taken down."),
        acts.remove_reuse,
        form=talk_forms.ReasonForm,
        stops=True,
    )
    amend = offer(
        "amend_reuse",
        _("Change it"),
        _("It is changed, and looked at again."),
        acts.amend_reuse,
        form=talk_forms.ReuseForm,
        doing=lambda said: acts.amend_reuse(actor=actor, reuse=found, **_about(said)),
        initial=_said(found),
        says=_("It is looked at again before it is shown."),
    )
    withdraw = offer(
        "withdraw_reuse",
        _("Withdraw"),
        _("It is withdrawn."),
        acts.withdraw_reuse,
        stops=True,
    )
    match found.state:
        case ReuseState.WAITING:
            return [approve, give_back, amend, withdraw]
        case ReuseState.RETURNED:
            return [amend, withdraw]
        case ReuseState.SHOWN:
            return [feature, amend, remove, withdraw]
        case _:
            return []


def _said(found: Reuse) -> dict[str, Any]:
    names = ("title", "description", "kind", "link", "credit")
    codes = found.uses.order_by("code").values_list("code", flat=True)
    return {name: getattr(found, name) for name in names} | {"also": "\n".join(map(str, codes))}


@require_http_methods(GET_OR_POST)
@never_cache
def show(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Ask what somebody made of a resource, and hand it in."""
    asker = asker_of(request)
    entry = catalog.get(asker.actor, code=code_of(slug))
    if asker.person is None:
        return redirect_to_login(request.get_full_path())
    sent = request.method == "POST"
    form = (
        talk_forms.ReuseForm(request.POST, request.FILES)
        if sent
        else talk_forms.ReuseForm(initial={"credit": ""})
    )
    if sent and form.is_valid() and (made := _handed_in(asker, entry, form)):
        says = _("Thank you. It is shown once the platform has looked at it.")
        say_done(request, says, "talking.show_reuse", made)
        return redirect("portal:reuse", made.pk)
    decision = gate.decide(asker.actor, "talking.show_reuse", entry)
    context = {
        "entry": entry,
        "form": form,
        "refusal": None if decision.allowed else refusals.of(decision),
        "provision": packs.active().ordering(duties.REUSE_SHOW),
        "crumbs": trail(
            _("Show what you made"),
            (_("Reuses"), "portal:reuses"),
            (title_of(entry), reverse("portal:resource", args=[entry.slug])),
        ),
    }
    status = 422 if form.errors else 200 if decision.allowed else 403
    return render(request, "portal/reuse_new.html", context, status=status)


def _about(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form says as what the acts take."""
    words = {name: value for name, value in said.items() if name != "attached"}
    return {"said": About(**words), "attached": said["attached"]}


def _handed_in(asker: Asker, entry: Any, form: Any) -> Reuse | None:
    try:
        return acts.show_reuse(actor=asker.actor, entry=entry, **_about(form.cleaned_data))
    except Incomplete as error:
        mending.tell(form, error)
        return None
