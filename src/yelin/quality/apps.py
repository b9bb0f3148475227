"""Django's registration of the room."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """The room ``quality``."""

    name = "yelin.quality"
    label = "quality"

    def ready(self) -> None:
        """Register this room's arms."""
        from yelin.quality import policy  # noqa: F401, PLC0415 - arms need models, which load first
