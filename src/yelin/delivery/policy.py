"""Who may close what was counted, and who may know of a delivery: both its sides, and powers."""

from yelin.acts.references import known
from yelin.catalog.models import Entry
from yelin.catalog.policy import (
    is_confirmed,
    is_officer,
    is_steward,
    of_government,
    stands_for_it,
)
from yelin.delivery.models import Delivery, Subscription
from yelin.gate import (
    Anyone,
    HoldsPower,
    InRole,
    OfKind,
    OwnBody,
    OwnParty,
    Predicate,
    SystemJob,
    explain,
    may,
)
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.parties.actor import ActorKind

may("delivery.close_hour", on=Entry, when=SystemJob("clock"), duty=duties.TRACE)
may("delivery.close_minute", on=Entry, when=SystemJob("clock"), duty=duties.TRACE)
may("delivery.forget", on=Entry, when=SystemJob("clock"), duty=duties.TRACE_KEEP)

answers_for_data = is_steward | is_officer | InRole("auditor") | stands_for_it


def _sides(of: str) -> tuple[Predicate, ...]:
    """Return who knows of what stands at the path ``of``: whose data it is, who has it, powers.

    Who has social data is between its holder and them.
    """
    division, official = f"{of}entry__provider__division", of_government(f"{of}entry__")
    return (
        OwnBody(f"{of}entry__provider_id") & answers_for_data,
        OwnParty(f"{of}grant__party_id"),
        OwnBody(f"{of}seat__body_id"),
        official & HoldsPower("catalog.confirm", over=division) & is_officer,
        official & HoldsPower("supervise", over=division) & is_officer,
    )


for _who in _sides(""):
    may("delivery.see", on=Delivery, when=_who, duty=duties.TRACE)
for _who in _sides("subject__docket__"):
    may("leaf.open", on=Leaf, when=_who, duty=duties.TRACE)


def _answers(of: str = "") -> Predicate:
    """Return who answers for the resource at the path ``of``: its provider, and powers."""
    official = of_government(of)
    return (
        (OwnBody(f"{of}provider_id") & answers_for_data)
        | (official & HoldsPower("catalog.confirm", over=f"{of}provider__division") & is_officer)
        | (official & HoldsPower("supervise", over=f"{of}provider__division") & is_officer)
    )


# Who all took something is for those who answer for it; a taker learns of its own deliveries only.
may("delivery.recipients", on=Entry, when=_answers(), duty=duties.TRACE)
may("leaf.open", on=Leaf, when=_answers("subject__forgetting__entry__"), duty=duties.TRACE)

# A webhook goes out for a body, so that citizens read the feed; the act asks who may take the data.
acts_for_a_body = OfKind(ActorKind.OFFICIAL, ActorKind.REPRESENTATIVE)
may(
    "delivery.subscribe",
    on=Entry,
    when=is_confirmed & acts_for_a_body,
    duty=duties.KEEP_ACCURATE,
)
explain(
    "delivery.subscribe",
    on=Entry,
    when=Anyone(),
    duty=duties.KEEP_ACCURATE,
    says="Who acts for a body is told at an address; everybody else reads the feed.",
)
for _action in ("delivery.unsubscribe", "delivery.replay", "subscription.see"):
    may(_action, on=Subscription, when=OwnBody("seat__body_id"), duty=duties.KEEP_ACCURATE)
may("delivery.lapse_subscription", on=Subscription, when=SystemJob("clock"), duty=duties.PROTECT)
may("leaf.open", on=Leaf, when=OwnBody("subject__subscription__seat__body_id"), duty=duties.TRACE)
known(Subscription, by="subscription.see")
