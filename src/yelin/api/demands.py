"""Demands and plans of opening for programs: what everybody may read of them."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import NinjaAPI, Query

from yelin.acts import references
from yelin.api import schemas
from yelin.catalog import reads as catalog
from yelin.opening import reads
from yelin.opening.models import Demand, OpeningPlan, PlannedOpening
from yelin.parties.actor import Actor
from yelin.surface import actor as asking


def register(api: NinjaAPI) -> None:
    """Give demands and plans their addresses in ``api``."""
    api.get("/demands", response=schemas.DemandPage, tags=["Demands"])(find_demands)
    api.get("/demands/{number}", response=schemas.DemandOut, tags=["Demands"])(get_demand)
    api.get("/opening-plans", response=list[schemas.OpeningPlanOut], tags=["Demands"])(find_plans)
    api.get("/opening-plans/{plan_id}", response=schemas.OpeningPlanOut, tags=["Demands"])(get_plan)


def find_demands(request: HttpRequest, asked: Query[schemas.DemandsIn]) -> schemas.DemandPage:
    """Return public demands, those that most support first, or the newest, or answered last."""
    actor = asking.of_request(request).actor
    rows = reads.board(actor, asked.asked())
    return schemas.DemandPage(items=_told(actor, list(asked.cut(rows))), total=rows.count())


def get_demand(request: HttpRequest, number: str) -> schemas.DemandOut:
    """Return one demand with what was answered; who asked for it is told to nobody."""
    actor = asking.of_request(request).actor
    return _told(actor, [reads.demand(actor, number)])[0]


def _told(actor: Actor, rows: list[Demand]) -> list[schemas.DemandOut]:
    codes = {row.entry.code for row in rows if row.entry and row.entry.code}
    seen = catalog.codes_seen(actor, codes)
    return [
        schemas.DemandOut(
            number=row.number,
            title=row.title,
            purpose=row.purpose,
            theme=row.theme or None,
            state=row.state,
            voices=row.voices,
            handler=row.handler.credit_code if row.handler else None,
            submitted_on=row.submitted_on,
            published_on=row.published_on,
            answered_on=row.answered_on,
            answer=row.answer or None,
            legal_basis=row.legal_basis or None,
            planned_until=row.planned_until,
            resource=row.entry.slug if row.entry and row.entry.code in seen else None,
            fulfilled_on=row.fulfilled_on,
        )
        for row in rows
    ]


def find_plans(request: HttpRequest) -> list[schemas.OpeningPlanOut]:
    """Return the public plans of opening with every line and how it stands."""
    actor = asking.of_request(request).actor
    return [_plan(actor, plan) for plan in reads.plans(actor)]


def get_plan(request: HttpRequest, plan_id: UUID) -> schemas.OpeningPlanOut:
    """Return one plan of opening."""
    actor = asking.of_request(request).actor
    return _plan(actor, references.one(actor, OpeningPlan, plan_id))


def _plan(actor: Actor, plan: OpeningPlan) -> schemas.OpeningPlanOut:
    rows = [line for line in plan.lines.all() if not line.dropped]
    opened = {row.pk: reads.entry_of(row) for row in rows}
    codes = {entry.code for entry in opened.values() if entry and entry.code}
    seen = catalog.codes_seen(actor, codes)

    def told(row: PlannedOpening) -> dict[str, Any]:
        entry = opened[row.pk]
        return {
            "title": row.title,
            "provider": row.provider.credit_code,
            "until": row.until,
            "state": reads.state_of(row),
            "resource": entry.slug if entry and entry.code in seen else None,
        }

    return schemas.OpeningPlanOut(
        id=plan.pk,
        year=plan.year,
        title=plan.title,
        body=plan.body.credit_code,
        published_on=plan.published_on,
        lines=[schemas.PlannedOut(**told(row)) for row in rows],
    )
