"""Django's registration of the room."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The room ``delivery``."""

    name = "yelin.delivery"
    label = "delivery"

    def ready(self) -> None:
        """Register this room's arms, what of it goes with an account, and what is on ways."""
        from yelin.delivery import policy, succession  # noqa: F401, PLC0415 - both need models, which load first
        from yelin.delivery.tracing import finding, rooms  # noqa: F401, PLC0415 - the same
