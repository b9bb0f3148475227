"""A body's own systems, projects, plans and standards: the lists, one of each, what may be done."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yelin.acts import references
from yelin.law import duties, packs
from yelin.parties.models import Body
from yelin.registers import reads
from yelin.registers.acts import plans, standards, systems
from yelin.registers.models import (
    DataStandard,
    FundedProject,
    GovernmentSystem,
    Plan,
    PlanKind,
    PlanState,
    ProcessRule,
    StandardState,
    SystemState,
)
from yelin.surface.actor import Asker
from yelin.things.models import Subject
from yelin.web import attaching, offers
from yelin.web.asking import GET_OR_POST
from yelin.web.desk import process_rules
from yelin.web.desk import register_forms as ask
from yelin.web.desk.door import page
from yelin.web.guards import seated
from yelin.web.offers import Nothing, Offer
from yelin.web.paging import MOST
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name

Said = Mapping[str, Any]


def _doing(act: Callable[..., Subject], asker: Asker, **on: Subject) -> Callable[[Said], Subject]:
    return lambda said: act(actor=asker.actor, **on, **said)


def _crumbs(*more: Link) -> list[Link]:
    return [
        Link(_("Desk"), reverse("desk:home")),
        Link(_("Registers"), reverse("desk:registers")),
        *more,
    ]


@require_http_methods(GET_OR_POST)
@seated
def registers(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Show what the registers hold of the actor's body, and what waits for it; enter more."""
    assert asker.seat is not None  # noqa: S101 - the door lets nobody else in
    body, actor = asker.seat.body, asker.actor
    taken = offers.take(request, actor, _begin(asker, body))
    if taken.made is not None:
        return redirect("desk:registers")
    pack = packs.active()
    own_plans = Plan.objects.filter(body=body)
    context = {
        "body": body_name(body),
        "systems": references.seen(actor, GovernmentSystem.objects.filter(body=body))[:MOST],
        "projects": references.seen(actor, FundedProject.objects.filter(body=body))[:MOST],
        "plans": references.seen(actor, own_plans)[:MOST],
        "standards": references.seen(actor, DataStandard.objects.filter(body=body))[:MOST],
        "rules": references.seen(actor, ProcessRule.objects.filter(body=body))[:MOST],
        "watched": reads.systems(actor).exclude(body=body).exclude(state=SystemState.ENDED)[:MOST],
        "waiting": _waiting(asker),
        "ordered": {
            "systems": pack.orders(duties.SYSTEMS_CONNECT),
            "projects": pack.orders(duties.PUBLIC_MONEY),
            "plans": pack.orders(duties.PLANS_OVERALL) or pack.orders(duties.PLANS_SPECIAL),
        },
        "offered": taken.offered,
    }
    return page(request, asker, "desk/registers.html", context, status=taken.status)


def _waiting(asker: Asker) -> list[Link]:
    """Return what this body answers: plans to approve or take on file, proposals to join."""
    return [
        *(_link("desk:plan", plan) for plan in reads.plans_waiting_for(asker.actor)[:MOST]),
        *(_link("desk:standard", row) for row in reads.standards_waiting_for(asker.actor)[:MOST]),
    ]


def _link(where: str, thing: Subject) -> Link:
    return Link(str(thing), reverse(where, args=[thing.pk]))


def _begin(asker: Asker, body: Body) -> Sequence[Offer]:
    return [
        Offer(
            act="registers.register_system",
            on=body,
            title=_("Enter a system"),
            button=_("Enter"),
            done=_("The system is entered."),
            form=ask.system_form(body),
            do=_doing(systems.register_system, asker, body=body),
        ),
        Offer(
            act="registers.register_project",
            on=body,
            title=_("Enter a publicly funded project"),
            button=_("Enter"),
            done=_("The project is entered."),
            form=ask.ProjectForm,
            do=_doing(systems.register_project, asker, body=body),
        ),
        Offer(
            act="registers.draft_overall_plan",
            on=body,
            title=_("Begin the overall plan"),
            button=_("Save the draft"),
            done=_("The draft is saved."),
            form=ask.PlanForm,
            do=_doing(plans.draft_overall_plan, asker, body=body),
        ),
        Offer(
            act="registers.draft_special_plan",
            on=body,
            title=_("Begin a special plan"),
            button=_("Save the draft"),
            done=_("The draft is saved."),
            form=ask.SpecialPlanForm,
            do=_doing(plans.draft_special_plan, asker, body=body),
        ),
        process_rules.draft(asker, body),
        Offer(
            act="registers.propose_standard",
            on=body,
            title=_("Propose a data standard"),
            says=_("A national one is entered the same way, so that items can follow it."),
            button=_("Propose"),
            done=_("The standard is proposed."),
            form=ask.StandardForm,
            do=_doing(standards.propose_standard, asker, body=body),
        ),
    ]


@require_http_methods(GET_OR_POST)
@seated
def system(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one system with its entries; change or end it."""
    found = references.one(asker.actor, GovernmentSystem, pk)
    taken = offers.take(request, asker.actor, _of_system(asker, found))
    if taken.made is not None:
        return redirect("desk:system", pk=pk)
    context = {
        "system": found,
        "entries": references.seen(asker.actor, found.entries.all())[:MOST],
        "offered": taken.offered,
        "crumbs": _crumbs(Link(found.name, "")),
    }
    return page(request, asker, "desk/system.html", context, status=taken.status)


def _of_system(asker: Asker, found: GovernmentSystem) -> Sequence[Offer]:
    if found.state == SystemState.ENDED:
        return []
    said = {
        "name": found.name,
        "purpose": found.purpose,
        "in_service": found.state == SystemState.EXISTING,
        "project": found.project_id,
    }
    return [
        Offer(
            act="registers.amend_system",
            on=found,
            title=_("Change the system"),
            button=_("Save"),
            done=_("The system is changed."),
            form=ask.system_form(found.body),
            initial=said,
            do=_doing(systems.amend_system, asker, system=found),
        ),
        Offer(
            act="registers.connect_system",
            on=found,
            title=_("Connect the system"),
            says=_("What passes this way is noted here as its last success."),
            button=_("Save"),
            done=_("The system is connected as you said."),
            form=ask.connection_form(asker.actor, found),
            initial={"token": found.token_id, "way_out": found.way_out_id},
            do=_doing(systems.connect_system, asker, system=found),
        ),
        Offer(
            act="registers.end_system",
            on=found,
            title=_("End the system"),
            says=_("When it is switched off. Entries keep naming it."),
            button=_("End the system"),
            done=_("The system has ended."),
            do=_doing(systems.end_system, asker, system=found),
            form=Nothing,
            stops=True,
        ),
    ]


@require_http_methods(GET_OR_POST)
@seated
def project(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one project with the systems that it builds; correct it."""
    found = references.one(asker.actor, FundedProject, pk)
    said = {name: getattr(found, name) for name in ("name", "funding", "approval", "approved_on")}
    correct = Offer(
        act="registers.amend_project",
        on=found,
        title=_("Correct the project"),
        button=_("Save"),
        done=_("The project is corrected."),
        form=ask.ProjectForm,
        initial=said,
        do=_doing(systems.amend_project, asker, project=found),
    )
    hung = [attaching.attach(asker.actor, found), *attaching.removals(asker.actor, found)]
    taken = offers.take(request, asker.actor, [correct, *hung])
    if taken.made is not None:
        return redirect("desk:project", pk=pk)
    context = {
        "project": found,
        "systems": references.seen(asker.actor, found.systems.all())[:MOST],
        "attachments": attaching.shown(asker.actor, found, taken.offered),
        "offered": attaching.others(taken.offered),
        "crumbs": _crumbs(Link(found.name, "")),
    }
    return page(request, asker, "desk/project.html", context, status=taken.status)


@require_http_methods(GET_OR_POST)
@seated
def plan(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one plan, its filings and its next step; take it."""
    found = references.one(asker.actor, Plan, pk)
    hung = [attaching.attach(asker.actor, found), *attaching.removals(asker.actor, found)]
    taken = offers.take(request, asker.actor, [*_of_plan(asker, found), *hung])
    if taken.made is not None:
        return redirect("desk:plan", pk=pk)
    context = {
        "plan": found,
        "filings": reads.on_file(found),
        "attachments": attaching.shown(asker.actor, found, taken.offered),
        "offered": attaching.others(taken.offered),
        "crumbs": _crumbs(Link(found.title, "")),
    }
    return page(request, asker, "desk/plan.html", context, status=taken.status)


def _of_plan(asker: Asker, found: Plan) -> Sequence[Offer]:
    def offer(act: str, title: str, done: str, do: Callable[..., Subject], **more: Any) -> Offer:
        return Offer(
            act=f"registers.{act}",
            on=found,
            title=title,
            button=title,
            done=done,
            do=_doing(do, asker, plan=found),
            **more,
        )

    change = offer(
        "amend_plan",
        _("Change the plan"),
        _("The plan is changed."),
        plans.amend_plan,
        form=ask.PlanForm,
        initial={"title": found.title, "text": found.text},
    )
    approve = offer("approve_plan", _("Approve"), _("The plan is approved."), plans.approve_plan)
    publish = offer(
        "publish_plan", _("Publish the plan"), _("The plan is published."), plans.publish_plan
    )
    send = offer("file_plan", _("Send for filing"), _("The plan is sent."), plans.file_plan)
    take = offer("record_plan", _("Take on file"), _("The plan is on file."), plans.record_plan)
    match found.state:
        case PlanState.DRAFT:
            return [change, approve if found.kind == PlanKind.OVERALL else publish]
        case PlanState.APPROVED:
            return [publish]
        case _:
            kept = found.filings.filter(by=asker.actor.body_id).exists()
            return [send] if found.filed_on is None else [] if kept else [take]


@require_http_methods(GET_OR_POST)
@seated
def standard(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Show one standard and how far it is; join it, lay down more, let it hold or end."""
    found = references.one(asker.actor, DataStandard, pk)
    taken = offers.take(request, asker.actor, _of_standard(asker, found))
    if taken.made is not None:
        return redirect("desk:standard", pk=pk)
    context = {
        "standard": found,
        "joined": list(found.joined_by.order_by("name")),
        "elements": found.elements.select_related("code_list"),
        "code_lists": reads.code_lists(found),
        "offered": taken.offered,
        "crumbs": _crumbs(Link(found.number, "")),
    }
    return page(request, asker, "desk/standard.html", context, status=taken.status)


def _of_standard(asker: Asker, found: DataStandard) -> Sequence[Offer]:
    if found.state == StandardState.WITHDRAWN:
        return []
    return _of_proposal(asker, found) if found.is_proposed else _of_held(asker, found)


def _of_proposal(asker: Asker, found: DataStandard) -> list[Offer]:
    def offer(act: str, title: str, done: str, do: Callable[..., Subject], **more: Any) -> Offer:
        return Offer(
            act=f"registers.{act}",
            on=found,
            title=title,
            button=title,
            done=done,
            do=_doing(do, asker, standard=found),
            **more,
        )

    joined = found.joined_by.filter(pk=asker.actor.body_id).exists()
    join = offer(
        "join_standard", _("Join the standard"), _("Your body has joined."), standards.join_standard
    )
    return [
        *([] if joined else [join]),
        offer(
            "add_code_list",
            _("Lay down a code list"),
            _("The code list is laid down."),
            standards.add_code_list,
            form=ask.CodeListForm,
        ),
        offer(
            "define_element",
            _("Define a data element"),
            _("The data element is defined."),
            standards.define_element,
            form=ask.element_form(found),
        ),
        offer(
            "adopt_standard",
            _("Let it hold"),
            _("The standard is in force."),
            standards.adopt_standard,
            form=ask.FromForm,
        ),
    ]


def _of_held(asker: Asker, found: DataStandard) -> list[Offer]:
    revise = [
        Offer(
            act="registers.revise_code_list",
            key=f"registers.revise_code_list.{number}",
            on=code_list,
            title=_("Revise: {name}").format(name=code_list.name),
            button=_("Hold these values from now on"),
            done=_("The code list has its next version."),
            form=ask.ValuesForm,
            initial={"values": code_list.newest.values},
            do=_doing(standards.revise_code_list, asker, code_list=code_list),
        )
        for number, code_list in enumerate(reads.code_lists(found))
    ]
    end = Offer(
        act="registers.withdraw_standard",
        on=found,
        title=_("Withdraw the standard"),
        says=_("What follows it keeps doing so; nothing new can."),
        button=_("Withdraw"),
        done=_("The standard is withdrawn."),
        form=ask.UntilForm,
        do=_doing(standards.withdraw_standard, asker, standard=found),
        stops=True,
    )
    return [*revise, end]
