"""See that a rule can be asked of a resource's items, before it is kept or tried."""

from collections.abc import Iterator, Mapping

from yelin import gate
from yelin.catalog.models import Entry
from yelin.law import packs
from yelin.law.refusals import Fault, Incomplete
from yelin.parties.actor import Actor
from yelin.quality import expression
from yelin.quality.content import RuleContent
from yelin.quality.models import WrittenRule
from yelin.quality.policy import may_refer


def checked(rule: WrittenRule, content: RuleContent, actor: Actor) -> WrittenRule:
    """Return ``rule`` with what it asks from now on; the row is not saved.

    Raises ``Incomplete`` with every fault.
    """
    types = dict(rule.entry.items.values_list("name", "type"))
    other = _referred(content.refers_to, actor) if content.refers_to else None
    faults = list(_faults(content))
    if content.holds and not content.refers_to:
        try:
            condition = expression.read(content.holds, types)
            rule.items = list(expression.columns(condition))
        except expression.Unreadable as unreadable:
            faults.append(Fault("holds", unreadable.says, params=unreadable.params))
    elif content.refers_to and not content.holds:
        rule.items = [content.item]
        faults += _faults_of_reference(rule.entry, other, content, types)
    if faults:
        raise Incomplete(faults)
    rule.refers_to, rule.refers_item = other, content.refers_item if other else ""
    rule.indicator, rule.text, rule.text_en = content.indicator, content.text, content.text_en
    rule.expression, rule.weight, rule.veto = content.holds, content.weight, content.veto
    return rule


def _faults(content: RuleContent) -> Iterator[Fault]:
    if content.indicator not in {each.code for each in packs.active().quality.indicators}:
        yield Fault("indicator", "Choose an indicator of the standard.")
    if not content.text:
        yield Fault("text", "Say in words what the rule asks.")
    if bool(content.holds) == bool(content.refers_to):
        yield Fault("holds", "Write a condition, or name the resource to look into.")


def _referred(code: str, actor: Actor) -> Entry | None:
    seen = gate.visible_to(actor, "entry.see", Entry.objects.select_related("provider"))
    found: Entry | None = seen.filter(code=code).first()
    return found


def _faults_of_reference(
    entry: Entry, other: Entry | None, content: RuleContent, types: Mapping[str, str]
) -> Iterator[Fault]:
    if content.item not in types:
        yield Fault("item", "Choose an item of this resource.")
    if other is None:
        yield Fault("refers_to", "There is no resource with this code.")
    elif not may_refer(entry, other, content.refers_item):
        says = "A rule looks into data of the same body, or that is open to all."
        yield Fault("refers_to", says)
    elif not other.items.filter(name=content.refers_item).exists():
        yield Fault("refers_item", "Choose an item of the resource to look into.")
