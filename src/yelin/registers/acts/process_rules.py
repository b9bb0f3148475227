"""What may be done with rules of the whole process: draft, amend, publish, repeal."""

from datetime import date

from yelin.acts.frame import act
from yelin.files.models import Attachment
from yelin.law import duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.models import Body
from yelin.registers import rules
from yelin.registers.content import Step
from yelin.registers.models import ProcessRule, RuleState


def _say(
    rule: ProcessRule,
    title: str,
    title_en: str,
    steps: list[Step],
    text: str,
    address: str,
    replaces: ProcessRule | None,
) -> ProcessRule:
    rules.require_none(rules.process_rule_faults(title, steps, address))
    if replaces is not None and (replaces.body_id, replaces.state) != (
        rule.body_id,
        RuleState.PUBLISHED,
    ):
        says = "Choose a rule of your own body that is published and neither replaced nor repealed."
        raise Incomplete.at("replaces", says, duties.PROCESS_RULES)
    rule.title = title.strip()
    rule.title_en = title_en.strip()
    rule.steps = [each for each in Step if each in steps]
    rule.text = text.strip()
    rule.address = address.strip()
    rule.replaces = replaces
    rule.save()
    return rule


def _require_draft(rule: ProcessRule) -> None:
    if rule.state != RuleState.DRAFT:
        raise OutOfTurn("This rule is no draft any more: a new edition changes it.")


@act(
    "registers.draft_rule",
    duty=duties.PROCESS_RULES,
    subject="body",
    surface=OUTSIDE,
    makes=True,
)
def draft_rule(
    *,
    actor: Actor,
    body: Body,
    title: str,
    title_en: str = "",
    steps: list[Step],
    text: str = "",
    address: str = "",
    replaces: ProcessRule | None = None,
) -> ProcessRule:
    """Begin a rule for steps of the whole process, or the next edition of one (全过程管理规范).

    Raises ``Incomplete``.
    """
    del actor
    return _say(ProcessRule(body=body), title, title_en, steps, text, address, replaces)


@act("registers.amend_rule", duty=duties.PROCESS_RULES, subject="rule", surface=OUTSIDE)
def amend_rule(
    *,
    actor: Actor,
    rule: ProcessRule,
    title: str,
    title_en: str = "",
    steps: list[Step],
    text: str = "",
    address: str = "",
    replaces: ProcessRule | None = None,
) -> ProcessRule:
    """Change a draft. Raises ``Incomplete``, or ``OutOfTurn`` for what is no draft any more."""
    del actor
    _require_draft(rule)
    return _say(rule, title, title_en, steps, text, address, replaces)


@act(
    "registers.publish_rule",
    duty=duties.PROCESS_RULES,
    subject="rule",
    surface=OUTSIDE,
    clashes={
        "registers_process_rule_number_once": Fault(
            "number", "A rule of this number stands here already.", duties.PROCESS_RULES
        )
    },
)
def publish_rule(
    *, actor: Actor, rule: ProcessRule, number: str, in_force_from: date
) -> ProcessRule:
    """Publish a rule with its number; the edition that it replaces holds until the day before.

    Raises ``Incomplete`` where there is no text to read, ``OutOfTurn`` for what is no draft or
    replaces what has ended meanwhile.
    """
    del actor
    _require_draft(rule)
    hangs = Attachment.objects.filter(about=rule.pk, removed_at=None).exists()
    rules.require_none(
        rules.issuing_faults(number, can_be_read=bool(rule.text or rule.address or hangs))
    )
    if rule.replaces_id:
        # Two editions published at once would both take its place: the second waits, and is told.
        before = ProcessRule.objects.select_for_update().get(pk=rule.replaces_id)
        if before.state != RuleState.PUBLISHED or before.in_force_from is None:
            raise OutOfTurn("What this rule replaces has ended already.")
        if in_force_from <= before.in_force_from:
            says = "A new edition begins after the one that it replaces."
            raise Incomplete.at("in_force_from", says, duties.PROCESS_RULES)
        before.give_way(in_force_from)
    rule.number = number.strip()
    rule.in_force_from = in_force_from
    rule.state = RuleState.PUBLISHED
    rule.save()
    return rule


@act("registers.repeal_rule", duty=duties.PROCESS_RULES, subject="rule", surface=OUTSIDE)
def repeal_rule(*, actor: Actor, rule: ProcessRule, in_force_to: date) -> ProcessRule:
    """End a rule without another in its place (废止). Raises ``Incomplete`` or ``OutOfTurn``."""
    del actor
    if rule.state != RuleState.PUBLISHED or rule.in_force_from is None:
        raise OutOfTurn("This rule is not in force.")
    if in_force_to < rule.in_force_from:
        raise Incomplete.at(
            "in_force_to", "A rule does not end before it began.", duties.PROCESS_RULES
        )
    rule.end(RuleState.REPEALED, in_force_to)
    return rule
