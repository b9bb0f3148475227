"""What may be done with plans of opening: draft, add to, drop from, publish (年度开放计划)."""

from datetime import date

from yelin.acts.frame import act
from yelin.catalog.models import Entry
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.opening import rules
from yelin.opening.models import Demand, OpeningPlan, PlannedOpening, PlanState
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.models import Body

YEARS = range(2000, 2100)


@act(
    "opening.draft_plan",
    duty=duties.OPENING_PLAN,
    subject="body",
    surface=OUTSIDE,
    locks=(),
    makes=True,
    clashes={
        "opening_one_plan_a_year": Fault(
            "year", "This body has a plan for this year already.", duties.OPENING_PLAN
        )
    },
)
def draft_plan(*, actor: Actor, body: Body, year: int, title: str, text: str = "") -> OpeningPlan:
    """Begin the plan of what is opened in a year (编制年度开放计划). Raises ``Incomplete``."""
    del actor
    if year not in YEARS:
        raise Incomplete.at("year", "Say which year.", duties.OPENING_PLAN)
    said = rules.in_words("title", title, "Say how the plan is called.", duties.OPENING_PLAN)
    plan = OpeningPlan(body=body, year=year, title=said, text=text.strip())
    plan.save()
    return plan


@act("opening.add_to_plan", duty=duties.OPENING_PLAN, subject="plan", surface=OUTSIDE)
def add_to_plan(
    *,
    actor: Actor,
    plan: OpeningPlan,
    until: date,
    entry: Entry | None = None,
    demand: Demand | None = None,
    title: str = "",
) -> PlannedOpening:
    """Plan that an entry, or what a demand wants, is opened until a day (列入开放计划).

    Raises ``Incomplete`` without either, and for a demand that nobody answers yet.
    """
    del actor
    faults = []
    if (entry is None) == (demand is None):
        faults.append(Fault("entry", "Name an entry or a demand.", duties.OPENING_PLAN))
    if until.year != plan.year:
        faults.append(Fault("until", "Name a day in the year of the plan.", duties.OPENING_PLAN))
    if demand is not None and (demand.handler is None or demand.state not in rules.LIVING):
        faults.append(Fault("demand", "Name a demand that is public and not settled."))
    if entry is not None and entry.title_protected_by and not title.strip():
        faults.append(Fault("title", "Its own title is protected: say how the plan calls it."))
    if faults:
        raise Incomplete(faults)
    provider = entry.provider if entry else demand.handler if demand else None
    assert provider is not None  # noqa: S101 - one of both was named
    called = title.strip() or (entry.title if entry else demand.title if demand else "")
    line = PlannedOpening(
        plan=plan, title=called, provider=provider, until=until, entry=entry, demand=demand
    )
    line.save()
    return line


@act(
    "opening.drop_from_plan",
    duty=duties.OPENING_PLAN,
    subject="plan",
    surface=OUTSIDE,
)
def drop_from_plan(*, actor: Actor, plan: OpeningPlan, line: PlannedOpening) -> OpeningPlan:
    """Take a line out of a plan that is not public yet. Raises ``OutOfTurn`` later."""
    del actor
    if plan.state != PlanState.DRAFT or line.plan_id != plan.pk or line.dropped:
        raise OutOfTurn("What stands in a published plan stays there, done or not.")
    line.dropped = True
    line.save()
    return plan


@act("opening.publish_plan", duty=duties.OPENING_PLAN, subject="plan", surface=OUTSIDE)
def publish_plan(*, actor: Actor, plan: OpeningPlan) -> OpeningPlan:
    """Publish a plan; from then on lines are added, and none is taken out (公布计划).

    Raises ``Incomplete`` without lines, ``OutOfTurn`` for one that is public.
    """
    del actor
    if plan.state != PlanState.DRAFT:
        raise OutOfTurn("This plan is public already.")
    if not plan.lines.filter(dropped=False).exists():
        raise Incomplete.at("plan", "Say first what is opened until when.", duties.OPENING_PLAN)
    plan.state, plan.published_on = PlanState.PUBLISHED, clock.today()
    plan.save()
    return plan
