"""Django's registration of the room."""

from django.apps import AppConfig


class GateConfig(AppConfig):
    """The room ``gate``."""

    name = "yelin.gate"
    label = "gate"

    def ready(self) -> None:
        """Declare what follows a party's successor."""
        from yelin.gate import succession  # noqa: F401, PLC0415 - it needs models, which load first
