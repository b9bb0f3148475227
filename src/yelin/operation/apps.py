"""Django's registration of the room."""

from django.apps import AppConfig


class OperationConfig(AppConfig):
    """The room ``operation``."""

    name = "yelin.operation"
    label = "operation"

    def ready(self) -> None:
        """Register this room's arm."""
        from yelin.operation import policy  # noqa: F401, PLC0415 - arms need models, which load first
