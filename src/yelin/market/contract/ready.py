"""Everything of contracts that registers itself once models are loaded."""

from yelin.market.contract import (
    acts,  # noqa: F401
    policy,  # noqa: F401
    settling_acts,  # noqa: F401
    signing_acts,  # noqa: F401
    succession,  # noqa: F401
    tasks,  # noqa: F401
)
