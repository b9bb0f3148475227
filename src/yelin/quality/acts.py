"""What may be done about quality before data comes: rules written, changed, dropped, thresholds."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from yelin import gate
from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.law import clock, duties, packs
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor
from yelin.quality import expression
from yelin.quality.content import RuleContent
from yelin.quality.models import Threshold, WrittenRule
from yelin.quality.policy import may_refer

MOST_RULES = 200


@act("quality.add_rule", duty=duties.QUALITY_MEASURE, subject="entry", surface=OUTSIDE, makes=True)
def add_rule(*, actor: Actor, entry: Entry, content: RuleContent) -> WrittenRule:
    """Ask something of every row of a resource from the next release on (編寫質量規則).

    Raises ``Incomplete`` with every fault, before anything is kept.
    """
    if WrittenRule.objects.in_force().filter(entry=entry).count() >= MOST_RULES:
        raise OutOfTurn("A resource has at most 200 rules of its own. Drop one first.")
    return _say(WrittenRule(entry=entry, made_at=clock.now()), content, actor)


@act("quality.change_rule", duty=duties.QUALITY_MEASURE, subject="rule", surface=OUTSIDE)
def change_rule(*, actor: Actor, rule: WrittenRule, content: RuleContent) -> WrittenRule:
    """Change what a rule asks, or how much it counts, from the next release on (修改質量規則).

    Raises ``Incomplete`` with every fault, ``OutOfTurn`` for one that was dropped.
    """
    _require_in_force(rule)
    return _say(rule, content, actor)


@act("quality.drop_rule", duty=duties.QUALITY_MEASURE, subject="rule", surface=OUTSIDE)
def drop_rule(*, actor: Actor, rule: WrittenRule) -> WrittenRule:
    """Ask a rule no more from the next release on (停用質量規則)."""
    del actor
    _require_in_force(rule)
    rule.dropped_at = clock.now()
    rule.save()
    return rule


@act(
    "quality.set_threshold",
    duty=duties.QUALITY_MEASURE,
    subject="entry",
    surface=OUTSIDE,
    makes=True,
)
def set_threshold(
    *,
    actor: Actor,
    entry: Entry,
    least: Annotated[int, Field(ge=0, le=100)],
    blocks: bool,
    weights: dict[str, Annotated[int, Field(ge=0, le=100)]] | None = None,
) -> Threshold:
    """Say how good a resource's data has to be, and how its dimensions are weighed (設定質量門檻).

    Data that scores less is not published where the threshold ``blocks``, and with a warning where
    it does not. Raises ``Incomplete`` for weights of no dimension, or of none at all.
    """
    del actor
    sides = {side.code: side.weight for side in packs.active().quality.dimensions}
    given = weights or {}
    if strange := [code for code in given if code not in sides]:
        says = "There is no dimension {code}."
        raise Incomplete([Fault("weights", says, params={"code": strange[0]})])
    if not sum((sides | given).values()):
        raise Incomplete.at("weights", "Some dimension has to count.")
    found = Threshold.objects.filter(entry=entry).first() or Threshold(entry=entry)
    found.least, found.blocks, found.weights = least, blocks, given
    found.save()
    return found


def _require_in_force(rule: WrittenRule) -> None:
    if rule.dropped_at is not None:
        raise OutOfTurn("This rule was dropped.")


def _say(rule: WrittenRule, content: RuleContent, actor: Actor) -> WrittenRule:
    """Let a rule ask this, once it can be asked of the entry's items. Raises ``Incomplete``."""
    types = dict(rule.entry.items.values_list("name", "type"))
    faults = []
    if content.indicator not in {each.code for each in packs.active().quality.indicators}:
        faults.append(Fault("indicator", "Choose an indicator of the standard."))
    if not content.text:
        faults.append(Fault("text", "Say in words what the rule asks."))
    if bool(content.holds) == bool(content.refers_to):
        faults.append(Fault("holds", "Write a condition, or name the resource to look into."))
    elif content.holds:
        try:
            condition = expression.read(content.holds, types)
            rule.items = list(expression.columns(condition))
        except expression.Unreadable as unreadable:
            faults.append(Fault("holds", unreadable.says, params=unreadable.params))
    else:
        rule.items = [content.item]
        rule.refers_to = _referred(content.refers_to, actor)
        faults += _faults_of_reference(rule, content, types)
    if faults:
        raise Incomplete(faults)
    if content.holds:
        rule.refers_to = None
    rule.indicator, rule.text, rule.text_en = content.indicator, content.text, content.text_en
    rule.expression, rule.refers_item = content.holds, content.refers_item
    rule.weight, rule.veto = content.weight, content.veto
    rule.save()
    return rule


def _referred(code: str, actor: Actor) -> Entry | None:
    seen = gate.visible_to(actor, "entry.see", Entry.objects.select_related("provider"))
    found: Entry | None = seen.filter(code=code).first()
    return found


def _faults_of_reference(
    rule: WrittenRule, content: RuleContent, types: Mapping[str, str]
) -> Iterator[Fault]:
    other = rule.refers_to
    if content.item not in types:
        yield Fault("item", "Choose an item of this resource.")
    if other is None:
        yield Fault("refers_to", "There is no resource with this code.")
    elif not may_refer(rule.entry, other, content.refers_item):
        says = "A rule looks into data of the same body, or that is open to all."
        yield Fault("refers_to", says)
    elif not other.items.filter(name=content.refers_item).exists():
        yield Fault("refers_item", "Choose an item of the resource to look into.")
