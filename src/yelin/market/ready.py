"""Everything of the room that registers itself once models are loaded."""

from yelin.market import (
    acts,  # noqa: F401
    policy,  # noqa: F401
    succession,  # noqa: F401
    tracing,  # noqa: F401
)
from yelin.market.acceptance import ready as inspected  # noqa: F401
from yelin.market.compute import ready as computed  # noqa: F401
from yelin.market.contract import ready as contracts  # noqa: F401
from yelin.market.dataspace import ready as spoken  # noqa: F401
from yelin.market.dispute import ready as disputes  # noqa: F401
from yelin.market.filing import ready as filings  # noqa: F401
from yelin.market.listing import acts as listings  # noqa: F401
from yelin.market.listing import policy as offered  # noqa: F401
from yelin.market.platform import acts as platforms  # noqa: F401
from yelin.market.platform import policy as run  # noqa: F401
from yelin.market.rating import ready as ratings  # noqa: F401
from yelin.market.transfer import ready as transfers  # noqa: F401
