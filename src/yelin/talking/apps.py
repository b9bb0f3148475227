"""Django's registration of the room."""

from django.apps import AppConfig


class TalkingConfig(AppConfig):
    """The room ``talking``."""

    name = "yelin.talking"
    label = "talking"

    def ready(self) -> None:
        """Register this room's arms, and what of it follows people and bodies."""
        from yelin.talking import policy, succession  # noqa: F401, PLC0415 - both need models, which load first
