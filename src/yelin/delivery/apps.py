"""Django's registration of the room."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The room ``delivery``."""

    name = "yelin.delivery"
    label = "delivery"

    def ready(self) -> None:
        """Register this room's arms, and what of it goes with an account."""
        from yelin.delivery import policy, succession  # noqa: F401, PLC0415 - both need models, which load first
