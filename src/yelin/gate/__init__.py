"""One answer to whether this party may do this to this thing now."""

from yelin.gate.arms import (
    Arm,
    Decision,
    Obligations,
    Refused,
    Unseen,
    arms,
    decide,
    explain,
    may,
    visible_to,
)
from yelin.gate.predicates import (
    Anyone,
    HoldsPower,
    InRole,
    Is,
    IsNot,
    OfKind,
    OwnBody,
    OwnSeat,
    Predicate,
    SystemJob,
)

__all__ = [
    "Anyone",
    "Arm",
    "Decision",
    "HoldsPower",
    "InRole",
    "Is",
    "IsNot",
    "Obligations",
    "OfKind",
    "OwnBody",
    "OwnSeat",
    "Predicate",
    "Refused",
    "SystemJob",
    "Unseen",
    "arms",
    "decide",
    "explain",
    "may",
    "visible_to",
]
