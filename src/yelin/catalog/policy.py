"""Who may compile and confirm entries, and who may see and read them.

Opening and sharing beyond the catalog's own lines are answered by the rooms above.
"""

from collections.abc import Callable

from yelin.acts.references import known
from yelin.catalog.models import Category, Entry
from yelin.catalog.rules import Way
from yelin.gate import (
    Anyone,
    HadGrant,
    HasGrant,
    HoldsPower,
    InRole,
    Is,
    IsNot,
    Obligations,
    OwnBody,
    explain,
    may,
)
from yelin.gate.models import Grant, Hold
from yelin.gate.obligations import NONE
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Body

is_confirmed = Is("state", "confirmed", says="the entry is confirmed")
is_open_to_all = Is("opening_type", "unconditional", says="it is open to all")
is_open_on_conditions = Is("opening_type", "conditional", says="it is open on application")
is_own = OwnBody("provider_id")
confirms = HoldsPower("catalog.confirm", over="provider__division")
is_steward = InRole("steward")
is_officer = InRole("officer")
has_left_the_house = Is(
    "state", "awaiting", "confirmed", "returned", says="the entry was sent for confirmation"
)
is_shared = Is(
    "sharing_type", "unconditional", "conditional", says="it is shared, at least on conditions"
)
is_shared_with_us = is_confirmed & InRole("steward", "officer", "auditor") & is_shared


def going_out(by: Way) -> Callable[[Actor, Entry], Obligations]:
    """Return how whoever has the entry ``by`` this way lacks the items that are stricter."""

    def bears(actor: Actor, entry: Entry) -> Obligations:
        del actor
        given = entry.given_by(by)
        return NONE if given is None else Obligations(shown_items=frozenset(given))

    return bears


may("catalog.draft", on=Body, when=OwnBody("pk") & is_steward, duty=duties.CATALOG_COMPILE)
for _action in ("catalog.amend", "catalog.register", "catalog.submit"):
    may(_action, on=Entry, when=is_own & is_steward, duty=duties.CATALOG_COMPILE)
    explain(
        _action,
        on=Entry,
        when=Anyone(),
        duty=duties.CATALOG_COMPILE,
        says="Only a data steward of the providing body may do this.",
    )
for _action in ("catalog.confirm", "catalog.return"):
    may(_action, on=Entry, when=confirms & is_officer, duty=duties.CATALOG_CONFIRM)
    explain(
        _action,
        on=Entry,
        when=Anyone(),
        duty=duties.CATALOG_CONFIRM,
        says="Only an officer of the body that confirms this catalog may do this.",
    )

known(Entry, by="entry.see", code="code")

# The tree is for everyone to read; whoever confirms catalogs lays down what they stand under.
may("category.see", on=Category, when=Anyone(), duty=duties.CATALOG_COMPILE)
known(Category, by="category.see", code="code")
may(
    "catalog.add_category",
    on=Body,
    when=OwnBody("pk") & HoldsPower("catalog.confirm", over="division") & is_officer,
    duty=duties.CATALOG_CONFIRM,
)
explain(
    "catalog.add_category",
    on=Body,
    when=Anyone(),
    duty=duties.CATALOG_CONFIRM,
    says="Only an officer of a body that confirms catalogs may do this.",
)

# The visibility table of the house plan, row by row.
may(
    "entry.see",
    on=Entry,
    when=is_own | (confirms & has_left_the_house),
    duty=duties.CATALOG_COMPILE,
)
may("entry.see", on=Entry, when=is_confirmed, duty=duties.SHARING_TYPE)
may(
    "entry.read",
    on=Entry,
    when=is_own | (confirms & has_left_the_house),
    duty=duties.CATALOG_COMPILE,
)
may(
    "entry.read",
    on=Entry,
    when=is_shared_with_us,
    duty=duties.SHARING_TYPE,
    bears=going_out(Way.SHARED),
)
may(
    "entry.read",
    on=Entry,
    when=is_confirmed & is_open_to_all,
    duty=duties.OPENING_TYPE,
    bears=going_out(Way.OPEN),
)
may(
    "entry.read",
    on=Entry,
    when=is_confirmed & is_open_on_conditions,
    duty=duties.OPENING_TYPE,
    bears=going_out(Way.APPLIED),
)
may(
    "resource.read",
    on=Entry,
    when=is_own | (confirms & has_left_the_house),
    duty=duties.CATALOG_COMPILE,
)

# Until the exchange has its own room, shared rows go to those departments to which they are given.
may(
    "resource.read",
    on=Entry,
    when=is_shared_with_us & HasGrant(),
    duty=duties.SHARING_TYPE,
    bears=going_out(Way.SHARED),
)
explain(
    "resource.read",
    on=Entry,
    when=is_shared_with_us & HadGrant(),
    duty=duties.SHARING_TYPE,
    says="What you were granted has ended, is stopped, or serves another purpose. Apply anew.",
)

explain(
    "entry.read",
    on=Entry,
    when=Is("sharing_type", "none"),
    duty=duties.SHARING_BASIS,
    says="This resource is on the negative list: only name, provider and basis are public.",
)
explain(
    "entry.read",
    on=Entry,
    when=Anyone(),
    duty=duties.SHARING_TYPE,
    says="This resource is shared between departments only; its name and provider are public.",
)
may(
    "catalog.share",
    on=Entry,
    when=is_own & (is_steward | is_officer) & is_confirmed & is_shared,
    duty=duties.SHARING_TYPE,
)
explain(
    "catalog.share",
    on=Entry,
    when=Anyone(),
    duty=duties.SHARING_TYPE,
    says="Only the providing body gives its rows to others, once the entry is confirmed.",
)

# What happened to an entry that everyone may read may be opened by everyone; refusals may not.
may(
    "leaf.open",
    on=Leaf,
    when=IsNot("refused", says="the act was not refused")
    & Is("subject__entry__state", "confirmed", says="the entry is confirmed")
    & Is(
        "subject__entry__opening_type",
        "unconditional",
        "conditional",
        says="it is open, at least on application",
    ),
    duty=duties.TRACE,
)
may("leaf.open", on=Leaf, when=OwnBody("subject__entry__provider_id"), duty=duties.TRACE)
may(
    "leaf.open",
    on=Leaf,
    when=HoldsPower("catalog.confirm", over="subject__entry__provider__division")
    & Is(
        "subject__entry__state",
        "awaiting",
        "confirmed",
        "returned",
        says="the entry was sent for confirmation",
    ),
    duty=duties.TRACE,
)

# An accident is acted on at once by whoever provides the data; supervision stops what is unlawful.
supervises = HoldsPower("supervise", over="provider__division") & is_officer
may("gate.place_hold", on=Entry, when=is_own & (is_steward | is_officer), duty=duties.PROTECT)
may("gate.place_hold", on=Entry, when=supervises & has_left_the_house, duty=duties.GOVERN)

is_of_ours = OwnBody("on__entry__provider_id") & (is_steward | is_officer)
is_in_our_area = HoldsPower("supervise", over="on__entry__provider__division") & is_officer
may("grant.see", on=Grant, when=is_of_ours | is_in_our_area, duty=duties.TRACE)
for _action in ("gate.revoke", "gate.place_hold"):
    may(_action, on=Grant, when=is_of_ours, duty=duties.PROTECT)
    may(_action, on=Grant, when=is_in_our_area, duty=duties.GOVERN)

# Who answers for an entry knows what is stopped of it, and of the grants on it.
for _path in ("on__entry", "on__grant__on__entry"):
    _ours = OwnBody(f"{_path}__provider_id") & (is_steward | is_officer)
    _in_our_area = HoldsPower("supervise", over=f"{_path}__provider__division") & is_officer
    may("hold.see", on=Hold, when=_ours | _in_our_area, duty=duties.TRACE)
