"""Ask, support and answer in the demo province, and plan what is opened in the year."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from yelin.cases import acts as cases
from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.demo import province
from yelin.law import clock
from yelin.opening.acts import applications, demands, plans
from yelin.opening.models import Demand, OpeningPlan
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person, Seat

# Who sits in a role of a body.
Sits = Callable[[str, str], Actor]


def _one_of_the_public(username: str) -> Actor:
    """Return a citizen, or whoever represents an enterprise, by the login."""
    seat = Seat.objects.select_related("body").filter(person__user__username=username).first()
    return Actor.of(seat) if seat else Actor.citizen(Person.objects.get(user__username=username))


def apply(said: province.Application, entry: Entry, handler: Actor) -> None:
    """Apply for an entry, and have it answered as the demo says; a load cut off goes on."""
    actor = _one_of_the_public(said.by)
    if Case.objects.filter(about=entry.pk, applicant=actor.party_id).exists():
        return
    case = applications.apply(
        actor=actor,
        entry=entry,
        purpose=said.purpose,
        scenario=said.scenario,
        until=clock.today() + timedelta(days=said.days),
        safeguards=said.safeguards,
    )
    if said.outcome == "new":
        return
    case = cases.accept(actor=handler, case=case)
    if said.outcome == "approve":
        given = {"until": case.asked["until"]}
        cases.decide(actor=handler, case=case, approve=True, given=given)
    elif said.outcome == "refuse":
        cases.decide(
            actor=handler,
            case=case,
            approve=False,
            reason=said.reason,
            legal_basis=said.legal_basis,
        )


def demand(
    said: province.Demand, bodies: Mapping[str, Body], rows: Mapping[str, Entry], sits: Sits
) -> None:
    """Ask for data, read it, support it and answer it as the demo says."""
    if Demand.objects.filter(title=said.title).exists():
        return
    handler = bodies[said.body]
    row = demands.demand(
        actor=_one_of_the_public(said.by),
        body=handler,
        title=said.title,
        purpose=said.purpose,
        theme=said.theme,
    )
    if said.answer == "unread":
        return
    row = demands.publish_demand(actor=sits("officer", said.reader), demand=row, handler=handler)
    for username in said.supporters:
        row = demands.support(actor=_one_of_the_public(username), demand=row)
    steward = sits("steward", said.body)
    entry = rows.get(said.entry)
    if said.answer == "plan":
        until = clock.today() + timedelta(days=said.days)
        demands.plan_demand(actor=steward, demand=row, until=until, words=said.words, entry=entry)
    elif said.answer == "decline":
        demands.decline_demand(
            actor=steward, demand=row, reason=said.words, legal_basis=said.legal_basis
        )
    elif said.answer == "release" and entry is not None:
        demands.release_demand(actor=steward, demand=row, entry=entry, words=said.words)


def plan(
    said: province.OpeningPlan, bodies: Mapping[str, Body], rows: Mapping[str, Entry], sits: Sits
) -> None:
    """Publish the plan of this year with its lines."""
    year, body = clock.today().year, bodies[said.body]
    if OpeningPlan.objects.filter(body=body, year=year).exists():
        return
    officer = sits("officer", said.body)
    row = plans.draft_plan(actor=officer, body=body, year=year, title=said.title, text=said.text)
    for line in said.lines:
        until = date(year, line.month, line.day)
        plans.add_to_plan(actor=officer, plan=row, entry=rows[line.entry], until=until)
    plans.publish_plan(actor=officer, plan=row)
