"""Acts about the way out: a body asks for a host, the body that organizes security allows it.

They stand here and not in the room ``outbound``, because that room lies beneath the frame.
"""

from datetime import date, timedelta

from yelin.acts.frame import act
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn, Unlawful
from yelin.outbound.models import EgressRule, Purpose
from yelin.outbound.rules import NotSent, pattern_of
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.models import Body

RULE_DAYS = 366


@act("outbound.ask_host", duty=duties.PROTECT, subject="body", surface=OUTSIDE, makes=True)
def ask_host(
    *, actor: Actor, body: Body, host: str, port: int, purpose: str, until: date
) -> EgressRule:
    """Ask that requests of ``body`` may leave to a host, or to all below ``*.example.cn``.

    Raises ``Incomplete`` for what is no host, port or purpose, or holds for more than a year.
    """
    try:
        pattern = pattern_of(host)
    except NotSent:
        raise Incomplete.at(
            "host",
            "Write one host, such as data.example.cn, or *. before a name that one owner holds.",
            duties.PROTECT,
        ) from None
    if not 1 <= port <= 65535:
        raise Incomplete.at("port", "A port is a number from 1 to 65535.", duties.PROTECT)
    if purpose not in Purpose.values:
        raise Incomplete.at("purpose", "Say what the way out is for.", duties.PROTECT)
    if not clock.today() <= until <= clock.today() + timedelta(days=RULE_DAYS):
        raise Incomplete.at(
            "until", "A way out is given for a year at most, and not for days past.", duties.PROTECT
        )
    return EgressRule.objects.create(
        body_id=body.pk,
        host=pattern,
        port=port,
        purpose=purpose,
        until=until,
        asked_by_id=str(actor.person_id),
        asked_at=clock.now(),
    )


@act(
    "outbound.allow_host",
    duty=duties.SECURITY_ORGANIZE,
    subject="rule",
    surface=OUTSIDE,
)
def allow_host(*, actor: Actor, rule: EgressRule) -> EgressRule:
    """Let requests leave as it was asked, from now on.

    Raises ``Unlawful`` where the same person asked, ``OutOfTurn`` for a rule that does not wait.
    """
    if actor.person_id == rule.asked_by_id:
        raise Unlawful(
            duties.SECURITY_ORGANIZE, "Whoever asked for a way out does not allow it as well."
        )
    if rule.state != "asked":
        raise OutOfTurn("This way out does not wait for an answer any more.")
    rule.allowed_at = clock.now()
    rule.save()
    return rule


@act("outbound.forbid_host", duty=duties.PROTECT, subject="rule", surface=OUTSIDE)
def forbid_host(*, actor: Actor, rule: EgressRule) -> EgressRule:
    """Close a way out now, or refuse the one that was asked for.

    Raises ``OutOfTurn`` for one that is closed.
    """
    del actor
    if rule.state == "ended":
        raise OutOfTurn("This way out is closed already.")
    rule.ended_at = clock.now()
    rule.save()
    return rule
