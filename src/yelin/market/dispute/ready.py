"""Everything of disputes that registers itself once models are loaded."""

from yelin.market.dispute import (
    acts,  # noqa: F401
    policy,  # noqa: F401
    succession,  # noqa: F401
    tasks,  # noqa: F401
)
