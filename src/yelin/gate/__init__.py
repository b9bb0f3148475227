"""One answer to whether this party may do this to this thing for this purpose, now."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yelin.gate.door import *  # noqa: F403 - the door's own __all__ says what


def __getattr__(name: str) -> object:
    # The door needs models, and Django imports this package before any model may load.
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(import_module("yelin.gate.door"), name)
