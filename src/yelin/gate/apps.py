"""Django's registration of the room."""

from django.apps import AppConfig


class GateConfig(AppConfig):
    """The room ``gate``."""

    name = "yelin.gate"
    label = "gate"

    def ready(self) -> None:
        """Register this room's arms, and declare what follows a party's successor."""
        from yelin.gate import policy, succession  # noqa: F401, PLC0415 - they need models
