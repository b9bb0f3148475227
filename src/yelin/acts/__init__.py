"""The frame around everything that changes legal state."""

from yelin.acts.frame import Act, act, registered

__all__ = ["Act", "act", "registered"]
