"""Who writes rules of quality and sets thresholds, and to what a rule may refer."""

from yelin.acts.references import known
from yelin.catalog.content import OpeningType
from yelin.catalog.models import Entry, State
from yelin.catalog.predicates import (
    confirms,
    has_left_the_house,
    is_kept,
    is_officer,
    is_own,
    is_social,
    is_steward,
    of_government,
    stands_for_it,
)
from yelin.catalog.rules import Way
from yelin.gate import Anyone, HoldsPower, OwnBody, explain, may
from yelin.gate.models import Hold
from yelin.law import duties
from yelin.quality.models import Threshold, WrittenRule

for _action in ("quality.add_rule", "quality.set_threshold"):
    may(_action, on=Entry, when=is_own & is_kept & is_steward, duty=duties.QUALITY_MEASURE)
    may(
        _action,
        on=Entry,
        when=is_social & is_own & is_kept & stands_for_it,
        duty=duties.SOCIAL_CATALOG,
    )
    may(
        _action,
        on=Entry,
        when=confirms & has_left_the_house & is_officer,
        duty=duties.QUALITY_MEASURE,
    )
    explain(
        _action,
        on=Entry,
        when=Anyone(),
        duty=duties.QUALITY_MEASURE,
        says="Only the providing body, and whoever confirms its catalog, say how good data has"
        " to be.",
    )
_is_ours = OwnBody("entry__provider_id")
_is_in_our_area = of_government("entry__") & HoldsPower(
    "catalog.confirm", over="entry__provider__division"
)
for _action in ("quality.change_rule", "quality.drop_rule"):
    may(
        _action,
        on=WrittenRule,
        when=_is_ours & is_steward | _is_in_our_area & is_officer,
        duty=duties.QUALITY_MEASURE,
    )
    may(_action, on=WrittenRule, when=_is_ours & stands_for_it, duty=duties.SOCIAL_CATALOG)
_see = _is_ours | _is_in_our_area
may("quality_rule.see", on=WrittenRule, when=_see, duty=duties.QUALITY_MEASURE)
may("threshold.see", on=Threshold, when=_see, duty=duties.QUALITY_MEASURE)
for _seen in (
    OwnBody("on__writtenrule__entry__provider_id"),
    HoldsPower("supervise", over="on__writtenrule__entry__provider__division") & is_officer,
):
    may("hold.see", on=Hold, when=_seen, duty=duties.TRACE)
known(WrittenRule, by="quality_rule.see")
known(Threshold, by="threshold.see")


def may_refer(entry: Entry, other: Entry, item: str) -> bool:
    """Whether a rule of ``entry`` may look into ``item`` of ``other``: its body's own, or open.

    What is open with every item is anybody's to look into; a grant would end.
    """
    if other.provider_id == entry.provider_id and other.state != State.WITHDRAWN:
        return True
    is_open = other.state == State.CONFIRMED and other.opening_type == OpeningType.UNCONDITIONAL
    return is_open and item in other.going_out([item], Way.OPEN)
