"""Everything of ratings that registers itself once models are loaded."""

from yelin.market.rating import (
    acts,  # noqa: F401
    policy,  # noqa: F401
)
