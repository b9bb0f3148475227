"""Inspections for tests: a filed trade on data that was measured, by the task that begins them."""

from tests.catalog.makers import make_social
from tests.market.filing.makers import make_filed
from tests.market.makers import make_listing, make_product
from tests.parties.makers import make_enterprise
from tests.warehouse.makers import make_release

from yelin.market.acceptance import tasks
from yelin.market.acceptance.models import Inspection
from yelin.market.contract.models import Contract


def make_inspection(folder, measures=(("02", "98.5"),), entry=None, **over) -> Inspection:
    """Make one of data of an enterprise's own, held to ``measures``, code and least points."""
    owner = make_enterprise()
    entry = entry or make_release(make_social(owner, handing_over="own")).entry
    listing = make_listing(make_product(entry.provider, entry))
    quality = {
        "measures": [{"code": code, "least": least} for code, least in measures],
        "standard": "按合同附件",
        "inspection_days": 10,
        "accepted_if": "各项得分不低于约定",
    } | over
    make_filed(folder, listing, quality=quality)
    tasks.inspect_trades()
    return Inspection.objects.get(contract=Contract.objects.latest("drawn_at"))
