"""Django's registration of the room."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The room ``catalog``."""

    name = "yelin.catalog"
    label = "catalog"

    def ready(self) -> None:
        """Register this room's arms, and what of it follows a body's successor."""
        from yelin.catalog import succession  # noqa: F401, PLC0415 - all need models, which load first
        from yelin.catalog.policy import compiling, seeing, stopping, tracing  # noqa: F401, PLC0415 - the same
