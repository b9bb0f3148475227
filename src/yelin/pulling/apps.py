"""Django's registration of the room."""

from django.apps import AppConfig


class PullingConfig(AppConfig):
    """The room ``pulling``."""

    name = "yelin.pulling"
    label = "pulling"

    def ready(self) -> None:
        """Register this room's arms."""
        from yelin.pulling import policy  # noqa: F401, PLC0415 - arms need models, which load first
