"""What may be done with trading platforms: admit, publish rules, take part, leave, close."""

from datetime import date
from hashlib import sha256

from yelin.acts.frame import act
from yelin.cases.models import NumberCounter
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.market.platform import telling
from yelin.market.platform.models import Capacity, Membership, Part, Platform, Rulebook, RuleKind
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.kinds import SOCIAL
from yelin.parties.models import Body

LETTERS = "JP"
_TWICE = Fault(
    "capacity", "You take part in this capacity already, or asked to.", duties.TRADE_RULES
)


@act(
    "market.admit_platform",
    duty=duties.TRADE_SUPERVISE,
    subject="operator",
    surface=OUTSIDE,
    locks=(),
    makes=True,
)
def admit_platform(*, actor: Actor, operator: Body, title: str, basis: str) -> Platform:
    """Admit a trading platform that a verified enterprise runs (交易平台准入).

    Raises ``Incomplete`` without title or basis, or for an operator that is no such body.
    """
    del actor
    found = []
    if operator.kind not in SOCIAL or operator.until is not None or not operator.verified_at:
        says = "Name a verified enterprise, association or public utility by its code."
        found.append(Fault("operator", says, duties.TRADE_SUPERVISE))
    if not title.strip():
        found.append(Fault("title", "Say what the platform is called.", duties.TRADE_SUPERVISE))
    if not basis.strip():
        says = "Name the decision by which it was set up."
        found.append(Fault("basis", says, duties.TRADE_SUPERVISE))
    if found:
        raise Incomplete(found)
    today = clock.today()
    made = Platform(
        number=NumberCounter.next_number(LETTERS, today),
        operator=operator,
        title=title.strip()[:200],
        basis=basis.strip()[:300],
        admitted_on=today,
    )
    made.save()
    made.take_code(made.number)
    telling.tell_body(telling.ADMITTED, operator, made, made.number)
    return made


@act("market.close_platform", duty=duties.TRADE_SUPERVISE, subject="platform", surface=OUTSIDE)
def close_platform(*, actor: Actor, platform: Platform, reason: str) -> Platform:
    """Close a trading platform for good (关闭交易平台). What was traded there stays on record.

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` for one that is closed.
    """
    del actor
    _require_running(platform)
    if not reason.strip():
        raise Incomplete.at("reason", "Say why it is closed.", duties.TRADE_SUPERVISE)
    platform.closed_on, platform.closed_because = clock.today(), reason.strip()[:500]
    platform.save()
    telling.tell_body(telling.CLOSED, platform.operator, platform, platform.number)
    return platform


@act(
    "market.publish_rules",
    duty=duties.TRADE_RULES,
    subject="platform",
    surface=OUTSIDE,
    makes=True,
)
def publish_rules(
    *, actor: Actor, platform: Platform, kind: RuleKind, text: str, since: date
) -> Rulebook:
    """Publish the next version of one kind of a platform's rules (发布交易规则).

    Raises ``Incomplete`` without a text, for a day that is past or before the last version's,
    ``OutOfTurn`` for a platform that is closed.
    """
    del actor
    _require_running(platform)
    today = clock.today()
    last = platform.rulebooks.filter(kind=kind).first()
    found = []
    if not text.strip():
        found.append(Fault("text", "Write the rules.", duties.TRADE_RULES))
    if last is not None and text.strip() == last.text:
        found.append(Fault("text", "This is what the last version says.", duties.TRADE_RULES))
    if since < today:
        found.append(Fault("since", "Rules do not hold for days past.", duties.TRADE_RULES))
    if last is not None and since <= last.since:
        says = "They hold from a day after that of the version before."
        found.append(Fault("since", says, duties.TRADE_RULES))
    if found:
        raise Incomplete(found)
    made = Rulebook(
        platform=platform,
        kind=kind,
        number=last.number + 1 if last else 1,
        text=text.strip(),
        digest=sha256(text.strip().encode()).digest(),
        since=since,
        published_on=today,
    )
    made.save()
    telling.tell_members(telling.RULES, platform)
    return made


@act(
    "market.join",
    duty=duties.TRADE_RULES,
    subject="platform",
    surface=OUTSIDE,
    locks=("platform",),
    makes=True,
    clashes={"market_takes_part_once": _TWICE},
)
def join(*, actor: Actor, platform: Platform, capacity: Capacity, agreed: bool) -> Membership:
    """Ask to take part in a platform, under its trading rules of today (申请入场).

    Raises ``Incomplete`` where one does not agree to them, or takes part already, ``OutOfTurn``
    where the platform has no rules yet, or is closed.
    """
    _require_running(platform)
    rules = platform.rules_on().get(RuleKind.TRADING)
    if rules is None:
        raise OutOfTurn("This platform has published no trading rules yet.")
    if not agreed:
        says = "Who takes part agrees to the trading rules."
        raise Incomplete.at("agreed", says, duties.TRADE_RULES)
    made = Membership(
        platform=platform,
        body=Body.objects.get(pk=actor.body_id),
        capacity=capacity,
        rules=rules,
        asked_on=clock.today(),
    )
    made.save()
    telling.tell_body(telling.ASKED, platform.operator, platform, platform.number)
    return made


@act("market.admit", duty=duties.TRADE_RULES, subject="membership", surface=OUTSIDE)
def admit(*, actor: Actor, membership: Membership) -> Membership:
    """Let a body take part that asked to (准予入场).

    Raises ``OutOfTurn`` for what is admitted or ended, or a body that is no more.
    """
    del actor
    if membership.state != Part.ASKED:
        raise OutOfTurn("This was decided already.")
    if not membership.body.may_represent or membership.body.until is not None:
        raise OutOfTurn("This body is not verified.")
    membership.state, membership.admitted_on = Part.ADMITTED, clock.today()
    membership.save(update_fields=["state", "admitted_on"])
    _tell_of(telling.TAKES_PART, membership)
    return membership


@act("market.part", duty=duties.TRADE_RULES, subject="membership", surface=OUTSIDE)
def part(*, actor: Actor, membership: Membership, reason: str) -> Membership:
    """End that a body takes part, or refuse that it does (退场). What it agreed to still binds it.

    Raises ``Incomplete`` without a reason, ``OutOfTurn`` for what has ended.
    """
    del actor
    if membership.state == Part.ENDED:
        raise OutOfTurn("This has ended already.")
    if not reason.strip():
        raise Incomplete.at("reason", "Say why it ends.", duties.TRADE_RULES)
    membership.state, membership.ended_on = Part.ENDED, clock.today()
    membership.ended_because = reason.strip()[:500]
    membership.save(update_fields=["state", "ended_on", "ended_because"])
    _tell_of(telling.PARTED, membership)
    return membership


def _require_running(platform: Platform) -> None:
    if platform.closed_on is not None:
        raise OutOfTurn("This platform is closed.")


def _tell_of(of: telling.Event, membership: Membership) -> None:
    telling.tell_body(of, membership.body, membership.platform, membership.platform.number)
