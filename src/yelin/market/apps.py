"""Django's registration of the room."""

from django.apps import AppConfig


class MarketConfig(AppConfig):
    """The room ``market``."""

    name = "yelin.market"
    label = "market"

    def ready(self) -> None:
        """Register this room's arms, what of it follows bodies, and what it adds to ways."""
        from yelin.market import policy, succession, tracing  # noqa: F401, PLC0415 - all need models, which load first
