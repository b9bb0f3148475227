"""Who stops what is given of an entry, who sees what is stopped or late, and what lies apart."""

from django.db.models import Q, QuerySet

from yelin.catalog.models import Entry
from yelin.catalog.predicates import (
    answers_for_it,
    confirms,
    has_left_the_house,
    has_public_title,
    is_confirmed,
    is_had_by_others,
    is_officer,
    is_own,
    is_steward,
    of_government,
    supervises,
)
from yelin.catalog.rules import LIES_APART
from yelin.gate import (
    HoldsPower,
    OwnBody,
    may,
)
from yelin.gate.models import Grant, Hold
from yelin.keys import apart
from yelin.law import duties
from yelin.things.models import Thing

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
