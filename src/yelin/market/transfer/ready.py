"""Everything of transfers that registers itself once models are loaded."""

from yelin.market.transfer import (
    acts,  # noqa: F401
    policy,  # noqa: F401
    reads,  # noqa: F401
    tasks,  # noqa: F401
)
