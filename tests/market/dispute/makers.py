"""Disputes for tests, by the same acts as anybody's."""

from tests.catalog.makers import agency
from tests.market.contract.makers import make_sides, make_signed
from tests.parties.makers import make_actor

from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Side
from yelin.market.dispute import acts
from yelin.market.dispute.content import ClaimContent, ProposalContent
from yelin.market.dispute.models import Dispute
from yelin.market.dispute.rules import By, State
from yelin.parties.actor import Actor


def claim(**over) -> ClaimContent:
    return ClaimContent.model_validate(
        {
            "about": "quality",
            "words": "七月的数据缺少十一天，多次要求补正未果。",
            "sum": "6400.00",
            "clauses": ["quality", "price"],
        }
        | over
    )


def proposal(**over) -> ProposalContent:
    said = {"words": "退还半年价款，补齐七月数据。", "sum": "3200.00"} | over
    return ProposalContent.model_validate(said)


def contract_of(folder) -> Contract:
    """Make one that both signed and nothing is listed of, so that the agency mediates."""
    agency()
    return make_signed(folder, make_sides())


def side_actor(dispute_or_contract, side) -> Actor:
    contract = getattr(dispute_or_contract, "contract", dispute_or_contract)
    return make_actor(contract.body_of(Side(side)), "representative")


def actor_of(dispute: Dispute, by: By) -> Actor:
    """Return who acts so in a dispute."""
    if by is By.MEDIATOR:
        role = "officer" if dispute.mediator == agency() else "representative"
        return make_actor(dispute.mediator, role)
    return side_actor(dispute, dispute.side_of(by))


def make_dispute(contract: Contract, side="consumer", **over) -> Dispute:
    return acts.open_(actor=side_actor(contract, side), contract=contract, claim=claim(**over))


def make_mediated(contract: Contract, side="consumer", **over) -> Dispute:
    made = make_dispute(contract, side, **over)
    return acts.answer(actor=actor_of(made, By.OTHER), dispute=made, words="数据源当月停机检修。")


def brought_to(contract: Contract, state: State) -> Dispute:
    """Make one that stands so."""
    made = make_dispute(contract)
    if state is State.ANSWERING:
        return made
    made = acts.answer(actor=actor_of(made, By.OTHER), dispute=made, words="当月停机检修。")
    opener, other = actor_of(made, By.OPENER), actor_of(made, By.OTHER)
    if state is State.SETTLED:
        acts.propose(actor=opener, dispute=made, proposal=proposal())
        assert made.stands
        return acts.accept(actor=other, dispute=made, digest=made.stands.digest_text)
    if state is State.WITHDRAWN:
        return acts.withdraw(actor=opener, dispute=made, reason="已私下处理。")
    if state is State.REFERRED:
        return acts.refer(actor=opener, dispute=made, reason="无法达成一致。")
    return made
