"""Django's registration of the room."""

from django.apps import AppConfig


class MarketConfig(AppConfig):
    """The room ``market``."""

    name = "yelin.market"
    label = "market"

    def ready(self) -> None:
        """Register this room's acts and arms, what follows bodies, and what it adds to ways."""
        from yelin.market import ready  # noqa: F401, PLC0415 - it needs models, which load first
