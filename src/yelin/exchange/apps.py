"""Django's registration of the room."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The room ``exchange``."""

    name = "yelin.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Register this room's arms."""
        from yelin.exchange import policy  # noqa: F401, PLC0415 - arms need models, which load first
