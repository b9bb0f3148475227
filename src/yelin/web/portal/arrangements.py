"""The register of arrangements by which enterprises develop and use public data."""

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
from django.views.decorators.http import require_http_methods

from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry
from yelin.law import clock, duties, packs
from yelin.market import acts, reads
from yelin.market.content import ArrangementContent
from yelin.market.models import Arrangement, State
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.web import offers
from yelin.web.asking import GET_OR_POST, asker_of
from yelin.web.choices import choose, worded
from yelin.web.fields import Day, OfBody, OfEntry, ReasonForm
from yelin.web.offers import Offer
from yelin.web.paging import cut
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name, title_of
from yelin.web.trail import trail
from yelin.web.words import ARRANGEMENT_WAY

PAGE_SIZE = 50


class ArrangementForm(forms.Form):
    """Who works with the body's data, how it was chosen, for what, on which basis, how long."""

    operator = OfBody(label=gettext_lazy("Unified social credit code of the operator"))
    way = forms.ChoiceField(label=gettext_lazy("How it was chosen"))
    title = forms.CharField(label=gettext_lazy("Title of the arrangement"), max_length=200)
    purpose = forms.CharField(
        label=gettext_lazy("What the data is developed and used for"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    basis = forms.CharField(
        label=gettext_lazy("Basis"),
        help_text=gettext_lazy("The contract, decision or award, with its number."),
        max_length=300,
    )
    since = Day(label=gettext_lazy("First day"))
    until = Day(label=gettext_lazy("Last day"))
    trades = forms.BooleanField(
        label=gettext_lazy("The operator may trade what it makes of it"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the ways in the reader's language."""
        super().__init__(*args, **kwargs)
        choose(self.fields["way"], worded(ARRANGEMENT_WAY))


class EntryForm(forms.Form):
    """Which entry of the body it reaches."""

    entry = OfEntry()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Look for it among what ``actor`` may know of."""
        super().__init__(*args, **kwargs)
        self.fields["entry"].asker = actor  # type: ignore[attr-defined]  # the field above


class ExtendForm(forms.Form):
    """Until when it runs on, and why it may."""

    until = Day(label=gettext_lazy("Last day"))
    basis = forms.CharField(label=gettext_lazy("Basis"), max_length=300)


@dataclass(frozen=True, slots=True)
class Card:
    """An arrangement in the register."""

    arrangement: Arrangement
    url: str
    body: str
    operator: str
    standing: str
    reached: int


@require_http_methods(GET_OR_POST)
def arrangements(request: HttpRequest) -> HttpResponse:
    """List the arrangements, the newest first; the body whose data it is drafts one here."""
    asker = asker_of(request)
    actor = asker.actor
    body = asker.seat.body if asker.seat is not None else Body()
    draft = Offer(
        act="market.arrange",
        on=body,
        title=_("Register an arrangement"),
        button=_("Save the draft"),
        done=_("The draft is saved."),
        form=ArrangementForm,
        initial={"since": clock.today()},
        do=lambda said: acts.arrange(
            actor=actor, body=body, operator=said["operator"], content=_content(said)
        ),
    )
    taken = offers.take(request, actor, [draft] if asker.seat is not None else [])
    if isinstance(taken.made, Arrangement):
        return redirect("portal:arrangement", taken.made.number)
    rows, pager = cut(reads.public(actor), request.GET, PAGE_SIZE)
    context = {
        "cards": [_card(each) for each in rows],
        "drafts": [_card(each) for each in reads.drafts(actor)],
        "pager": pager,
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.MARKET_OPERATE),
        "crumbs": trail(_("Market-based operation")),
    }
    return render(request, "portal/arrangements.html", context, status=taken.status)


def _content(said: Mapping[str, Any]) -> ArrangementContent:
    return ArrangementContent(**{name: said[name] for name in ArrangementContent.model_fields})


def _card(each: Arrangement) -> Card:
    return Card(
        arrangement=each,
        url=reverse("portal:arrangement", args=[each.number]),
        body=body_name(each.body),
        operator=body_name(each.operator),
        standing=each.standing(),
        reached=len(reads.reached_of(each)),
    )


@require_http_methods(GET_OR_POST)
def arrangement(request: HttpRequest, number: str) -> HttpResponse:
    """Show one arrangement: both sides, basis, days, and which entries it reaches."""
    actor = asker_of(request).actor
    found = reads.one(actor, number)
    entries = [each.entry for each in reads.reached_of(found)]
    taken = offers.take(request, actor, _offers(actor, found, entries))
    if taken.made is not None:
        return redirect("portal:arrangement", number)
    context = {
        "arrangement": found,
        "body": body_name(found.body),
        "operator": body_name(found.operator),
        "standing": found.standing(),
        "entries": _links(actor, entries),
        "offered": taken.offered,
        "provision": packs.active().ordering(duties.MARKET_OPERATE),
        "crumbs": trail(found.title, (_("Market-based operation"), "portal:arrangements")),
    }
    return render(request, "portal/arrangement.html", context, status=taken.status)


def _links(actor: Actor, entries: Sequence[Entry]) -> list[Link]:
    """Return the entries that ``actor`` may know of, as links; the rest stay unsaid."""
    codes = catalog.codes_seen(actor, [each.code for each in entries if each.code])
    seen = [each for each in entries if each.code in codes]
    return [Link(title_of(each), reverse("portal:resource", args=[each.slug])) for each in seen]


def _offers(actor: Actor, found: Arrangement, entries: Sequence[Entry]) -> list[Offer]:
    if found.state == State.ENDED:
        return []
    reach = Offer(
        act="market.reach",
        on=found,
        title=_("Add an entry that it reaches"),
        button=_("Add it"),
        done=_("The arrangement reaches this entry."),
        form=partial(EntryForm, actor=actor),
        do=lambda said: acts.reach(actor=actor, arrangement=found, **said),
    )
    drops = [
        Offer(
            act="market.drop",
            key=f"drop-{entry.pk}",
            on=found,
            title=_("No longer reach: {title}").format(title=title_of(entry)),
            button=_("Leave it out"),
            done=_("The entry is taken out."),
            do=lambda _said, entry=entry: acts.drop(actor=actor, arrangement=found, entry=entry),  # type: ignore[misc]  # bound early, for the loop
            stops=True,
        )
        for entry in entries
    ]
    if found.state == State.DRAFT:
        publish = Offer(
            act="market.publish",
            on=found,
            title=_("Publish the arrangement"),
            says=_("Everyone sees it from then on, and its operator may use what it reaches."),
            button=_("Publish the arrangement"),
            done=_("The arrangement is public."),
            do=lambda _said: acts.publish(actor=actor, arrangement=found),
        )
        return [reach, publish, *drops]
    extend = Offer(
        act="market.extend",
        on=found,
        title=_("Extend the arrangement"),
        button=_("Extend it"),
        done=_("The arrangement is extended."),
        form=ExtendForm,
        do=lambda said: acts.extend(actor=actor, arrangement=found, **said),
    )
    end = Offer(
        act="market.end",
        on=found,
        title=_("End the arrangement"),
        says=_("What it gave ends at once, and everyone sees why."),
        button=_("End it"),
        done=_("The arrangement has ended."),
        form=ReasonForm,
        do=lambda said: acts.end(actor=actor, arrangement=found, **said),
        stops=True,
    )
    return [reach, extend, end, *drops]
