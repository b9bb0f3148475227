"""Django's registration of the room."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The room ``cases``."""

    name = "yelin.cases"
    label = "cases"

    def ready(self) -> None:
        """Register who may see cases, and what of them follows a body's successor."""
        from yelin.cases import policy, succession  # noqa: F401, PLC0415 - both need models, which load first
