"""Who has shared data: departments, at once (无条件共享) or by what they asked for (有条件共享)."""

from yelin.acts.references import known
from yelin.cases.policy import declare
from yelin.catalog.models import Entry
from yelin.catalog.predicates import (
    going_out,
    is_confirmed,
    is_kept,
    is_of_government,
    is_officer,
    is_open_to_all,
    is_own,
    is_shared_at_once,
    is_shared_with_us,
    is_steward,
    stands_for_it,
    works_in_a_department,
)
from yelin.catalog.rules import Way
from yelin.exchange.models import Extract, MessageKey, Seal, Service
from yelin.exchange.request import REQUEST
from yelin.gate import (
    Anyone,
    ForUse,
    HadGrant,
    HasGrant,
    InRole,
    Is,
    OwnBody,
    OwnParty,
    OwnSeat,
    SystemJob,
    explain,
    may,
)
from yelin.gate.models import Grant
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.parties.models import Body, Token

declare(REQUEST)

is_shared_on_conditions = Is("sharing_type", "conditional", says="it is shared on conditions")
_is_shared_with_us = is_of_government & is_shared_with_us & works_in_a_department
# What is open to everyone anyway needs no stated use.
_is_had_at_once = _is_shared_with_us & is_shared_at_once & ~is_open_to_all

may(
    "resource.read",
    on=Entry,
    when=_is_had_at_once & ForUse("sharing_requirements"),
    duty=duties.SHARING_USE,
    bears=going_out(Way.SHARED),
)
may(
    "resource.read",
    on=Entry,
    when=is_of_government & is_shared_with_us & HasGrant(),
    duty=duties.SHARING_TYPE,
    bears=going_out(Way.SHARED),
)
explain(
    "resource.read",
    on=Entry,
    when=_is_had_at_once,
    duty=duties.SHARING_USE,
    says="This resource is shared for other uses. Name one of those that it states.",
)
explain(
    "resource.read",
    on=Entry,
    when=is_of_government & is_shared_with_us & is_shared_on_conditions,
    duty=duties.SHARING_ASK,
    says="This resource is shared on conditions: departments ask for what they need of it.",
)

# Verified is what is not open to all: that, everyone reads.
may(
    "resource.verify",
    on=Entry,
    when=_is_had_at_once & ForUse("sharing_requirements", only="verification"),
    duty=duties.SHARING_USE,
    bears=going_out(Way.SHARED),
)
for _of in ("resource.verify", "resource.read"):
    may(
        "resource.verify",
        on=Entry,
        when=is_of_government & is_shared_with_us & ~is_open_to_all & HasGrant(of=_of),
        duty=duties.VERIFY_ONLINE,
        bears=going_out(Way.SHARED),
    )
explain(
    "resource.verify",
    on=Entry,
    when=is_of_government & is_shared_with_us & is_shared_on_conditions,
    duty=duties.SHARING_ASK,
    says="This resource is shared on conditions: departments ask for what they verify.",
)

# The API of a department is had as its rows are; by a grant it is had only by one for calls.
_calls = "service.call"
may(_calls, on=Entry, when=is_of_government & is_own & is_kept & works_in_a_department,
    duty=duties.SYSTEMS_CONNECT)  # fmt: skip
may(
    _calls,
    on=Entry,
    when=_is_had_at_once & ForUse("sharing_requirements"),
    duty=duties.SHARING_USE,
    bears=going_out(Way.SHARED),
)
may(
    _calls,
    on=Entry,
    when=is_of_government & is_shared_with_us & HasGrant(),
    duty=duties.SHARING_TYPE,
    bears=going_out(Way.SHARED),
)
explain(
    _calls,
    on=Entry,
    when=_is_had_at_once,
    duty=duties.SHARING_USE,
    says="This resource is shared for other uses. Name one of those that it states.",
)
explain(
    _calls,
    on=Entry,
    when=is_of_government & is_shared_with_us & HadGrant(),
    duty=duties.SHARING_TYPE,
    says="What you were granted has ended, is stopped, or serves another purpose. Apply anew.",
)
explain(
    _calls,
    on=Entry,
    when=is_of_government & is_shared_with_us & is_shared_on_conditions,
    duty=duties.SHARING_ASK,
    says="This resource is shared on conditions: departments ask for what they call of it.",
)
_offers = is_own & is_kept & is_steward
may(
    "exchange.offer_service", on=Entry, when=is_of_government & _offers, duty=duties.SYSTEMS_CONNECT
)
explain(
    "exchange.offer_service",
    on=Entry,
    when=Anyone(),
    duty=duties.SYSTEMS_CONNECT,
    says="Only a data steward of the providing department offers a service of it.",
)
_is_of_own_entry = OwnBody("entry__provider_id")
may("exchange.end_service", on=Service, when=_is_of_own_entry & is_steward,
    duty=duties.SYSTEMS_CONNECT)  # fmt: skip
may(
    "service.see",
    on=Service,
    when=_is_of_own_entry & InRole("steward", "officer", "auditor", "head"),
    duty=duties.SYSTEMS_CONNECT,
)
known(Service, by="service.see")
may("leaf.open", on=Leaf, when=OwnBody("subject__service__entry__provider_id"), duty=duties.TRACE)
may("exchange.register_key", on=Token, when=OwnSeat("seat_id"), duty=duties.SIGN)
for _action in ("exchange.end_key", "message_key.see"):
    may(_action, on=MessageKey, when=OwnSeat("token__seat_id"), duty=duties.SIGN)
known(MessageKey, by="message_key.see")
may("leaf.open", on=Leaf, when=OwnBody("subject__messagekey__token__seat__body_id"),
    duty=duties.TRACE)  # fmt: skip

may(
    "exchange.request",
    on=Entry,
    when=_is_shared_with_us & is_shared_on_conditions & ~OwnBody("provider_id"),
    duty=duties.SHARING_ASK,
)
explain(
    "exchange.request",
    on=Entry,
    when=is_of_government & is_shared_with_us & is_shared_at_once,
    duty=duties.SHARING_USE,
    says="This resource is shared without conditions: take it at once.",
)
explain(
    "exchange.request",
    on=Entry,
    when=Anyone(),
    duty=duties.SHARING_ASK,
    says="Stewards and officers of other departments ask for what is shared on conditions.",
)
_was_asked_for = Is("given_in__case__kind", REQUEST.kind, says="it was given on a request to share")
may(
    "exchange.renew",
    on=Grant,
    when=OwnParty("party_id") & works_in_a_department & _was_asked_for,
    duty=duties.SHARING_ASK,
)
explain(
    "exchange.renew",
    on=Grant,
    when=Anyone(),
    duty=duties.SHARING_ASK,
    says="Whoever was given it on a request to share asks that it goes on.",
)
may(
    "exchange.answer",
    on=Entry,
    when=is_own & (is_steward | is_officer | stands_for_it) & is_confirmed,
    duty=duties.VERIFY_ONLINE,
)
explain(
    "exchange.answer",
    on=Entry,
    when=Anyone(),
    duty=duties.VERIFY_ONLINE,
    says="Only the providing body says how verification by its data answers.",
)
for _action in ("exchange.note_enumeration", "exchange.stop_verification"):
    may(_action, on=Entry, when=SystemJob("watch"), duty=duties.PROTECT)
may("leaf.open", on=Leaf, when=OwnBody("subject__answering__entry__provider_id"), duty=duties.TRACE)

# Which rows come into it is asked of ``resource.read``.
may(
    "exchange.extract",
    on=Entry,
    when=is_of_government & is_confirmed & works_in_a_department,
    duty=duties.SHARING_EXTRACT,
)
explain(
    "exchange.extract",
    on=Entry,
    when=Anyone(),
    duty=duties.SHARING_EXTRACT,
    says="Stewards and officers of departments issue extracts, of data in the catalog.",
)
_is_ours = OwnBody("seat__body_id") & works_in_a_department
for _action in ("exchange.issue_extract", "exchange.revoke_extract", "extract.see"):
    may(_action, on=Extract, when=_is_ours, duty=duties.SHARING_EXTRACT)
known(Extract, by="extract.see", code="number")
may("leaf.open", on=Leaf, when=OwnBody("subject__extract__seat__body_id"), duty=duties.TRACE)

_heads = InRole("head")
may("exchange.bring_seal", on=Body, when=OwnBody("pk") & _heads, duty=duties.SIGN)
for _action in ("exchange.end_seal", "seal.see"):
    may(_action, on=Seal, when=OwnBody("body_id") & _heads, duty=duties.SIGN)
may("leaf.open", on=Leaf, when=OwnBody("subject__seal__body_id"), duty=duties.TRACE)
known(Seal, by="seal.see")
