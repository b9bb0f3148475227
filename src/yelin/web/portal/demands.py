"""The demand board: what people want opened, who supports it, and what was answered."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry, code_of
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete
from yelin.ledger.models import Leaf
from yelin.opening import reads, rules
from yelin.opening.acts import demands as acts
from yelin.opening.models import Demand
from yelin.opening.reads import Asked
from yelin.opening.rules import State
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.surface.actor import as_citizen
from yelin.things.counted import counts
from yelin.web import mending, offers, refusals, telling, words
from yelin.web.addresses import address, several
from yelin.web.asking import GET_OR_POST, actor_of, asker_of
from yelin.web.demand_cards import cards, link_to
from yelin.web.demand_offers import OfOfficial, official_bodies
from yelin.web.demand_offers import offers as offered_in
from yelin.web.done import say_done
from yelin.web.names import theme_name
from yelin.web.paging import cut
from yelin.web.portal.narrowed import narrowings
from yelin.web.portal.shapes import Facet, Option
from yelin.web.shapes import Link, Step
from yelin.web.templatetags.yelin import body_name, lang, title_of
from yelin.web.trail import trail

PAGE_SIZE = 20
LONGEST_QUERY = 100


class DemandForm(forms.Form):
    """What is wanted, what for, and of whom."""

    title = forms.CharField(
        label=gettext_lazy("Which data you want"),
        help_text=gettext_lazy("In one line. Example: arrival times of buses, by line and stop."),
        max_length=rules.LONGEST_TITLE,
    )
    purpose = forms.CharField(
        label=pgettext_lazy("demand", "What it is for"),
        help_text=gettext_lazy(
            "What could be done with it, and for whom. Everybody reads this: no names, no numbers"
            " of people."
        ),
        max_length=rules.LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    body = OfOfficial(
        label=gettext_lazy("Who has it"),
        help_text=gettext_lazy("If you do not know, whoever runs the platform finds out."),
        empty_label=gettext_lazy("I do not know"),
        required=False,
    )
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Offer the bodies of which ``actor`` knows by what they keep, and the pack's themes."""
        super().__init__(*args, **kwargs)
        kept = catalog.seen_by(actor).filter(provider=OuterRef("pk"))
        self.fields["body"].queryset = official_bodies().filter(Exists(kept))  # type: ignore[attr-defined]  # a choice of rows has one
        themes = [(each.code, each.label(lang())) for each in packs.active().themes]
        self.fields["theme"].choices = [("", _("None of these")), *themes]  # type: ignore[attr-defined]  # a choice has them


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """List what people want opened: what most support first, the newest, or the answered."""
    actor = actor_of(request)
    asked = _asked(request.GET)
    found = reads.board(actor, asked)
    total = found.count()
    rows, pager = cut(
        found, request.GET, PAGE_SIZE, total=total, base=address(request.GET, drop=["page"])
    )
    facets = list(_facets(actor, asked))
    context = {
        "asked": asked,
        "total": total,
        "cards": cards(actor, rows),
        "facets": facets,
        "chosen": narrowings(facets, request.GET),
        "clear_url": address(request.GET, drop=["state", "theme", "body", "page"]),
        "sorts": [
            Link(title, address(request.GET, sort=name, drop=["page"]), current=name == asked.sort)
            for name, title in (
                ("voices", _("Most supported")),
                ("newest", pgettext("demand", "Newest")),
                ("answered", _("Answered last")),
            )
        ],
        "own": cards(actor, list(reads.asked_by(actor)[:PAGE_SIZE])),
        "pager": pager,
        "provision": packs.active().ordering(duties.OPENING_DEMAND),
        "crumbs": trail(_("Demands")),
    }
    return render(request, "portal/demands.html", context)


def _asked(query: QueryDict) -> Asked:
    sort = query.get("sort", "")
    return Asked(
        words=query.get("q", "")[:LONGEST_QUERY].strip(),
        states=several(query, "state"),
        themes=several(query, "theme"),
        bodies=several(query, "body"),
        sort=sort if sort in reads.SORTS else "voices",
    )


def _facets(actor: Actor, asked: Asked) -> Iterator[Facet]:
    everything = reads.everything(actor)
    bodies = {
        body.credit_code: body_name(body)
        for body in Body.objects.filter(pk__in=everything.order_by().values("handler"))
    }
    for name, title, by, chosen, label in (
        ("state", _("State"), "state", asked.states, _state_name),
        ("theme", _("Theme"), "theme", asked.themes, theme_name),
        ("body", _("Who answers"), "handler__credit_code", asked.bodies, bodies.get),
    ):
        counted = dict.fromkeys(chosen, 0) | dict(counts(everything, by))
        options = [Option(v, label(v) or v, n, v in chosen) for v, n in counted.items()]
        if options:
            yield Facet(name, title, options)


def _state_name(state: str) -> str:
    return str(words.word("demand", state).says)


@require_http_methods(GET_OR_POST)
def demand(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show one demand: what is wanted, who supports it, what was answered; take what one does."""
    actor = actor_of(request)
    found = reads.demand(actor, number)
    taken = offers.take(request, actor, offered_in(actor, found))
    if taken.made is not None:
        return redirect("portal:demand", number)
    (card,) = cards(actor, [found])
    about = None
    if found.about and gate.decide(actor, "entry.see", found.about).allowed:
        about = link_to(found.about) if found.about.code else None
    leaves = Leaf.objects.filter(subject=found.pk).select_related("body").order_by("-id")
    seen = gate.visible_to(actor, "leaf.open", leaves)
    offered = list(taken.offered)
    context = {
        "demand": found,
        "card": card,
        "about": about,
        "mine": actor.party_id is not None and actor.party_id == found.asker_id,
        "supports": reads.supports(actor, found),
        "voice": next((each for each in offered if each.offer.act in _VOICE), None),
        "offered": [each for each in offered if each.offer.act not in _VOICE],
        "steps": _steps(found),
        "merged": [
            Link(each.title, reverse("portal:demand", args=[each.number]))
            for each in found.merged.order_by("number")
        ],
        "course": telling.lines(actor, list(seen), are_open=True),
        "answers": packs.active().ordering(duties.OPENING_RESPOND, found.submitted_on),
        "known": actor.is_identified,
        "is_living": found.state in rules.LIVING,
        "crumbs": trail(found.number, (_("Demands"), "portal:demands")),
    }
    response = render(request, "portal/demand.html", context, status=taken.status)
    if actor.is_identified:
        add_never_cache_headers(response)
    return response


_VOICE = ("opening.support", "opening.unsupport")


def _steps(demand: Demand) -> list[Step]:
    """Return how far a demand is: read, answered, open."""
    settled = {State.RETURNED, State.WITHDRAWN, State.MERGED}
    if demand.state in settled:
        return []
    at = {
        State.SUBMITTED: 1,
        State.OPEN: 2,
        State.OVERDUE: 2,
        State.PLANNED: 3,
        State.DECLINED: 3,
        State.FULFILLED: 4,
    }[State(demand.state)]
    titles = (
        _("Asked for"),
        pgettext_lazy("demand", "Read and made public"),
        pgettext_lazy("demand", "Answered"),
        pgettext_lazy("step of a demand", "Open"),
    )
    steps = []
    for place, title in enumerate(titles):
        state = "done" if place < at else "now" if place == at else "to-do"
        if demand.state == State.DECLINED and place == at:
            state = "fail"
        says = ""
        if demand.state == State.OVERDUE and place == at:
            says = _("Overdue")
        if demand.state == State.DECLINED and place == at:
            says = _("Not opened")
        steps.append(Step(str(title), state, says))
    return steps


@require_http_methods(GET_OR_POST)
@never_cache
def ask(request: HttpRequest) -> HttpResponseBase:
    """Ask that data is opened."""
    asker = asker_of(request)
    if asker.person is None:
        return redirect_to_login(request.get_full_path())
    about = _about(asker.actor, request.GET.get("resource", ""))
    initial = {"title": title_of(about), "body": about.provider_id} if about else {}
    data = request.POST if request.method == "POST" else None
    filled = DemandForm(data, initial=initial, actor=asker.actor)
    platform = reads.platform()
    if request.method == "POST" and filled.is_valid() and platform is not None:
        made = _made(asker.actor, filled, about, platform)
        if made is not None:
            says = _("Your demand is handed in as {number}. It is public once it was read.")
            say_done(request, says.format(number=made.number), "opening.demand", made)
            return redirect("portal:demand", made.number)
    decision = gate.decide(asker.actor, "opening.demand", platform or Body())
    as_oneself = gate.decide(as_citizen(asker), "opening.demand", platform or Body()).allowed
    pack = packs.active()
    context = {
        "form": filled,
        "about": about,
        "refusal": None if decision.allowed else refusals.of(decision),
        "as_oneself": as_oneself and not decision.allowed,
        "reads": pack.ordering(duties.OPENING_MODERATE),
        "answers": pack.ordering(duties.OPENING_RESPOND),
        "asks": pack.ordering(duties.OPENING_DEMAND),
        "crumbs": trail(_("Ask for data"), (_("Demands"), "portal:demands")),
    }
    status = 422 if filled.errors else 200 if decision.allowed else 403
    return render(request, "portal/demand_new.html", context, status=status)


def _about(actor: Actor, slug: str) -> Entry | None:
    """Return the resource from whose page one came. Raises ``Unseen`` for a hidden one."""
    return catalog.get(actor, code=code_of(slug)) if slug else None


def _made(actor: Actor, filled: DemandForm, about: Entry | None, platform: Body) -> Demand | None:
    said = dict(filled.cleaned_data)
    said["body"] = said["body"] or platform
    try:
        return acts.demand(actor=actor, about=about, **said)
    except Incomplete as error:
        mending.tell(filled, error)
        return None
