"""Django's registration of the room."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """The room ``oversight``."""

    name = "yelin.oversight"
    label = "oversight"

    def ready(self) -> None:
        """Register this room's arms."""
        from yelin.oversight import policy  # noqa: F401, PLC0415 - arms need models, which load first
