"""Django's registration of the room."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The room ``exchange``."""

    name = "yelin.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Register this room's arms, what passes on, who has extracts, and what ways they add."""
        from yelin.exchange import having, policy, succession, tracing  # noqa: F401, PLC0415 - these need models, which load first
