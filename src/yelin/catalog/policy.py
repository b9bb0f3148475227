"""Who may compile and confirm entries, and who may see and read them.

Opening and sharing beyond the catalog's own lines are answered by the rooms above.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from yelin.acts.references import known
from yelin.catalog.models import Category, Change, Entry, EntryVersion, Revision
from yelin.catalog.rules import LIES_APART, Way
from yelin.gate import (
    Anyone,
    HadGrant,
    HasGrant,
    HoldsPower,
    InRole,
    Is,
    IsNot,
    Obligations,
    OfKind,
    OwnBody,
    Predicate,
    SystemJob,
    explain,
    may,
)
from yelin.gate.asked import Asked
from yelin.gate.models import Grant, Hold
from yelin.gate.obligations import NONE
from yelin.keys import apart
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor, ActorKind
from yelin.parties.kinds import SOCIAL
from yelin.parties.models import Body
from yelin.things.models import Thing


def of_government(entry: str = "") -> Predicate:
    """Return that the entry at the path ``entry`` is government data."""
    return IsNot(f"{entry}social", says="the data is the government's")


is_confirmed = Is("state", "confirmed", says="the entry is confirmed")
is_open_to_all = Is("opening_type", "unconditional", says="it is open to all")
is_open_on_conditions = Is("opening_type", "conditional", says="it is open on application")
is_own = OwnBody("provider_id")
is_steward = InRole("steward")
is_officer = InRole("officer")
works_in_a_department = is_steward | is_officer
stands_for_it = OfKind(ActorKind.REPRESENTATIVE)
is_of_government = of_government()
# What an enterprise or association keeps is its own: no body confirms it, and nobody knows of it
# until its holder lets them.
is_social = Is("social", True, says="the data is no government's")  # noqa: FBT003 - the value that it is to have
_SENT = ("awaiting", "confirmed", "returned")
has_left_the_house = Is("state", *_SENT, says="the entry was sent for confirmation")
is_kept = Is(
    "state", "draft", "registered", *_SENT, says="the entry is in the catalog or on its way there"
)
is_withdrawn = Is("state", "withdrawn", says="the entry was withdrawn")
has_public_title = Is("title_protected_by", "", says="its title is not protected")
is_shared = Is(
    "sharing_type", "unconditional", "conditional", says="it is shared, at least on conditions"
)
is_shared_at_once = Is("sharing_type", "unconditional", says="it is shared without conditions")
is_opened = Is(
    "opening_type", "unconditional", "conditional", says="it is open, at least on application"
)
acts_for_a_department = InRole("steward", "officer", "auditor")
is_shared_with_us = is_confirmed & acts_for_a_department & is_shared
has_rows_by_name = is_confirmed & is_social & HasGrant(of="resource.read")
confirms = is_of_government & HoldsPower("catalog.confirm", over="provider__division")


def _reviews(entry: str = "") -> Predicate:
    """Return who reviews the negative list and finds there the entry at the path ``entry``."""
    none = Is(f"{entry}sharing_type", "none", says="it is not shared")
    to_be = Is(f"{entry}revision__negative", True, says="its revision touches the negative list")  # noqa: FBT003 - the value that it is to have
    power = HoldsPower("negative_list.review", over=f"{entry}provider__division")
    return of_government(entry) & power & is_officer & (none | to_be)


def going_out(by: Way) -> Callable[[Actor, Entry], Obligations]:
    """Return how whoever has the entry ``by`` this way lacks the items that are stricter."""

    def bears(actor: Actor, entry: Entry) -> Obligations:
        del actor
        given = entry.given_by(by)
        return NONE if given is None else Obligations(shown_items=frozenset(given))

    return bears


may("catalog.draft", on=Body, when=OwnBody("pk") & is_steward, duty=duties.CATALOG_COMPILE)
may("catalog.draft", on=Body, when=OwnBody("pk") & stands_for_it, duty=duties.SOCIAL_CATALOG)
for _action in (
    "catalog.amend",
    "catalog.register",
    "catalog.submit",
    "catalog.drop",
    "catalog.ask_withdrawal",
):
    may(_action, on=Entry, when=is_own & is_steward, duty=duties.CATALOG_COMPILE)
    may(_action, on=Entry, when=is_own & stands_for_it, duty=duties.SOCIAL_CATALOG)
    explain(
        _action,
        on=Entry,
        when=is_social,
        duty=duties.SOCIAL_CATALOG,
        says="Only a representative of the body that keeps this data may do this.",
    )
    explain(
        _action,
        on=Entry,
        when=Anyone(),
        duty=duties.CATALOG_COMPILE,
        says="Only a data steward of the providing body may do this.",
    )
for _action in ("catalog.confirm", "catalog.return"):
    may(_action, on=Entry, when=confirms & is_officer, duty=duties.CATALOG_CONFIRM)
    may(_action, on=Entry, when=_reviews(), duty=duties.NEGATIVE_LIST)
    explain(
        _action,
        on=Entry,
        when=Anyone(),
        duty=duties.CATALOG_CONFIRM,
        says="Only an officer of the body that confirms this catalog may do this.",
    )

# A change of law is noted by the body that it concerns, or by the one that confirms its catalog.
_notes_for_own = OwnBody("pk") & (is_steward | is_officer)
_is_social_body = Is("kind", *sorted(SOCIAL), says="it is an enterprise, association or utility")
_notes_for_others = ~_is_social_body & HoldsPower("catalog.confirm", over="division") & is_officer
may(
    "catalog.note_change",
    on=Body,
    when=_notes_for_own | _notes_for_others,
    duty=duties.CATALOG_REVISE,
)
may("catalog.keep", on=Entry, when=is_own & is_steward, duty=duties.CATALOG_REVISE)
may("catalog.lapse", on=Entry, when=SystemJob("clock"), duty=duties.CATALOG_REVISE)
may("change.see", on=Change, when=OwnBody("provider_id"), duty=duties.CATALOG_REVISE)
may(
    "change.see",
    on=Change,
    when=HoldsPower("catalog.confirm", over="provider__division"),
    duty=duties.CATALOG_REVISE,
)
known(Change, by="change.see")

known(Entry, by="entry.see", code="code")

# The tree is for everyone to read; who lays down what entries stand under, the pack says.
may("category.see", on=Category, when=Anyone(), duty=duties.CATALOG_COMPILE)
known(Category, by="category.see", code="code")
may(
    "catalog.add_category",
    on=Body,
    when=OwnBody("pk") & HoldsPower("catalog.classify", over="division") & is_officer,
    duty=duties.CATALOG_CLASSIFY,
)
explain(
    "catalog.add_category",
    on=Body,
    when=Anyone(),
    duty=duties.CATALOG_CLASSIFY,
    says="Only an officer of a body that lays down the classification may do this.",
)

# The visibility table of the house plan, row by row. What was withdrawn is in no list any more:
# whoever knows its address finds the tombstone.
_is_known = is_of_government & has_public_title
may("entry.see", on=Entry, when=is_confirmed & _is_known, duty=duties.SHARING_TYPE)
may("tombstone.see", on=Entry, when=is_withdrawn & _is_known, duty=duties.SHARING_TYPE)
may("entry.see", on=Entry, when=is_confirmed & is_social & is_open_to_all, duty=duties.SOCIAL_GIVE)
may("entry.see", on=Entry, when=is_social & is_shared_with_us, duty=duties.SOCIAL_GIVE)
for _action in ("entry.see", "entry.read"):
    may(
        _action,
        on=Entry,
        when=has_rows_by_name,
        duty=duties.SOCIAL_GIVE,
        bears=going_out(Way.SHARED),
    )
may(
    "tombstone.see",
    on=Entry,
    when=is_withdrawn & is_social & is_open_to_all,
    duty=duties.SOCIAL_GIVE,
)
for _action in ("entry.see", "entry.read", "entry.inspect"):
    may(
        _action,
        on=Entry,
        when=(is_of_government & is_own & (is_kept | is_withdrawn))
        | (confirms & (has_left_the_house | is_withdrawn)),
        duty=duties.CATALOG_COMPILE,
    )
    may(
        _action,
        on=Entry,
        when=is_social & is_own & (is_kept | is_withdrawn),
        duty=duties.SOCIAL_CATALOG,
    )
    may(
        _action,
        on=Entry,
        when=_reviews() & (has_left_the_house | is_withdrawn),
        duty=duties.NEGATIVE_LIST,
    )
for _whose, _shared, _opened in (
    (is_of_government, duties.SHARING_TYPE, duties.OPENING_TYPE),
    (is_social, duties.SOCIAL_GIVE, duties.SOCIAL_GIVE),
):
    may(
        "entry.read",
        on=Entry,
        when=_whose & is_shared_with_us,
        duty=_shared,
        bears=going_out(Way.SHARED),
    )
    may(
        "entry.read",
        on=Entry,
        when=_whose & is_confirmed & is_open_to_all,
        duty=_opened,
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
    when=(is_of_government & is_own & is_kept) | (confirms & has_left_the_house),
    duty=duties.CATALOG_COMPILE,
)
may(
    "resource.read",
    on=Entry,
    when=is_social & is_own & is_kept,
    duty=duties.SOCIAL_CATALOG,
)
may("resource.read", on=Entry, when=_reviews() & has_left_the_house, duty=duties.NEGATIVE_LIST)

for _action in ("entry.read", "resource.read"):
    for _whose, _duty in (
        (is_of_government, duties.CATALOG_COMPILE),
        (is_social, duties.SOCIAL_CATALOG),
    ):
        explain(
            _action,
            on=Entry,
            when=_whose & is_withdrawn,
            duty=_duty,
            says="This resource was withdrawn: its page says when and why.",
        )

may(
    "resource.read",
    on=Entry,
    when=has_rows_by_name,
    duty=duties.SOCIAL_GIVE,
    bears=going_out(Way.SHARED),
)
explain(
    "resource.read",
    on=Entry,
    when=is_shared_with_us & HadGrant(),
    duty=duties.SHARING_TYPE,
    says="What you were granted has ended, is stopped, or serves another purpose. Apply anew.",
)

for _action in ("entry.read", "resource.read"):
    explain(
        _action,
        on=Entry,
        when=is_social,
        duty=duties.SOCIAL_GIVE,
        says="This is no government data: its holder says who has it.",
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
# What others may read of an entry stands on its page; how it came about is for those who keep it.
explain(
    "entry.inspect",
    on=Entry,
    when=Anyone(),
    duty=duties.CATALOG_COMPILE,
    says="Only the providing body works on this, and those who confirm or review it.",
)
may(
    "catalog.share",
    on=Entry,
    when=is_own & (is_steward | is_officer) & is_confirmed & is_shared,
    duty=duties.SHARING_TYPE,
)
may(
    "catalog.share",
    on=Entry,
    when=is_own & stands_for_it & is_confirmed & is_social,
    duty=duties.SOCIAL_GIVE,
)
explain(
    "catalog.share",
    on=Entry,
    when=Anyone(),
    duty=duties.SHARING_TYPE,
    says="Only the providing body gives its rows to others, once the entry is confirmed.",
)

# An entry's former versions are read by whoever may read it now, as far as they might have then.
_is_live = Is("entry__state", "confirmed", says="the entry is confirmed")
_is_open_now = Is(
    "entry__opening_type",
    "unconditional",
    "conditional",
    says="it is open, at least on application",
)
_is_shared_now = acts_for_a_department & Is(
    "entry__sharing_type",
    "unconditional",
    "conditional",
    says="it is shared, at least on conditions",
)
may(
    "version.read",
    on=EntryVersion,
    when=_is_live
    & (_is_open_now | _is_shared_now)
    & (is_opened | (acts_for_a_department & is_shared)),
    duty=duties.CATALOG_COMPILE,
)
_was_sent = Is("entry__state", *_SENT, "withdrawn", says="the entry was sent for confirmation")
for _model, _action in ((EntryVersion, "version.read"), (Revision, "revision.see")):
    may(_action, on=_model, when=OwnBody("entry__provider_id"), duty=duties.CATALOG_COMPILE)
_confirms_it = of_government("entry__") & HoldsPower(
    "catalog.confirm", over="entry__provider__division"
)
_is_sent = Is("state", "awaiting", "returned", "confirmed", says="it was sent for confirmation")
for _who in (_confirms_it, _reviews("entry__")):
    may("version.read", on=EntryVersion, when=_who & _was_sent, duty=duties.CATALOG_CONFIRM)
    may("revision.see", on=Revision, when=_who & _is_sent, duty=duties.CATALOG_CONFIRM)


@dataclass(frozen=True)
class TellsOfNoRevision(Predicate):
    """The leaf is not about a revision that was open then: nobody else knows of one."""

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether its facts name no revision."""
        del asked
        return "revision" not in _facts(thing)

    def q(self, asked: Asked) -> Q:
        """Return the absence as a filter."""
        del asked
        return ~Q(payload__facts__has_key="revision")

    def describe(self) -> str:
        """Say it."""
        return _("it is not about a revision that is not confirmed")


def _facts(leaf: Model) -> dict[str, object]:
    assert isinstance(leaf, Leaf)  # noqa: S101 - the arm is on leaves
    facts: dict[str, object] = (leaf.payload or {}).get("facts", {})
    return facts


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
    )
    & TellsOfNoRevision(),
    duty=duties.TRACE,
)
_was_sent_on = Is(
    "subject__entry__state", *_SENT, "withdrawn", says="the entry was sent for confirmation"
)
may("leaf.open", on=Leaf, when=OwnBody("subject__entry__provider_id"), duty=duties.TRACE)
may("leaf.open", on=Leaf, when=OwnBody("subject__change__provider_id"), duty=duties.TRACE)
may(
    "leaf.open",
    on=Leaf,
    when=HoldsPower("catalog.confirm", over="subject__change__provider__division"),
    duty=duties.TRACE,
)
may(
    "leaf.open",
    on=Leaf,
    when=of_government("subject__entry__")
    & HoldsPower("catalog.confirm", over="subject__entry__provider__division")
    & _was_sent_on,
    duty=duties.TRACE,
)
may("leaf.open", on=Leaf, when=_reviews("subject__entry__") & _was_sent_on, duty=duties.TRACE)

# An accident is acted on at once by whoever provides the data; supervision stops what is unlawful.
supervises = HoldsPower("supervise", over="provider__division") & is_officer
answers_for_it = is_steward | is_officer | stands_for_it
# Of social data, what others have: what is kept is nobody's to know.
is_had_by_others = is_of_government | is_shared
may("gate.place_hold", on=Entry, when=is_own & answers_for_it, duty=duties.PROTECT)
may(
    "gate.place_hold",
    on=Entry,
    when=supervises & has_left_the_house & is_had_by_others,
    duty=duties.GOVERN,
)

# What is late is known to those who owe it, who confirm it, and who supervise.
may(
    "lateness.see",
    on=Entry,
    when=is_confirmed
    & (
        (is_own & (is_steward | is_officer))
        | (confirms & is_officer)
        | (supervises & has_public_title)
    ),
    duty=duties.KEEP_ACCURATE,
)

is_of_ours = OwnBody("on__entry__provider_id") & answers_for_it
is_in_our_area = (
    of_government("on__entry__")
    & HoldsPower("supervise", over="on__entry__provider__division")
    & is_officer
)
may("grant.see", on=Grant, when=is_of_ours | is_in_our_area, duty=duties.TRACE)
for _action in ("gate.revoke", "gate.place_hold"):
    may(_action, on=Grant, when=is_of_ours, duty=duties.PROTECT)
    may(_action, on=Grant, when=is_in_our_area, duty=duties.GOVERN)

# Who answers for an entry knows what is stopped of it, and of the grants on it.
for _path in ("on__entry", "on__grant__on__entry"):
    _ours = OwnBody(f"{_path}__provider_id") & answers_for_it
    _in_our_area = (
        of_government(f"{_path}__")
        & HoldsPower("supervise", over=f"{_path}__provider__division")
        & is_officer
    )
    may("hold.see", on=Hold, when=_ours | _in_our_area, duty=duties.TRACE)


def _lie_apart() -> QuerySet[Thing]:
    strictest = Q(entry__grade=LIES_APART) | Q(entry__items__grade=LIES_APART)
    return Thing.objects.filter(strictest)


apart.of(_lie_apart)
