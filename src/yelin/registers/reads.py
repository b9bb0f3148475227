"""Questions about the registers that span rows: what may be seen, what is not on file yet."""

import functools
import operator
from collections.abc import Collection, Iterable
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from yelin import gate
from yelin.acts import references
from yelin.law import packs
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.registers.models import (
    CodeList,
    DataElement,
    DataStandard,
    GovernmentSystem,
    Plan,
    PlanFiling,
    PlanKind,
    PlanState,
    StandardState,
)
from yelin.things.models import Subject

S = TypeVar("S", bound=Subject)


def standards(actor: Actor) -> "QuerySet[DataStandard]":
    """Return the standards that ``actor`` may know of, with how much each lays down."""
    seen: QuerySet[DataStandard] = references.seen(
        actor, DataStandard.objects.select_related("body")
    )
    return seen.annotate(
        element_count=Count("elements", distinct=True),
        list_count=Count("code_lists", distinct=True),
    )


_IN_FORCE = Q(standard__state=StandardState.IN_FORCE)


def elements_to_follow(also: Iterable[UUID | None] = ()) -> "QuerySet[DataElement]":
    """Return the data elements that an item may point to: those in force, and ``also`` these."""
    rows = DataElement.objects.filter(_IN_FORCE | Q(pk__in={pk for pk in also if pk}))
    return rows.select_related("standard", "code_list").order_by("name", "identifier")


def code_lists_to_follow(also: Iterable[UUID | None] = ()) -> "QuerySet[CodeList]":
    """Return the code lists whose values an item may take: those in force, and ``also`` these."""
    rows = CodeList.objects.filter(_IN_FORCE | Q(pk__in={pk for pk in also if pk}))
    return rows.select_related("standard").order_by("name", "identifier")


def code_lists(standard: DataStandard) -> "QuerySet[CodeList]":
    """Return the code lists of a standard with their versions."""
    return standard.code_lists.prefetch_related("versions")


def systems(actor: Actor) -> "QuerySet[GovernmentSystem]":
    """Return the systems that ``actor`` may know of, those from which nothing ever came first."""
    rows = GovernmentSystem.objects.select_related("body")
    return references.seen(actor, rows).order_by(F("succeeded_at").asc(nulls_first=True), "name")


def published_plans() -> "QuerySet[Plan]":
    """Return what is published, the overall plan and the newest first."""
    rows = Plan.objects.filter(state=PlanState.PUBLISHED).select_related("body", "approved_by")
    return rows.order_by("-published_on", "pk")


def on_file(plan: Plan) -> list[PlanFiling]:
    """Return who has the plan on file."""
    return list(plan.filings.select_related("by"))


def filing_kinds() -> frozenset[str]:
    """Return the kinds of body with which a special plan is filed, as the pack says."""
    return _holders("plans.record")


def joining_kinds() -> frozenset[str]:
    """Return the kinds of body together with which a standard is made, as the pack says."""
    return _holders("standards.join")


def _holders(power: str) -> frozenset[str]:
    found = next((each for each in packs.active().powers if each.name == power), None)
    return frozenset(held.kind for held in found.held) if found else frozenset()


def lacking(wanted: Collection[str], bodies: Collection[Body]) -> frozenset[str]:
    """Return the kinds of body among ``wanted`` of which none is in ``bodies``."""
    return frozenset(wanted) - {body.kind for body in bodies}


def unfiled(actor: Actor) -> "QuerySet[Plan]":
    """Return the published special plans that not every body has on file that must."""
    plans = references.seen(actor, published_plans()).exclude(kind=PlanKind.OVERALL)
    filed = PlanFiling.objects.filter(plan=OuterRef("pk"))
    kinds = sorted(filing_kinds())
    return plans.filter(
        functools.reduce(
            operator.or_,
            (~Q(Exists(filed.filter(by__kind=kind))) for kind in kinds),
            Q(pk__in=[]),
        )
    )


def plans_waiting_for(actor: Actor) -> "QuerySet[Plan]":
    """Return the plans that ``actor`` approves or takes on file and has not yet."""
    rows = Plan.objects.select_related("body").order_by("changed_at")
    drafts = gate.visible_to(actor, "registers.approve_plan", rows.filter(state=PlanState.DRAFT))
    filed = rows.filter(filed_on__isnull=False).exclude(filings__by=actor.body_id)
    sent = gate.visible_to(actor, "registers.record_plan", filed)
    return rows.filter(Q(pk__in=drafts.values("pk")) | Q(pk__in=sent.values("pk")))


def standards_waiting_for(actor: Actor) -> "QuerySet[DataStandard]":
    """Return the proposed standards of ours that ``actor`` joins and has not yet."""
    rows = DataStandard.objects.filter(state=StandardState.PROPOSED, number__startswith="DB")
    waiting = rows.exclude(joined_by=actor.body_id)
    return gate.visible_to(actor, "registers.join_standard", waiting)
