"""Django's registration of the room."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The room ``exchange``."""

    name = "yelin.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Register this room's arms, and what passes on."""
        from yelin.exchange import policy, succession  # noqa: F401, PLC0415 - both need models, which load first
