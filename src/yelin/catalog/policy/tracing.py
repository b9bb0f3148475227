"""Who reads what an entry said before, and opens the leaves about it."""

from dataclasses import dataclass

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from yelin.catalog.models import EntryVersion, Revision
from yelin.catalog.predicates import (
    SENT,
    acts_for_a_department,
    is_opened,
    is_shared,
    of_government,
    reviews,
)
from yelin.gate import (
    HoldsPower,
    Is,
    IsNot,
    OwnBody,
    Predicate,
    may,
)
from yelin.gate.asked import Asked
from yelin.law import duties
from yelin.ledger.models import Leaf

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
_was_sent = Is("entry__state", *SENT, "withdrawn", says="the entry was sent for confirmation")
for _model, _action in ((EntryVersion, "version.read"), (Revision, "revision.see")):
    may(_action, on=_model, when=OwnBody("entry__provider_id"), duty=duties.CATALOG_COMPILE)
_confirms_it = of_government("entry__") & HoldsPower(
    "catalog.confirm", over="entry__provider__division"
)
_is_sent = Is("state", "awaiting", "returned", "confirmed", says="it was sent for confirmation")
for _who in (_confirms_it, reviews("entry__")):
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
    "subject__entry__state", *SENT, "withdrawn", says="the entry was sent for confirmation"
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
may("leaf.open", on=Leaf, when=reviews("subject__entry__") & _was_sent_on, duty=duties.TRACE)
