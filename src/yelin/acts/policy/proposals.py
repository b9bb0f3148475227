"""Who may approve, take back and see what one person proposed and a second has to approve."""

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from yelin import gate
from yelin.acts import frame
from yelin.acts.arguments import references_of
from yelin.acts.models import Proposal
from yelin.acts.references import known
from yelin.acts.step_up import StepUp
from yelin.gate import OwnSeat, Predicate, SystemJob, may
from yelin.gate.asked import NOTHING, Asked
from yelin.law import duties
from yelin.things.models import Subject


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
                rows = _things_of(declared)
                may_do = gate.condition(actor, declared.name, rows.model, at=asked.at)
                things = rows.filter(may_do)
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


known(Proposal, by="proposal.see")
may("proposal.see", on=Proposal, when=OwnSeat("seat_id") | MayBeSecond(), duty=duties.GOVERN)
may("proposals.approve", on=Proposal, when=MayBeSecond(), duty=duties.GOVERN)
may("proposals.withdraw", on=Proposal, when=OwnSeat("seat_id"), duty=duties.GOVERN)
may("proposals.expire", on=Proposal, when=SystemJob("clock"), duty=duties.GOVERN)
