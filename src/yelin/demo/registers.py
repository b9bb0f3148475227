"""Enter the demo's standards, projects, systems, plans and rules; entries then point at them."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from uuid import UUID

from yelin.demo import province
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.registers.acts import plans, process_rules, standards, systems
from yelin.registers.content import CodedValue
from yelin.registers.models import (
    DataElement,
    DataStandard,
    FundedProject,
    GovernmentSystem,
    Plan,
    PlanKind,
    ProcessRule,
    RuleState,
)


def standard(actor: Actor, body: Body, said: province.Standard) -> None:
    """Enter a standard with what it lays down, and let it hold; a load cut off goes on."""
    row = DataStandard.objects.filter(number=said.number).first()
    if row is None:
        row = standards.propose_standard(
            actor=actor,
            body=body,
            number=said.number,
            title=said.title,
            title_en=said.title_en,
            source=said.source,
        )
    if not row.is_proposed:
        return
    for code_list in said.code_lists:
        if not row.code_lists.filter(identifier=code_list.identifier).exists():
            standards.add_code_list(
                actor=actor,
                standard=row,
                identifier=code_list.identifier,
                name=code_list.name,
                name_en=code_list.name_en,
                values=code_list.all_values(),
            )
    for element in said.elements:
        if not row.elements.filter(identifier=element.identifier).exists():
            standards.define_element(
                actor=actor,
                standard=row,
                code_list=row.code_lists.filter(identifier=element.code_list).first(),
                **element.model_dump(exclude={"code_list"}),
            )
    standards.adopt_standard(actor=actor, standard=row, in_force_from=said.in_force_from)
    for code_list in said.code_lists:
        for revision in code_list.revisions:
            held = row.code_lists.get(identifier=code_list.identifier)
            kept = [CodedValue(**each) for each in held.newest.values]
            kept = [each for each in kept if each.code not in revision.ended]
            values = sorted([*kept, *revision.values], key=attrgetter("code"))
            standards.revise_code_list(actor=actor, code_list=held, values=values)


def project(actor: Actor, body: Body, said: province.Project) -> None:
    """Enter a project that public money pays for."""
    if not FundedProject.objects.filter(body=body, name=said.name).exists():
        systems.register_project(actor=actor, body=body, **said.model_dump(exclude={"body"}))


def system(actor: Actor, body: Body, said: province.System) -> None:
    """Enter a system, with the project that builds it."""
    if GovernmentSystem.objects.filter(body=body, name=said.name).exists():
        return
    systems.register_system(
        actor=actor,
        body=body,
        project=FundedProject.objects.filter(body=body, name=said.project).first(),
        **said.model_dump(exclude={"body", "project"}),
    )


def plan(
    actor: Actor, body: Body, said: province.Plan, *, approves: Actor, keeps: Sequence[Actor]
) -> None:
    """Bring a plan from its draft to publication, and a special one to the files of ``keeps``."""
    if Plan.objects.filter(body=body, title=said.title).exists():
        return
    text = {"title": said.title, "text": said.text}
    if said.kind == "overall":
        row = plans.draft_overall_plan(actor=actor, body=body, **text)
        row = plans.approve_plan(actor=approves, plan=row)
        plans.publish_plan(actor=actor, plan=row)
        return
    row = plans.draft_special_plan(actor=actor, body=body, kind=PlanKind(said.kind), **text)
    row = plans.publish_plan(actor=actor, plan=row)
    row = plans.file_plan(actor=actor, plan=row)
    for keeper in keeps:
        plans.record_plan(actor=keeper, plan=row)


def process_rule(actor: Actor, body: Body, said: province.ProcessRule) -> None:
    """Publish a rule of the whole process; it replaces the edition of the same title."""
    known = ProcessRule.objects.filter(body=body)
    if known.filter(number=said.number).exists():
        return
    row = known.filter(state=RuleState.DRAFT).first() or process_rules.draft_rule(
        actor=actor,
        body=body,
        replaces=known.filter(title=said.title, state=RuleState.PUBLISHED).first(),
        **said.model_dump(exclude={"body", "number", "in_force_from"}),
    )
    process_rules.publish_rule(
        actor=actor, rule=row, number=said.number, in_force_from=said.in_force_from
    )


def element_called(text: str) -> UUID | None:
    """Return the data element that ``text`` names by standard and identifier, if it names one."""
    if not text:
        return None
    number, _, identifier = text.rpartition(" ")
    found: UUID = DataElement.objects.get(standard__number=number, identifier=identifier).pk
    return found


def systems_called(names: Iterable[str]) -> tuple[UUID, ...]:
    """Return the systems called ``names``."""
    return tuple(GovernmentSystem.objects.get(name=name).pk for name in names)


def projects_called(names: Iterable[str]) -> tuple[UUID, ...]:
    """Return the publicly funded projects called ``names``."""
    return tuple(FundedProject.objects.get(name=name).pk for name in names)
