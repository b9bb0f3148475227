"""Everything of the protocol that registers itself once models are loaded."""

from yelin.market.dataspace import tasks  # noqa: F401
