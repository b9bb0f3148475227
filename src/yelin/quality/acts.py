"""What may be done about quality before data comes: rules written, changed, dropped, thresholds."""

from typing import Annotated

from pydantic import Field

from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.law import clock, duties, packs
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor
from yelin.quality.checking import checked
from yelin.quality.content import RuleContent
from yelin.quality.models import Threshold, WrittenRule

MOST_RULES = 200


@act("quality.add_rule", duty=duties.QUALITY_MEASURE, subject="entry", surface=OUTSIDE, makes=True)
def add_rule(*, actor: Actor, entry: Entry, content: RuleContent) -> WrittenRule:
    """Ask something of every row of a resource from the next release on (编写质量规则).

    Raises ``Incomplete`` with every fault, before anything is kept.
    """
    if WrittenRule.objects.in_force().filter(entry=entry).count() >= MOST_RULES:
        raise OutOfTurn("A resource has at most 200 rules of its own. Drop one first.")
    rule = checked(WrittenRule(entry=entry, made_at=clock.now()), content, actor)
    rule.save()
    return rule


@act("quality.change_rule", duty=duties.QUALITY_MEASURE, subject="rule", surface=OUTSIDE)
def change_rule(*, actor: Actor, rule: WrittenRule, content: RuleContent) -> WrittenRule:
    """Change what a rule asks, or how much it counts, from the next release on (修改质量规则).

    Raises ``Incomplete`` with every fault, ``OutOfTurn`` for one that was dropped.
    """
    _require_in_force(rule)
    rule = checked(rule, content, actor)
    rule.save()
    return rule


@act("quality.drop_rule", duty=duties.QUALITY_MEASURE, subject="rule", surface=OUTSIDE)
def drop_rule(*, actor: Actor, rule: WrittenRule) -> WrittenRule:
    """Ask a rule no more from the next release on (停用质量规则)."""
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
    """Say how good a resource's data has to be, and how its dimensions are weighed (设定质量门槛).

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
