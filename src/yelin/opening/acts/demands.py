"""What may be done with demands: ask, read and let out, support, answer, meet (开放需求)."""

import secrets
from datetime import date

from yelin.acts.frame import act
from yelin.cases.models import NumberCounter
from yelin.catalog.models import Entry
from yelin.catalog.states import State as EntryState
from yelin.law import clock, duties, packs
from yelin.law.refusals import Fault, Incomplete, OutOfTurn, Unlawful
from yelin.opening import rules, telling
from yelin.opening.models import OPENED, Demand, Voice
from yelin.opening.rules import State
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.parties.models import Body
from yelin.things.models import Thing

SYSTEM = {Surface.SYSTEM}
LETTERS = "XQ"


@act(
    "opening.demand",
    duty=duties.OPENING_DEMAND,
    subject="body",
    surface=OUTSIDE,
    locks=(),
    makes=True,
    clashes={
        "opening_demand_once_for_each": Fault(
            "title", "You asked for this already.", duties.OPENING_DEMAND
        )
    },
)
def demand(
    *,
    actor: Actor,
    body: Body,
    title: str,
    purpose: str,
    theme: str = "",
    about: Entry | None = None,
) -> Demand:
    """Ask a body to open data, or the platform's where one does not know whose it is (提出需求).

    It is public once it was read. Raises ``Incomplete``.
    """
    if not packs.active().orders(duties.OPENING_RESPOND):
        raise Unlawful(duties.OPENING_DEMAND, "This is not offered here.")
    faults = rules.wanted(title, purpose)
    if theme and theme not in {each.code for each in packs.active().themes}:
        faults.append(Fault("theme", "There is no such theme."))
    if about is not None and _is_open_to_all(about):
        faults.append(Fault("about", "This resource is open already.", duties.OPENING_DEMAND))
    if faults:
        raise Incomplete(faults)
    party = actor.party_id
    assert party is not None  # noqa: S101 - the gate lets nobody else ask
    # Whoever asks twice at once waits here, so that nobody heaps up what others have to read.
    Thing.objects.select_for_update(no_key=True).get(pk=party)
    if Demand.objects.filter(asker=party, state=State.SUBMITTED).count() >= rules.MOST_UNREAD:
        says = "So many of yours are not read yet. Wait until they are."
        raise Incomplete.at("title", says, duties.OPENING_DEMAND)
    made = Demand(
        number=NumberCounter.next_number(LETTERS, clock.today()),
        asker_id=party,
        body=body,
        about=about,
        title=title.strip(),
        purpose=purpose.strip(),
        theme=theme,
        salt=secrets.token_bytes(16),
        voices=1,
        submitted_on=clock.today(),
    )
    made.save()
    made.take_code(made.number)
    # Whoever asks has the first voice, and hears of all that becomes of it at once.
    Voice.objects.create(demand=made, party_id=party, since=clock.now())
    clock.run(made, duties.OPENING_MODERATE.name)
    telling.tell_readers(telling.CAME, made)
    return made


def _is_open_to_all(entry: Entry) -> bool:
    return entry.state == EntryState.CONFIRMED and entry.opening_type == "unconditional"


def _is_open(entry: Entry) -> bool:
    return entry.state == EntryState.CONFIRMED and entry.opening_type in OPENED


@act("opening.withdraw_demand", duty=duties.OPENING_DEMAND, subject="demand", surface=OUTSIDE)
def withdraw_demand(*, actor: Actor, demand: Demand) -> Demand:
    """Take back what one asked for, as long as it is not answered (撤回需求).

    Raises ``OutOfTurn`` once others support it: it is theirs, too.
    """
    rules.require("withdraw", demand.state)
    if demand.supporters.exclude(party=actor.party_id).exists():
        raise OutOfTurn("Others support this demand; it is theirs, too, and stays.")
    return _end(demand, State.WITHDRAWN)


def _end(demand: Demand, state: State) -> Demand:
    demand.state = state
    demand.save()
    clock.stop(demand, duties.OPENING_MODERATE)
    clock.stop(demand, duties.OPENING_RESPOND)
    return demand


# Before it is public.


@act("opening.publish_demand", duty=duties.OPENING_MODERATE, subject="demand", surface=OUTSIDE)
def publish_demand(*, actor: Actor, demand: Demand, handler: Body) -> Demand:
    """Let a demand be read by everybody, and say which body answers it (审核公开).

    Raises ``Incomplete`` for a body that has no power to answer.
    """
    del actor
    rules.require("publish", demand.state)
    clock.stop(demand, duties.OPENING_MODERATE)
    demand.published_on = clock.today()
    demand.state = State.OPEN
    _give(demand, handler)
    telling.tell_party(telling.PUBLIC, demand)
    return demand


def _give(demand: Demand, handler: Body) -> None:
    if not handler.is_official or handler.until is not None:
        says = "Name a government body that is on the platform."
        raise Incomplete.at("handler", says, duties.OPENING_RESPOND)
    demand.handler = handler
    demand.state = State.OPEN
    demand.save()
    clock.run(demand, duties.OPENING_RESPOND.name)
    telling.tell_handlers(telling.GIVEN, demand)


@act("opening.return_demand", duty=duties.OPENING_MODERATE, subject="demand", surface=OUTSIDE)
def return_demand(*, actor: Actor, demand: Demand, reason: str) -> Demand:
    """Return a demand that cannot be public as it is written, saying why (退回).

    Raises ``Incomplete`` without a reason.
    """
    del actor
    rules.require("return", demand.state)
    demand.returned_reason = rules.in_words(
        "reason", reason, "Say why, so that the asker can be told.", duties.OPENING_MODERATE
    )
    _end(demand, State.RETURNED)
    telling.tell_party(telling.RETURNED, demand)
    return demand


@act(
    "opening.merge_demand",
    duty=duties.OPENING_MODERATE,
    subject="demand",
    surface=OUTSIDE,
    locks=("demand", "into"),
)
def merge_demand(*, actor: Actor, demand: Demand, into: Demand) -> Demand:
    """Merge a demand into another that asks for the same; its voices go along, each once (合并).

    Raises ``Incomplete`` for one that is not public, or itself.
    """
    del actor
    rules.require("merge", demand.state)
    if into.pk == demand.pk or into.state not in rules.LIVING:
        says = "Name another demand that is public and not settled."
        raise Incomplete.at("into", says, duties.OPENING_MODERATE)
    there = into.supporters.values("party")
    Voice.objects.bulk_create(
        Voice(demand=into, party_id=voice.party_id, since=voice.since)
        for voice in demand.supporters.exclude(party__in=there)
    )
    into.voices = into.supporters.count()
    into.save()
    demand.into = into
    demand.published_on = demand.published_on or clock.today()
    _end(demand, State.MERGED)
    telling.tell_party(telling.MERGED, demand)
    return demand


@act("opening.assign_demand", duty=duties.OPENING_RESPOND, subject="demand", surface=OUTSIDE)
def assign_demand(*, actor: Actor, demand: Demand, handler: Body) -> Demand:
    """Give a demand to the body whose it is to answer; its term begins anew (转办).

    Raises ``Incomplete`` for a body that has no power to answer, or has it already.
    """
    del actor
    rules.require("assign", demand.state)
    if handler.pk == demand.handler_id:
        says = "It waits for this body already."
        raise Incomplete.at("handler", says, duties.OPENING_RESPOND)
    clock.stop(demand, duties.OPENING_RESPOND)
    _give(demand, handler)
    return demand


# Voices.


@act("opening.support", duty=duties.OPENING_DEMAND, subject="demand", surface=OUTSIDE)
def support(*, actor: Actor, demand: Demand) -> Demand:
    """Support what somebody else wants opened, with one voice (支持).

    Raises ``OutOfTurn`` where one supports it already.
    """
    rules.require("support", demand.state)
    _, new = Voice.objects.get_or_create(
        demand=demand,
        party_id=actor.party_id,
        # What it was answered before one came stands on its page.
        defaults={"since": clock.now(), "told": demand.state},
    )
    if not new:
        raise OutOfTurn("You support this already.")
    return _counted(demand)


@act("opening.unsupport", duty=duties.OPENING_DEMAND, subject="demand", surface=OUTSIDE)
def unsupport(*, actor: Actor, demand: Demand) -> Demand:
    """Take one's voice back (取消支持).

    Raises ``OutOfTurn`` where there is none, or it is the asker's own.
    """
    rules.require("unsupport", demand.state)
    if actor.party_id == demand.asker_id:
        raise OutOfTurn("This demand is yours. Withdraw it instead.")
    gone, _each = demand.supporters.filter(party=actor.party_id).delete()
    if not gone:
        raise OutOfTurn("You do not support this.")
    return _counted(demand)


def _counted(demand: Demand) -> Demand:
    demand.voices = demand.supporters.count()
    demand.save(update_fields=["voices"])
    return demand


# Answers.


@act("opening.plan_demand", duty=duties.OPENING_RESPOND, subject="demand", surface=OUTSIDE)
def plan_demand(
    *, actor: Actor, demand: Demand, until: date, words: str, entry: Entry | None = None
) -> Demand:
    """Answer that the data will be opened, until when, and perhaps as which entry (列入计划).

    Once that entry is open the demand is met by itself. Raises ``Incomplete``.
    """
    del actor
    rules.require("plan", demand.state)
    faults = []
    if until <= clock.today():
        faults.append(Fault("until", "Name a day after today.", duties.OPENING_RESPOND))
    if not words.strip():
        faults.append(Fault("words", "Say what will be opened.", duties.OPENING_RESPOND))
    if entry is not None and entry.provider_id != demand.handler_id:
        faults.append(Fault("entry", "Name an entry of the body that answers."))
    if faults:
        raise Incomplete(faults)
    demand.planned_until, demand.entry = until, entry
    return _answered(demand, State.PLANNED, words)


@act("opening.decline_demand", duty=duties.OPENING_RESPOND, subject="demand", surface=OUTSIDE)
def decline_demand(*, actor: Actor, demand: Demand, reason: str, legal_basis: str) -> Demand:
    """Answer that the data is not opened, why, and on which legal basis (不予开放).

    Raises ``Incomplete`` without either.
    """
    del actor
    rules.require("decline", demand.state)
    lacking = []
    if not reason.strip():
        lacking.append(Fault("reason", "A refusal says why.", duties.OPENING_RESPOND))
    if not legal_basis.strip():
        says = "A refusal names its legal basis."
        lacking.append(Fault("legal_basis", says, duties.OPENING_RESPOND))
    if lacking:
        raise Incomplete(lacking)
    demand.legal_basis, demand.planned_until, demand.entry = legal_basis.strip(), None, None
    return _answered(demand, State.DECLINED, reason)


@act("opening.release_demand", duty=duties.OPENING_RESPOND, subject="demand", surface=OUTSIDE)
def release_demand(*, actor: Actor, demand: Demand, entry: Entry, words: str = "") -> Demand:
    """Answer with the entry that gives what is wanted, and is open (已开放).

    Raises ``Incomplete`` for one that is not open yet.
    """
    del actor
    rules.require("release", demand.state)
    if not _is_open(entry):
        says = "This resource is not open yet. Answer with a plan that names it."
        raise Incomplete.at("entry", says, duties.OPENING_RESPOND)
    demand.entry, demand.legal_basis = entry, ""
    demand.fulfilled_on = clock.today()
    return _answered(demand, State.FULFILLED, words)


def _answered(demand: Demand, state: State, words: str) -> Demand:
    demand.answer = words.strip()
    demand.answered_on = demand.answered_on or clock.today()
    demand.state = state
    demand.save()
    clock.stop(demand, duties.OPENING_RESPOND)
    return demand


# Of the clock.


@act("opening.fulfil_demand", duty=duties.OPENING_BRING, subject="demand", surface=SYSTEM)
def fulfil_demand(*, actor: Actor, demand: Demand) -> Demand:
    """Record that the entry which was planned for a demand is open now (需求已满足).

    Raises ``OutOfTurn`` where it is not.
    """
    del actor
    rules.require("fulfil", demand.state)
    if demand.entry is None or not _is_open(demand.entry):
        raise OutOfTurn("What was planned is not open yet.")
    demand.state, demand.fulfilled_on = State.FULFILLED, clock.today()
    demand.save()
    return demand


@act("opening.lapse_demand", duty=duties.OPENING_RESPOND, subject="demand", surface=SYSTEM)
def lapse_demand(*, actor: Actor, demand: Demand) -> Demand:
    """Record that a demand was not read, or not answered, in time; what is owed stays owed (逾期).

    Nothing becomes public by silence.
    """
    del actor
    rules.require("lapse", demand.state)
    is_public = demand.state == State.OPEN
    duty = duties.OPENING_RESPOND if is_public else duties.OPENING_MODERATE
    if not clock.overdue(duty).filter(thing=demand.pk).update(lapsed_at=clock.now()):
        raise OutOfTurn("This term has not passed, or its lapse is already recorded.")
    if is_public:
        demand.state = State.OVERDUE
        demand.save()
        telling.tell_handlers(telling.LATE, demand)
    telling.tell_readers(telling.LATE, demand)
    return demand
