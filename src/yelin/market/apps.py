"""Django's registration of the room."""

from django.apps import AppConfig


class MarketConfig(AppConfig):
    """The room ``market``."""

    name = "yelin.market"
    label = "market"

    def ready(self) -> None:
        """Register this room's arms, and what of it follows bodies."""
        from yelin.market import policy, succession  # noqa: F401, PLC0415 - both need models, which load first
