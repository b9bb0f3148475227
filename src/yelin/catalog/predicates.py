"""What is so of an entry, and how somebody stands to it: of these every room makes its arms."""

from collections.abc import Callable

from yelin.catalog.models import Entry
from yelin.catalog.rules import Way
from yelin.gate import (
    HasGrant,
    HoldsPower,
    InRole,
    Is,
    IsNot,
    Obligations,
    OfKind,
    OwnBody,
    Predicate,
)
from yelin.gate.obligations import NONE
from yelin.parties.actor import Actor, ActorKind


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
SENT = ("awaiting", "confirmed", "returned")
has_left_the_house = Is("state", *SENT, says="the entry was sent for confirmation")
is_kept = Is(
    "state", "draft", "registered", *SENT, says="the entry is in the catalog or on its way there"
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


def reviews(entry: str = "") -> Predicate:
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


# An accident is acted on at once by whoever provides the data; supervision stops what is unlawful.
supervises = HoldsPower("supervise", over="provider__division") & is_officer
answers_for_it = is_steward | is_officer | stands_for_it
# Of social data, what others have: what is kept is nobody's to know.
is_had_by_others = is_of_government | is_shared
