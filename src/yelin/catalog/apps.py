"""Django's registration of the room."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The room ``catalog``."""

    name = "yelin.catalog"
    label = "catalog"

    def ready(self) -> None:
        """Register this room's arms."""
        from yelin.catalog import policy  # noqa: F401, PLC0415 - arms need models, which load first
