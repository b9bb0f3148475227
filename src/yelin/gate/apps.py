"""Django's registration of the room."""

from django.apps import AppConfig


class GateConfig(AppConfig):
    """The room ``gate``."""

    name = "yelin.gate"
    label = "gate"

    def ready(self) -> None:
        """Register this room's arms."""
        from yelin.gate import policy  # noqa: F401, PLC0415 - arms need models, which load first
