"""Who may close what was counted, know of a delivery, and say that what they have is wrong."""

from dataclasses import dataclass

from django.db.models import Exists, Model, OuterRef, Q
from django.utils.translation import gettext as _

from yelin.acts.references import known
from yelin.cases.policy import declare
from yelin.catalog.models import Entry
from yelin.catalog.predicates import (
    is_confirmed,
    is_of_government,
    is_officer,
    is_opened,
    is_own,
    is_shared_at_once,
    is_shared_with_us,
    is_social,
    is_steward,
    of_government,
    stands_for_it,
    works_in_a_department,
)
from yelin.delivery.doubt import DOUBT
from yelin.delivery.models import Delivery, Subscription, Taken
from yelin.gate import (
    Anyone,
    HasGrant,
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
from yelin.gate.asked import NOTHING, Asked
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

# A file that leaked holds what others do not have: who answers for the data holds it against that.
for _who in (
    OwnBody("provider_id") & (is_steward | stands_for_it),
    of_government() & HoldsPower("supervise", over="provider__division") & is_officer,
):
    may("delivery.attribute", on=Entry, when=_who, duty=duties.TRACE)
may("leaf.open", on=Leaf, when=_answers("subject__attribution__entry__"), duty=duties.TRACE)

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


@dataclass(frozen=True)
class Received(Predicate):
    """The actor's party received data of the entry by name, however long ago."""

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether any delivery to it is kept, or the sum of such."""
        party = asked.actor.party_id
        if party is None:
            return False
        single = Delivery.objects.filter(entry=thing.pk, party=party).order_by().values("entry")
        in_sum = Taken.objects.filter(release__entry=thing.pk, party=party).order_by()
        return bool(single[:1].union(in_sum.values("release__entry")[:1], all=True))

    def q(self, asked: Asked) -> Q:
        """Return the delivery's existence as a filter."""
        party = asked.actor.party_id
        if party is None:
            return NOTHING
        single = Delivery.objects.filter(entry=OuterRef("pk"), party=party)
        in_sum = Taken.objects.filter(release__entry=OuterRef("pk"), party=party)
        return Q(Exists(single)) | Q(Exists(in_sum))

    def describe(self) -> str:
        """Say it."""
        return _("received the data by name")


# Whoever has the data, or may have it, says what is wrong with it; its provider mends it.
declare(DOUBT)
_uses_it = (OfKind(ActorKind.CITIZEN, ActorKind.REPRESENTATIVE) | works_in_a_department) & ~is_own
_is_given = HasGrant(of="resource.read") | HasGrant(of="resource.verify")
for _has in (
    is_opened,
    is_shared_with_us & (is_shared_at_once | _is_given),
    Received(),
):
    may(
        "delivery.doubt",
        on=Entry,
        when=is_of_government & is_confirmed & _uses_it & _has,
        duty=duties.QUALITY_DOUBT,
    )
explain(
    "delivery.doubt",
    on=Entry,
    when=is_social,
    duty=duties.SOCIAL_GIVE,
    says="This is no government data: tell its holder what is wrong with it.",
)
explain(
    "delivery.doubt",
    on=Entry,
    when=is_own,
    duty=duties.KEEP_ACCURATE,
    says="This is your own data: mend it, and bring in a new version.",
)
explain(
    "delivery.doubt",
    on=Entry,
    when=is_opened,
    duty=duties.QUALITY_DOUBT,
    says="Whoever signed in as a citizen, for a body or in a department reports doubts.",
)
explain(
    "delivery.doubt",
    on=Entry,
    when=Anyone(),
    duty=duties.QUALITY_DOUBT,
    says="Only who has this data, or may have it, says what is wrong with it.",
)
may("resource.locate", on=Entry, when=SystemJob("doubts"), duty=duties.QUALITY_MARK)
