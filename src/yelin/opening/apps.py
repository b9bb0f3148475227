"""Django's registration of the room."""

from django.apps import AppConfig


class OpeningConfig(AppConfig):
    """The room ``opening``."""

    name = "yelin.opening"
    label = "opening"

    def ready(self) -> None:
        """Register this room's arms."""
        from yelin.opening import policy, succession  # noqa: F401, PLC0415 - both need models, which load first
