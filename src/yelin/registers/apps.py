"""Django's registration of the room."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """The room ``registers``."""

    name = "yelin.registers"
    label = "registers"

    def ready(self) -> None:
        """Register this room's arms, and what of it follows a body's successor."""
        from yelin.registers import policy, succession  # noqa: F401, PLC0415 - both need models, which load first
