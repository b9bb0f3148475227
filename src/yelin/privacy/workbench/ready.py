"""Everything of the bench that registers itself once models are loaded."""

from yelin.privacy.workbench import (
    acts,  # noqa: F401
    budget_acts,  # noqa: F401
    budget_policy,  # noqa: F401
    policy,  # noqa: F401
    succession,  # noqa: F401
    tasks,  # noqa: F401
)
