"""How good a resource's data has to be: its rules, written, tried and dropped, its threshold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.catalog import working
from yelin.catalog.models import Entry
from yelin.law import clock, packs
from yelin.law.refusals import Incomplete
from yelin.parties.actor import Actor
from yelin.quality import acts
from yelin.quality.checking import checked
from yelin.quality.content import RuleContent
from yelin.quality.making import made
from yelin.quality.models import WrittenRule
from yelin.quality.reads import threshold_of
from yelin.quality.rules import Result, Rule
from yelin.surface.actor import Asker
from yelin.warehouse import opened
from yelin.warehouse.measuring.asking import referring
from yelin.warehouse.models import Release
from yelin.web import mending, offers
from yelin.web.asking import GET_OR_POST
from yelin.web.desk import quality_forms as ask
from yelin.web.desk.door import page
from yelin.web.desk.entries import crumbs
from yelin.web.desk.shapes import HoldLine
from yelin.web.desk.stopping import stops_of
from yelin.web.guards import seated
from yelin.web.offers import Offer, Offered
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import lang

TRY = "try"


@dataclass(frozen=True, slots=True)
class Line:
    """A rule as a line: what it asks, how much it counts, what may be done with it."""

    says: str
    indicator: str
    weight: int
    veto: bool
    asks: str = ""
    offered: Sequence[Offered] = ()
    holds: Sequence[HoldLine] = ()


@require_http_methods(GET_OR_POST)
@seated
def of_entry(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show the rules of an entry and its threshold; write, try, change and drop them."""
    entry = working.entry(asker.actor, pk)
    written = list(
        WrittenRule.objects.in_force().filter(entry=entry).select_related("entry", "refers_to")
    )
    offered = [*_of_entry(asker.actor, entry)]
    for rule in written:
        offered += _of_rule(asker.actor, rule)
    taken = offers.take(request, asker.actor, offered)
    if taken.made is not None:
        return redirect("desk:entry_quality", pk=pk)
    adding = next((each for each in taken.offered if each.offer.act == "quality.add_rule"), None)
    result = None
    if adding and request.POST.get("do") == TRY:
        adding, result = _tried(request, asker.actor, entry, adding.offer)
    context = {
        "entry": entry,
        "written": [_line(asker.actor, rule, taken.offered) for rule in written],
        "made": [_as_line(rule) for rule in made(entry, packs.active().quality)],
        "threshold": threshold_of(entry),
        "holds": stops_of(asker.actor, entry),
        "adding": adding,
        "tried": result,
        "offered": [each for each in taken.offered if each.offer.act == "quality.set_threshold"],
        "basis": packs.active().quality.basis,
        "crumbs": crumbs(entry, Link(_("Quality"), "")),
    }
    status = 422 if adding and adding.filled.errors else taken.status
    return page(request, asker, "desk/quality.html", context, status=status)


def _of_entry(actor: Actor, entry: Entry) -> list[Offer]:
    threshold = threshold_of(entry)
    kept: Mapping[str, Any] = {}
    if threshold:
        kept = {
            "least": threshold.least,
            "blocks": "yes" if threshold.blocks else "no",
            **ask.weighed(threshold.weights),
        }
    return [
        Offer(
            act="quality.add_rule",
            on=entry,
            title=_("Write a rule"),
            says=_("It is asked of every row from the next version on."),
            button=_("Keep the rule"),
            done=_("The rule holds from the next version on."),
            form=ask.rule_form(entry),
            do=lambda said: acts.add_rule(actor=actor, entry=entry, content=RuleContent(**said)),
        ),
        Offer(
            act="quality.set_threshold",
            on=entry,
            title=_("Set the threshold and the weights"),
            says=_("Weights left empty are those of the platform."),
            button=_("Set"),
            done=_("The threshold is set."),
            form=ask.ThresholdForm,
            initial=kept,
            do=lambda said: acts.set_threshold(
                actor=actor,
                entry=entry,
                least=said["least"],
                blocks=said["blocks"] == "yes",
                weights=ask.weights(said),
            ),
        ),
    ]


def _of_rule(actor: Actor, rule: WrittenRule) -> list[Offer]:
    said = {
        "indicator": rule.indicator,
        "text": rule.text,
        "text_en": rule.text_en,
        "holds": rule.expression,
        "item": rule.items[0] if rule.refers_to else "",
        "refers_to": rule.refers_to.code if rule.refers_to else "",
        "refers_item": rule.refers_item,
        "weight": rule.weight,
        "veto": rule.veto,
    }
    return [
        Offer(
            act="quality.change_rule",
            key=f"quality.change_rule.{rule.pk}",
            on=rule,
            title=_("Change"),
            button=_("Keep the change"),
            done=_("The rule is changed."),
            form=ask.rule_form(rule.entry),
            initial=said,
            do=lambda said: acts.change_rule(actor=actor, rule=rule, content=RuleContent(**said)),
        ),
        Offer(
            act="quality.drop_rule",
            key=f"quality.drop_rule.{rule.pk}",
            on=rule,
            title=_("Drop"),
            says=_("From the next version on it is not asked any more. Older versions keep it."),
            button=_("Drop the rule"),
            done=_("The rule is dropped."),
            stops=True,
            do=lambda _said: acts.drop_rule(actor=actor, rule=rule),
        ),
    ]


def _tried(
    request: HttpRequest, actor: Actor, entry: Entry, offer: Offer
) -> tuple[Offered, Result | None]:
    """Return the form as it was sent, and what its rule finds in the newest version."""
    filled = offer.form(request.POST, prefix=offer.prefix)
    if not filled.is_valid():
        return Offered(offer, filled), None
    try:
        content = RuleContent(**filled.cleaned_data)
        rule = checked(WrittenRule(entry=entry, made_at=clock.now()), content, actor)
        return Offered(offer, filled, is_asked=True), _of_newest(actor, entry, rule.rule())
    except Incomplete as error:
        mending.tell(filled, error)
        return Offered(offer, filled), None


def _of_newest(actor: Actor, entry: Entry, rule: Rule) -> Result | None:
    release = Release.objects.latest_of(entry)
    if release is None:
        return None
    decision = gate.decide(actor, "resource.read", entry)
    return opened.tried(decision, release, referring(entry, rule))


def _line(actor: Actor, rule: WrittenRule, offered: Sequence[Offered]) -> Line:
    asks = rule.expression
    if rule.refers_to:
        asks = f"{rule.items[0]} → {rule.refers_to.code} {rule.refers_item}"
    own = [each for each in offered if each.offer.on.pk == rule.pk]
    return _as_line(rule.rule(), asks, own, stops_of(actor, rule))


def _as_line(
    rule: Rule,
    asks: str = "",
    offered: Sequence[Offered] = (),
    holds: Sequence[HoldLine] = (),
) -> Line:
    named = packs.active().quality.named
    return Line(
        says=rule.zh if lang() == "zh" else rule.en,
        indicator=f"{rule.indicator} {named[rule.indicator].label(lang())}",
        weight=rule.weight,
        veto=rule.veto,
        asks=asks,
        offered=offered,
        holds=holds,
    )
