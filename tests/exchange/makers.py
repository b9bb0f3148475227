"""Shared entries and requests to share, through the same acts as anybody's."""

from datetime import timedelta

from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_actor

from yelin.cases.models import Case
from yelin.exchange import acts
from yelin.exchange.request import Wanted
from yelin.law import clock

CONDITIONS = {
    "sharing_type": "conditional",
    "sharing_condition": "仅限履行职责使用",
    "sharing_scope": "省直部门",
    "sharing_requirements": ("administrative_basis", "verification"),
}


def make_shared(provider=None, **over):
    """An entry that departments have on conditions, and nobody else, on a platform that is run."""
    agency()
    return make_entry(provider, **{"opening_type": "none", "grade": 2} | CONDITIONS | over)


def wanted(**over) -> Wanted:
    return Wanted(
        **{
            "basis": "《海南省港口管理条例》第十二条",
            "scenario": "港口经营许可审批",
            "purpose": "administrative_basis",
            "items": ["年份", "海口港"],
            "until": clock.today() + timedelta(days=90),
            "safeguards": "专网内使用，到期删除",
        }
        | over
    )


def make_request(entry=None, actor=None, **over) -> Case:
    return acts.request(
        actor=actor or make_actor(), entry=entry or make_shared(), asked=wanted(**over)
    )
