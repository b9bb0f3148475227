"""Who may do what stands in the acts of this room, and who may open leaves."""

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from yelin import gate
from yelin.acts import frame
from yelin.acts.arguments import references_of
from yelin.acts.models import Proposal, RefusalCount
from yelin.acts.references import known
from yelin.acts.step_up import StepUp
from yelin.gate import (
    Anyone,
    HoldsPower,
    InRole,
    IsNot,
    OwnBody,
    OwnPerson,
    OwnSeat,
    Predicate,
    SystemJob,
    explain,
    may,
)
from yelin.gate.asked import NOTHING, Asked
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.notices.models import Channel, Feed, Notice
from yelin.outbound.models import EgressRule
from yelin.parties.models import Body, Person, Seat, Token
from yelin.things.models import Subject

is_operator = SystemJob("operator")
is_clock = SystemJob("clock")
was_done = IsNot("refused", says="the act was not refused")


class MayBeSecond(Predicate):
    """The actor is another person than the proposer, and may do the proposed act themselves."""

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether the actor may approve this proposal."""
        actor = asked.actor
        assert isinstance(thing, Proposal)  # noqa: S101 - arms are registered on proposals only
        if actor.person_id is None or actor.person_id == thing.person_id:
            return False
        about = _things_of(frame.named(thing.act)).filter(pk=thing.about_id).first()
        return about is not None and gate.decide(actor, thing.act, about).allowed

    def q(self, asked: Asked) -> Q:
        """Return the proposals of all acts that the actor may do, but for the actor's own."""
        actor = asked.actor
        if actor.person_id is None:
            return NOTHING
        allowed = NOTHING
        for declared in frame.registered().values():
            if declared.step_up is StepUp.SECOND_PERSON:
                things = gate.visible_to(actor, declared.name, _things_of(declared))
                part = Q(act=declared.name, about__in=things.values("pk"))
                allowed = part if allowed == NOTHING else allowed | part
        return allowed if allowed == NOTHING else allowed & ~Q(person=actor.person_id)

    def describe(self) -> str:
        """Say it."""
        return _("is another person than the proposer, and may do the proposed act")


def _things_of(declared: frame.Act) -> "QuerySet[Subject]":
    model = next(
        reference.model
        for reference in references_of(declared.body)
        if reference.name == declared.subject
    )
    return model._default_manager.all()


known(Body, by="body.see", code="credit_code", among=Q(until=None))
known(Seat, by="seat.see")
known(Token, by="parties.revoke_token")
known(Person, by="person.see")
known(Proposal, by="proposal.see")
known(EgressRule, by="egress_rule.see")
known(Channel, by="channel.see")
known(Feed, by="notices.revoke_feed")

may("person.see", on=Person, when=OwnPerson("pk"), duty=duties.GOVERN)
may("body.see", on=Body, when=Anyone(), duty=duties.GOVERN)
may("seat.see", on=Seat, when=OwnSeat("pk") | OwnBody("body_id"), duty=duties.GOVERN)
may("parties.found", on=Body, when=is_operator, duty=duties.GOVERN)
may("parties.enrol", on=Person, when=is_operator, duty=duties.GOVERN)
may("parties.appoint", on=Body, when=is_operator, duty=duties.GOVERN)
may("parties.issue_token", on=Seat, when=OwnSeat("pk"), duty=duties.GOVERN)
may("parties.revoke_token", on=Token, when=OwnSeat("seat_id"), duty=duties.GOVERN)
may("proposal.see", on=Proposal, when=OwnSeat("seat_id") | MayBeSecond(), duty=duties.GOVERN)
may("proposals.approve", on=Proposal, when=MayBeSecond(), duty=duties.GOVERN)
may("proposals.withdraw", on=Proposal, when=OwnSeat("seat_id"), duty=duties.GOVERN)
may("proposals.expire", on=Proposal, when=is_clock, duty=duties.GOVERN)
may("refusals.close_hour", on=RefusalCount, when=is_clock, duty=duties.TRACE)
may("leaf.open", on=Leaf, when=OwnBody("body_id"), duty=duties.TRACE)
may("leaf.open", on=Leaf, when=InRole("auditor") & was_done, duty=duties.TRACE)

# A body's officer asks for a way out; whoever organizes security in its area allows it; both close.
guards = HoldsPower("security.organize", over="body__body__division")
is_officer = InRole("officer")
may("outbound.ask_host", on=Body, when=OwnBody("pk") & is_officer, duty=duties.PROTECT)
explain(
    "outbound.ask_host",
    on=Body,
    when=Anyone(),
    duty=duties.PROTECT,
    says="Only an officer of the body may ask for a way out.",
)
may("outbound.allow_host", on=EgressRule, when=guards & is_officer, duty=duties.SECURITY_ORGANIZE)
explain(
    "outbound.allow_host",
    on=EgressRule,
    when=Anyone(),
    duty=duties.SECURITY_ORGANIZE,
    says="Only an officer of the body that organizes data security here may allow a way out.",
)
may(
    "outbound.forbid_host", on=EgressRule, when=OwnBody("body_id") & is_officer, duty=duties.PROTECT
)
may("outbound.forbid_host", on=EgressRule, when=guards & is_officer, duty=duties.SECURITY_ORGANIZE)
may("egress_rule.see", on=EgressRule, when=OwnBody("body_id"), duty=duties.PROTECT)
may("egress_rule.see", on=EgressRule, when=guards, duty=duties.SECURITY_ORGANIZE)

# Where one is told is one's own affair.
may("notices.open_channel", on=Person, when=OwnPerson("pk"), duty=duties.COLLECT_LAWFULLY)
is_own_channel = OwnPerson("person_id")
for _action in ("notices.confirm_channel", "notices.limit_channel", "notices.close_channel"):
    may(_action, on=Channel, when=is_own_channel, duty=duties.COLLECT_LAWFULLY)
may("channel.see", on=Channel, when=is_own_channel, duty=duties.COLLECT_LAWFULLY)
may("notice.see", on=Notice, when=OwnPerson("to_id"), duty=duties.GOVERN)
may("notices.issue_feed", on=Person, when=OwnPerson("pk"), duty=duties.GOVERN)
may("notices.revoke_feed", on=Feed, when=OwnPerson("person_id"), duty=duties.GOVERN)
