"""Django's registration of the room."""

from django.apps import AppConfig


class HarvestingConfig(AppConfig):
    """The room ``harvesting``."""

    name = "yelin.harvesting"
    label = "harvesting"

    def ready(self) -> None:
        """Register this room's arms, and what of it follows a body's successor."""
        from yelin.harvesting import policy, succession  # noqa: F401, PLC0415 - both need models, which load first
