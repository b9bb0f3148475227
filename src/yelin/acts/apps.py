"""Django's registration of the room."""

from django.apps import AppConfig


class ActsConfig(AppConfig):
    """The room ``acts``; it has no rows of its own, but arms."""

    name = "yelin.acts"
    label = "acts"

    def ready(self) -> None:
        """Register this room's arms."""
        from yelin.acts import policy  # noqa: F401, PLC0415 - arms need models, which load first
