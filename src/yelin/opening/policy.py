"""Who may take open data: everyone, or on conditions (有條件開放) those to whom it was given."""

from yelin.cases.policy import declare
from yelin.catalog.models import Entry
from yelin.catalog.policy import (
    going_out,
    is_confirmed,
    is_of_government,
    is_open_on_conditions,
    is_open_to_all,
    is_social,
)
from yelin.catalog.rules import Way
from yelin.gate import Anyone, HadGrant, HasGrant, Is, OfKind, explain, may
from yelin.law import duties
from yelin.opening.application import APPLICATION
from yelin.parties.actor import ActorKind

declare(APPLICATION)

for _whose, _duty in (
    (is_of_government, duties.OPEN_DATA_FREE),
    (is_social, duties.SOCIAL_GIVE),
):
    for _action in ("resource.read", "service.call"):
        may(
            _action,
            on=Entry,
            when=_whose & is_confirmed & is_open_to_all,
            duty=_duty,
            bears=going_out(Way.OPEN),
        )
may(
    "resource.read",
    on=Entry,
    when=is_confirmed & is_open_on_conditions & HasGrant(),
    duty=duties.OPENING_APPLY,
    bears=going_out(Way.APPLIED),
)
for _of in ("resource.verify", "resource.read"):
    may(
        "resource.verify",
        on=Entry,
        when=is_confirmed & is_open_on_conditions & HasGrant(of=_of),
        duty=duties.VERIFY_ONLINE,
        bears=going_out(Way.APPLIED),
    )

may(
    "opening.apply",
    on=Entry,
    when=is_confirmed & is_open_on_conditions & OfKind(ActorKind.CITIZEN, ActorKind.REPRESENTATIVE),
    duty=duties.OPENING_APPLY,
)
explain(
    "opening.apply",
    on=Entry,
    when=is_confirmed & is_open_on_conditions,
    duty=duties.OPENING_APPLY,
    says="Citizens, and representatives of verified bodies, apply for this data after signing in.",
)
explain(
    "opening.apply",
    on=Entry,
    when=Anyone(),
    duty=duties.OPENING_TYPE,
    says="Only data that is open on conditions is applied for.",
)
explain(
    "resource.read",
    on=Entry,
    when=is_open_on_conditions & HadGrant(),
    duty=duties.OPENING_APPLY,
    says="What you were granted has ended, is stopped, or serves another purpose. Apply anew.",
)
explain(
    "resource.read",
    on=Entry,
    when=is_open_on_conditions,
    duty=duties.OPENING_APPLY,
    says="This resource is open on conditions: its data is given on application.",
)
explain(
    "resource.read",
    on=Entry,
    when=Is("sharing_type", "none"),
    duty=duties.SHARING_BASIS,
    says="This resource is on the negative list: it is neither shared nor open.",
)
explain(
    "resource.read",
    on=Entry,
    when=Anyone(),
    duty=duties.OPENING_TYPE,
    says="This resource is not open to the public.",
)
explain(
    "resource.verify",
    on=Entry,
    when=is_open_to_all,
    duty=duties.OPEN_DATA_FREE,
    says="This resource is open to everyone: read it.",
)
explain(
    "resource.verify",
    on=Entry,
    when=Anyone(),
    duty=duties.VERIFY_ONLINE,
    says="Only who was given this resource, or its verification, verifies by it.",
)
