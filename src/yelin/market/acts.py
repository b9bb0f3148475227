"""What may be done with arrangements: draft, reach, drop, publish, extend, end."""

from collections.abc import Collection
from datetime import date

from yelin import gate
from yelin.acts.frame import act
from yelin.cases.models import NumberCounter
from yelin.catalog.content import OpeningType
from yelin.catalog.models import Entry
from yelin.catalog.states import State as EntryState
from yelin.gate.models import Grant
from yelin.gate.obligations import Obligations
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.market import rules, telling
from yelin.market.content import ArrangementContent
from yelin.market.models import Arrangement, Reach, State
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.kinds import SOCIAL
from yelin.parties.models import Body

LETTERS = "SC"


@act(
    "market.arrange",
    duty=duties.MARKET_OPERATE,
    subject="body",
    surface=OUTSIDE,
    locks=(),
    makes=True,
)
def arrange(
    *, actor: Actor, body: Body, operator: Body, content: ArrangementContent
) -> Arrangement:
    """Draft an arrangement with an enterprise about the body's data (市场化开发应用安排).

    Raises ``Incomplete`` for what it does not say, or an operator that is none.
    """
    del actor
    today = clock.today()
    found = list(rules.faults(content, today))
    if operator.kind not in SOCIAL or operator.until is not None or operator.pk == body.pk:
        says = "Name a verified enterprise, association or public utility by its code."
        found.append(Fault("operator", says, duties.MARKET_OPERATE))
    if found:
        raise Incomplete(found)
    number = NumberCounter.next_number(LETTERS, today)
    made = Arrangement(number=number, body=body, operator=operator, **content.model_dump())
    made.save()
    made.take_code(made.number)
    return made


@act("market.reach", duty=duties.MARKET_OPERATE, subject="arrangement", surface=OUTSIDE)
def reach(*, actor: Actor, arrangement: Arrangement, entry: Entry) -> Arrangement:
    """Let an arrangement reach an entry of the body; at once where it is public (纳入范围).

    Raises ``Incomplete`` for one that it cannot reach, ``OutOfTurn`` for one that is over.
    """
    del actor
    _require_not_over(arrangement)
    if entry.provider_id != arrangement.body_id or entry.state != EntryState.CONFIRMED:
        raise Incomplete.at(
            "entry", "Name a confirmed entry of the body itself.", duties.MARKET_OPERATE
        )
    if entry.opening_type == OpeningType.NONE:
        says = "Data that is not open does not leave for an operator: only what is made of it may."
        raise Incomplete.at("entry", says, duties.MARKET_OPERATE)
    if arrangement.scope.filter(entry=entry, dropped_on=None).exists():
        raise Incomplete.at("entry", "It reaches this entry already.", duties.MARKET_OPERATE)
    reached = Reach.objects.create(arrangement=arrangement, entry=entry)
    if arrangement.state == State.PUBLISHED:
        _give(arrangement, reached)
    return arrangement


@act("market.drop", duty=duties.MARKET_OPERATE, subject="arrangement", surface=OUTSIDE)
def drop(*, actor: Actor, arrangement: Arrangement, entry: Entry) -> Arrangement:
    """Let an arrangement reach an entry no more; its right ends at once (移出范围).

    Raises ``OutOfTurn`` for one that it does not reach.
    """
    del actor
    found = arrangement.scope.filter(entry=entry, dropped_on=None).first()
    if arrangement.state == State.ENDED or found is None:
        raise OutOfTurn("The arrangement does not reach this entry.")
    found.dropped_on = clock.today()
    found.save(update_fields=["dropped_on"])
    _take_back(arrangement, [entry], "The arrangement reaches this no more.")
    return arrangement


@act("market.publish", duty=duties.MARKET_OPERATE, subject="arrangement", surface=OUTSIDE)
def publish(*, actor: Actor, arrangement: Arrangement) -> Arrangement:
    """Publish an arrangement: everyone sees it, and its operator may use what it reaches (公开).

    Raises ``Incomplete`` where it reaches nothing, ``OutOfTurn`` for one that is public.
    """
    del actor
    if arrangement.state != State.DRAFT:
        raise OutOfTurn("This arrangement is public already.")
    _require_not_over(arrangement)
    reached = list(arrangement.scope.filter(dropped_on=None).select_related("entry"))
    if not reached:
        raise Incomplete.at("entry", "Say first which entries it reaches.", duties.MARKET_OPERATE)
    arrangement.state, arrangement.published_on = State.PUBLISHED, clock.today()
    arrangement.save()
    for each in reached:
        _give(arrangement, each)
    telling.tell_operator(telling.PUBLISHED, arrangement)
    return arrangement


@act("market.extend", duty=duties.MARKET_OPERATE, subject="arrangement", surface=OUTSIDE)
def extend(*, actor: Actor, arrangement: Arrangement, until: date, basis: str) -> Arrangement:
    """Let a public arrangement run to a later day, on a basis of its own (续期).

    Raises ``Incomplete`` without either, ``OutOfTurn`` for one that does not run.
    """
    del actor
    if arrangement.standing() not in {"coming", "runs"}:
        raise OutOfTurn("Only an arrangement that is public and not over is extended.")
    found = []
    if until <= arrangement.until:
        found.append(
            Fault("until", "Name a day after its present last day.", duties.MARKET_OPERATE)
        )
    if not basis.strip():
        found.append(
            Fault("basis", "Name the decision or contract that extends it.", duties.MARKET_OPERATE)
        )
    if found:
        raise Incomplete(found)
    arrangement.until, arrangement.basis = until, basis.strip()
    arrangement.save()
    given = Grant.objects.filter(given_in=arrangement.pk, revoked_at=None)
    given.update(until=clock.end_of(until))
    telling.tell_operator(telling.EXTENDED, arrangement)
    return arrangement


@act("market.end", duty=duties.MARKET_OPERATE, subject="arrangement", surface=OUTSIDE)
def end(*, actor: Actor, arrangement: Arrangement, reason: str) -> Arrangement:
    """End a public arrangement before its last day; what it gave ends at once (提前终止).

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` for one that does not run.
    """
    del actor
    if arrangement.standing() not in {"coming", "runs"}:
        raise OutOfTurn("This arrangement is not public, or is over already.")
    if not reason.strip():
        raise Incomplete.at("reason", "Say why it ends.", duties.MARKET_OPERATE)
    arrangement.state, arrangement.ended_on = State.ENDED, clock.today()
    arrangement.ended_because = reason.strip()[:500]
    arrangement.save()
    reached = Entry.objects.filter(reached_by__arrangement=arrangement)
    _take_back(arrangement, list(reached), "The arrangement has ended.")
    telling.tell_operator(telling.ENDED, arrangement)
    return arrangement


def _require_not_over(arrangement: Arrangement) -> None:
    if arrangement.state == State.ENDED or arrangement.until < clock.today():
        raise OutOfTurn("This arrangement is over.")


def _give(arrangement: Arrangement, reached: Reach) -> None:
    """Give the operator what is open on conditions; what is open to all needs no grant."""
    if reached.entry.opening_type != OpeningType.CONDITIONAL:
        return
    # To read it, and where the arrangement says so to trade what is made of it.
    for action in ("resource.trade", "resource.read")[not arrangement.trades :]:
        reached.grant = gate.grant(
            arrangement.operator,
            reached.entry,
            action,
            duty=duties.MARKET_OPERATE,
            bears=Obligations(until=clock.end_of(arrangement.until)),
            since=max(clock.now(), clock.beginning_of(arrangement.since)),
            given_in=arrangement,
        )
    reached.save(update_fields=["grant"])


def _take_back(arrangement: Arrangement, entries: Collection[Entry], because: str) -> None:
    live = Grant.objects.filter(
        given_in=arrangement.pk, on__in=[each.pk for each in entries], revoked_at=None
    )
    live.update(revoked_at=clock.now(), revoked_because=f"{arrangement.number}: {because}")
