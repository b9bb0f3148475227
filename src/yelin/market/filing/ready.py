"""Everything of filings that registers itself once models are loaded."""

from yelin.market.filing import (
    acts,  # noqa: F401
    policy,  # noqa: F401
    tasks,  # noqa: F401
    tracing,  # noqa: F401
)
