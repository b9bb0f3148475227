"""Everything of acceptance that registers itself once models are loaded."""

from yelin.market.acceptance import (
    acts,  # noqa: F401
    policy,  # noqa: F401
    tasks,  # noqa: F401
)
