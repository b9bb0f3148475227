"""What may be done with plans: draft, approve, publish, file, take on file."""

from yelin.acts.frame import act
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.kinds import BodyKind
from yelin.parties.models import Body
from yelin.registers import rules
from yelin.registers.models import Plan, PlanFiling, PlanKind, PlanState


def _plan(body: Body, kind: PlanKind, title: str, text: str) -> Plan:
    if not title.strip():
        raise Incomplete.at("title", "Give the plan its title.")
    return Plan.objects.create(
        body=body, kind=kind, title=title.strip(), text=text.strip(), changed_at=clock.now()
    )


@act(
    "registers.draft_overall_plan",
    duty=duties.PLANS_OVERALL,
    subject="body",
    surface=OUTSIDE,
    makes=True,
)
def draft_overall_plan(*, actor: Actor, body: Body, title: str, text: str = "") -> Plan:
    """Begin the overall plan of the province (总体规划). Raises ``Incomplete``."""
    del actor
    return _plan(body, PlanKind.OVERALL, title, text)


@act(
    "registers.draft_special_plan",
    duty=duties.PLANS_SPECIAL,
    subject="body",
    surface=OUTSIDE,
    makes=True,
)
def draft_special_plan(
    *, actor: Actor, body: Body, kind: PlanKind, title: str, text: str = ""
) -> Plan:
    """Begin a special plan: governments for their area, departments for theirs (专项规划).

    Raises ``Incomplete``.
    """
    del actor
    is_government = body.kind == BodyKind.GOVERNMENT
    if kind == PlanKind.OVERALL or (kind == PlanKind.AREA) is not is_government:
        says = "A government plans for its area, a department for itself or its sector."
        raise Incomplete.at("kind", says, duties.PLANS_SPECIAL)
    return _plan(body, kind, title, text)


@act("registers.amend_plan", duty=duties.PLANS_SPECIAL, subject="plan", surface=OUTSIDE)
def amend_plan(*, actor: Actor, plan: Plan, title: str, text: str) -> Plan:
    """Change a draft. Raises ``Incomplete``, or ``OutOfTurn`` for what is no draft any more."""
    del actor
    if plan.state != PlanState.DRAFT:
        raise OutOfTurn("This plan is no draft any more.")
    if not title.strip():
        raise Incomplete.at("title", "Give the plan its title.")
    plan.title = title.strip()
    plan.text = text.strip()
    plan.changed_at = clock.now()
    plan.save()
    return plan


@act("registers.approve_plan", duty=duties.PLANS_OVERALL, subject="plan", surface=OUTSIDE)
def approve_plan(*, actor: Actor, plan: Plan) -> Plan:
    """Approve the overall plan (批准). Raises ``Incomplete`` without a text, or ``OutOfTurn``."""
    if plan.state != PlanState.DRAFT:
        raise OutOfTurn("This plan is no draft any more.")
    rules.require_none(rules.plan_faults(plan.title, plan.text))
    plan.state = PlanState.APPROVED
    plan.approved_by_id = actor.body_id
    plan.changed_at = clock.now()
    plan.save()
    return plan


@act("registers.publish_plan", duty=duties.PLANS_OVERALL, subject="plan", surface=OUTSIDE)
def publish_plan(*, actor: Actor, plan: Plan) -> Plan:
    """Publish a plan (公布); the overall one only once it is approved.

    Raises ``Incomplete`` without a text, or ``OutOfTurn``.
    """
    del actor
    ready = PlanState.APPROVED if plan.kind == PlanKind.OVERALL else PlanState.DRAFT
    if plan.state == PlanState.PUBLISHED:
        raise OutOfTurn("This plan is published already.")
    if plan.state != ready:
        raise OutOfTurn("The government approves the overall plan before it is published.")
    rules.require_none(rules.plan_faults(plan.title, plan.text))
    plan.state = PlanState.PUBLISHED
    plan.published_on = clock.today()
    plan.changed_at = clock.now()
    plan.save()
    return plan


@act("registers.file_plan", duty=duties.PLANS_SPECIAL, subject="plan", surface=OUTSIDE)
def file_plan(*, actor: Actor, plan: Plan) -> Plan:
    """Send a published special plan to the bodies that take it on file (报备案).

    Raises ``OutOfTurn`` before it is published, or a second time.
    """
    del actor
    if plan.state != PlanState.PUBLISHED:
        raise OutOfTurn("A plan is published before it is filed.")
    if plan.filed_on is not None:
        raise OutOfTurn("This plan was sent for filing already.")
    plan.filed_on = clock.today()
    plan.changed_at = clock.now()
    plan.save()
    return plan


@act(
    "registers.record_plan",
    duty=duties.PLANS_SPECIAL,
    subject="plan",
    surface=OUTSIDE,
    clashes={
        "registers_filed_once_with_each": Fault(
            "plan", "Your body has this plan on file already.", duties.PLANS_SPECIAL
        )
    },
)
def record_plan(*, actor: Actor, plan: Plan) -> PlanFiling:
    """Take a special plan on file for the actor's body (备案).

    Raises ``OutOfTurn`` for one that was not sent, ``Incomplete`` a second time.
    """
    if plan.filed_on is None:
        raise OutOfTurn("This plan was not sent for filing yet.")
    return PlanFiling.objects.create(plan=plan, by_id=str(actor.body_id), on=clock.today())
