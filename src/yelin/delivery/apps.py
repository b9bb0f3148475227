"""Django's registration of the room."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The room ``delivery``."""

    name = "yelin.delivery"
    label = "delivery"

    def ready(self) -> None:
        """Register this room's arms."""
        from yelin.delivery import policy  # noqa: F401, PLC0415 - arms need models, which load first
