"""What may be done with government systems and the projects that public money pays for."""

from datetime import date

from yelin.acts.frame import act
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.outbound.models import EgressRule, Purpose
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.models import Body, Token
from yelin.registers import rules
from yelin.registers.models import FundedProject, Funding, GovernmentSystem, SystemState


def _our_project(body: Body, project: FundedProject | None) -> None:
    if project is not None and project.body_id != body.pk:
        raise Incomplete.at("project", "Choose a project of the body itself.", duties.PUBLIC_MONEY)


@act(
    "registers.register_system",
    duty=duties.SYSTEMS_CONNECT,
    subject="body",
    surface=OUTSIDE,
    makes=True,
)
def register_system(
    *,
    actor: Actor,
    body: Body,
    name: str,
    purpose: str,
    in_service: bool,
    project: FundedProject | None = None,
) -> GovernmentSystem:
    """Enter a government system of ``body``, in service or still being built (政务信息系统).

    Raises ``Incomplete``.
    """
    del actor
    rules.require_none(rules.system_faults(name, purpose))
    _our_project(body, project)
    return GovernmentSystem.objects.create(
        body=body,
        name=name.strip(),
        purpose=purpose.strip(),
        state=SystemState.EXISTING if in_service else SystemState.NEW,
        project=project,
    )


@act("registers.amend_system", duty=duties.SYSTEMS_CONNECT, subject="system", surface=OUTSIDE)
def amend_system(
    *,
    actor: Actor,
    system: GovernmentSystem,
    name: str,
    purpose: str,
    in_service: bool,
    project: FundedProject | None = None,
) -> GovernmentSystem:
    """Change what is said of a system; one in service does not become new again.

    Raises ``Incomplete``, or ``OutOfTurn`` for one that has ended.
    """
    del actor
    if system.state == SystemState.ENDED:
        raise OutOfTurn("This system has ended.")
    rules.require_none(rules.system_faults(name, purpose))
    _our_project(system.body, project)
    if system.state == SystemState.EXISTING and not in_service:
        says = "A system in service does not become new again; end it when it is switched off."
        raise Incomplete.at("in_service", says, duties.SYSTEMS_CONNECT)
    system.name = name.strip()
    system.purpose = purpose.strip()
    system.state = SystemState.EXISTING if in_service else SystemState.NEW
    system.project = project
    system.save()
    return system


@act("registers.connect_system", duty=duties.SYSTEMS_CONNECT, subject="system", surface=OUTSIDE)
def connect_system(
    *,
    actor: Actor,
    system: GovernmentSystem,
    token: Token | None = None,
    way_out: EgressRule | None = None,
) -> GovernmentSystem:
    """Say by which token a system brings data in, and by which way out it is reached (互联互通).

    What is left out is connected no longer. Raises ``Incomplete`` for those of others,
    ``OutOfTurn`` for a system that has ended.
    """
    if system.state == SystemState.ENDED:
        raise OutOfTurn("This system has ended.")
    if token is not None and token.seat_id != actor.seat_id:
        says = "Choose a token of your own seat: the system brings data in by it."
        raise Incomplete.at("token", says, duties.SYSTEMS_CONNECT)
    for_data = {Purpose.DELIVERY, Purpose.PULL, Purpose.RELAY}
    if way_out and (way_out.body_id != system.body_id or way_out.purpose not in for_data):
        says = "Choose a way out of the body by which data is pushed, fetched or called."
        raise Incomplete.at("way_out", says, duties.SYSTEMS_CONNECT)
    system.token, system.way_out = token, way_out
    system.save()
    return system


@act("registers.end_system", duty=duties.SYSTEMS_CONNECT, subject="system", surface=OUTSIDE)
def end_system(*, actor: Actor, system: GovernmentSystem) -> GovernmentSystem:
    """Enter that a system is switched off. Raises ``OutOfTurn`` where it was before."""
    del actor
    if system.state == SystemState.ENDED:
        raise OutOfTurn("This system has ended.")
    system.state = SystemState.ENDED
    system.ended_on = clock.today()
    system.save()
    return system


@act(
    "registers.register_project",
    duty=duties.PUBLIC_MONEY,
    subject="body",
    surface=OUTSIDE,
    makes=True,
)
def register_project(
    *,
    actor: Actor,
    body: Body,
    name: str,
    funding: Funding,
    approval: str,
    approved_on: date,
) -> FundedProject:
    """Enter a project that public money pays for (财政资金项目). Raises ``Incomplete``."""
    del actor
    rules.require_none(rules.project_faults(name, approval, approved_on, clock.today()))
    return FundedProject.objects.create(
        body=body,
        name=name.strip(),
        funding=funding,
        approval=approval.strip(),
        approved_on=approved_on,
    )


@act("registers.amend_project", duty=duties.PUBLIC_MONEY, subject="project", surface=OUTSIDE)
def amend_project(
    *,
    actor: Actor,
    project: FundedProject,
    name: str,
    funding: Funding,
    approval: str,
    approved_on: date,
) -> FundedProject:
    """Correct what is said of a project. Raises ``Incomplete``."""
    del actor
    rules.require_none(rules.project_faults(name, approval, approved_on, clock.today()))
    project.name = name.strip()
    project.funding = funding
    project.approval = approval.strip()
    project.approved_on = approved_on
    project.save()
    return project
