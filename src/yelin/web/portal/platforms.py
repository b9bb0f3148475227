"""Trading platforms: their rules by version, who takes part, and what their operators do there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from yelin.law import clock, duties, packs
from yelin.market.listing import reads as listings
from yelin.market.platform import acts, reads
from yelin.market.platform.models import Capacity, Membership, Part, Platform, Rulebook, RuleKind
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.web import markdown, offers
from yelin.web.asking import GET_OR_POST, actor_of, asker_of
from yelin.web.choices import choose, worded
from yelin.web.fields import Day, OfBody, ReasonForm
from yelin.web.offers import Offer
from yelin.web.portal.listing_cards import Card, card
from yelin.web.templatetags.yelin import body_name
from yelin.web.trail import trail
from yelin.web.words import CAPACITY, RULE_KIND, word


class PlatformForm(forms.Form):
    """Who runs it, what it is called, and by which decision it stands."""

    operator = OfBody(label=gettext_lazy("Unified social credit code of the operator"))
    title = forms.CharField(label=gettext_lazy("Name of the platform"), max_length=200)
    basis = forms.CharField(
        label=gettext_lazy("Basis"),
        help_text=gettext_lazy("The decision by which it was set up, with its number."),
        max_length=300,
    )


class RulesForm(forms.Form):
    """Which rules, what they say, from when."""

    kind = forms.ChoiceField(label=gettext_lazy("Which rules"))
    text = forms.CharField(
        label=gettext_lazy("What they say"),
        help_text=gettext_lazy("Markdown: headings, lists, tables."),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    since = Day(label=gettext_lazy("In force from"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the kinds in the reader's language."""
        super().__init__(*args, **kwargs)
        choose(self.fields["kind"], worded(RULE_KIND))


class JoinForm(forms.Form):
    """As what one takes part, under which rules."""

    capacity = forms.ChoiceField(label=gettext_lazy("In which capacity"))
    agreed = forms.BooleanField(
        label=gettext_lazy("I have read the trading rules and agree to them"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the capacities in the reader's language."""
        super().__init__(*args, **kwargs)
        choose(self.fields["capacity"], worded(CAPACITY))
        # The act says what is missing, and by which law.
        self.fields["agreed"].needed = True  # type: ignore[attr-defined]  # read by the field's template


@dataclass(frozen=True, slots=True)
class Line:
    """A platform in the list; ``lacks`` are the rules that the law asks for and it has not."""

    platform: Platform
    url: str
    operator: str
    lacks: Sequence[str]


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules of one kind: the version in force, and all that were published."""

    kind: str
    now: Rulebook | None
    versions: Sequence[Rulebook]


@dataclass(frozen=True, slots=True)
class Member:
    """Who takes part, as what; ``url`` is where one asks for what it offers."""

    membership: Membership
    name: str


@require_http_methods(GET_OR_POST)
def platforms(request: HttpRequest) -> HttpResponse:
    """List the trading platforms; the body that supervises them admits one here."""
    asker = asker_of(request)
    actor = asker.actor
    admit = Offer(
        act="market.admit_platform",
        # Whom it is about is told by the form: the gate is asked about the asker's own body first.
        on=asker.seat.body if asker.seat is not None else Body(),
        title=_("Admit a trading platform"),
        button=_("Admit it"),
        done=_("The platform is admitted."),
        form=PlatformForm,
        do=lambda said: acts.admit_platform(actor=actor, **said),
    )
    taken = offers.take(request, actor, [admit] if asker.seat is not None else [])
    if isinstance(taken.made, Platform):
        return redirect("portal:platform", taken.made.number)
    context = {
        "lines": [
            Line(
                platform=each,
                url=reverse("portal:platform", args=[each.number]),
                operator=body_name(each.operator),
                lacks=[str(word("rule_kind", kind).says) for kind in each.lacks()],
            )
            for each in reads.platforms(actor)
        ],
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.TRADE_RULES),
        "crumbs": trail(_("Trading platforms"), (_("Data market"), "portal:market")),
    }
    return render(request, "portal/platforms.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
def platform(request: HttpRequest, number: str) -> HttpResponse:
    """Show a platform: rules in force, who takes part, what awaits review; take what one does."""
    actor = actor_of(request)
    found = reads.platform(actor, number)
    members = list(reads.members(actor, found))
    taken = offers.take(request, actor, list(_offers(actor, found, members)))
    if taken.made is not None:
        return redirect("portal:platform", number)
    context = {
        "platform": found,
        "operator": body_name(found.operator),
        "rules": _rules(found),
        "members": [Member(each, body_name(each.body)) for each in members],
        "waiting": _cards(listings.handed_in(actor, found)),
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.TRADE_RULES),
        "market_url": f"{reverse('portal:market')}?platform={found.number}",
        "crumbs": trail(
            found.title,
            (_("Data market"), "portal:market"),
            (_("Trading platforms"), "portal:platforms"),
        ),
    }
    return render(request, "portal/platform.html", context, status=taken.status)


@require_safe
def rulebook(request: HttpRequest, number: str, kind: str, version: int) -> HttpResponse:
    """Show one version of a platform's rules, as it was published."""
    found = reads.rulebook(actor_of(request), number, kind, version)
    context = {
        "rulebook": found,
        "html": markdown.as_html(found.text),
        "is_in_force": found.platform.rules_on().get(kind) == found,
        "platform_url": reverse("portal:platform", args=[number]),
        "provision": packs.active().ordering(duties.TRADE_RULES),
        "crumbs": trail(
            str(word("rule_kind", kind).says),
            (_("Data market"), "portal:market"),
            (_("Trading platforms"), "portal:platforms"),
        ),
    }
    return render(request, "portal/rulebook.html", context)


def _rules(platform: Platform) -> list[Rules]:
    now = platform.rules_on()
    every = list(platform.rulebooks.all())
    return [
        Rules(kind.value, now.get(kind), [each for each in every if each.kind == kind])
        for kind in RuleKind
    ]


def _cards(rows: Any) -> list[Card]:
    return [card(each) for each in rows[:50]]


def _offers(actor: Actor, found: Platform, members: Sequence[Membership]) -> list[Offer]:
    if found.closed_on is not None:
        return []
    today = clock.today()
    publish = Offer(
        act="market.publish_rules",
        on=found,
        title=_("Publish rules"),
        says=_("What was published is changed no more: it gives way to the next version."),
        button=_("Publish them"),
        done=_("The rules are published."),
        form=RulesForm,
        initial={"since": today},
        do=lambda said: acts.publish_rules(
            actor=actor,
            platform=found,
            kind=RuleKind(said["kind"]),
            text=said["text"],
            since=said["since"],
        ),
    )
    join = Offer(
        act="market.join",
        on=found,
        title=_("Take part in this platform"),
        button=_("Ask to take part"),
        done=_("The operator is asked."),
        form=JoinForm,
        do=lambda said: acts.join(
            actor=actor,
            platform=found,
            capacity=Capacity(said["capacity"]),
            agreed=said["agreed"],
        ),
    )
    close = Offer(
        act="market.close_platform",
        on=found,
        title=_("Close this platform"),
        says=_("Nothing more is traded there; what was stays on record."),
        button=_("Close it"),
        done=_("The platform is closed."),
        form=ReasonForm,
        do=lambda said: acts.close_platform(actor=actor, platform=found, **said),
        stops=True,
    )
    joins = [] if actor.body_id == found.operator_id else [join]
    return [*_of_members(actor, members), publish, *joins, close]


def _of_members(actor: Actor, members: Sequence[Membership]) -> list[Offer]:
    made = []
    for each in members:
        names = {"name": body_name(each.body), "capacity": word("capacity", each.capacity).says}
        if each.state == Part.ASKED:
            made.append(
                Offer(
                    act="market.admit",
                    key=f"admit-{each.pk}",
                    on=each,
                    title=_("Let {name} take part: {capacity}").format(**names),
                    button=_("Let it take part"),
                    done=_("It takes part."),
                    do=partial(_admit, actor, each),
                )
            )
        made.append(
            Offer(
                act="market.part",
                key=f"part-{each.pk}",
                on=each,
                title=(
                    _("Refuse {name}: {capacity}")
                    if each.state == Part.ASKED
                    else _("End the part of {name}: {capacity}")
                ).format(**names),
                button=_("End it"),
                done=_("It is ended."),
                form=ReasonForm,
                do=partial(_part, actor, each),
                stops=True,
            )
        )
    return made


def _admit(actor: Actor, membership: Membership, said: Mapping[str, Any]) -> Membership:
    del said
    return acts.admit(actor=actor, membership=membership)


def _part(actor: Actor, membership: Membership, said: Mapping[str, Any]) -> Membership:
    return acts.part(actor=actor, membership=membership, **said)
