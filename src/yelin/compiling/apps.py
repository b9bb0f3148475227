"""Django's registration of the room."""

from django.apps import AppConfig


class CompilingConfig(AppConfig):
    """The room ``compiling``."""

    name = "yelin.compiling"
    label = "compiling"

    def ready(self) -> None:
        """Register this room's arms, and what of it follows a body's successor."""
        from yelin.compiling import policy, succession  # noqa: F401, PLC0415 - both need models, which load first
