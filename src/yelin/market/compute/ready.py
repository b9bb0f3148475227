"""Everything of questions to bought data that registers itself once models are loaded."""

from yelin.market.compute import (
    acts,  # noqa: F401
    policy,  # noqa: F401
    tasks,  # noqa: F401
)
