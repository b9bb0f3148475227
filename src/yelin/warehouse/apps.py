"""Django's registration of the room."""

from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    """The room ``warehouse``."""

    name = "yelin.warehouse"
    label = "warehouse"

    def ready(self) -> None:
        """Register this room's arms."""
        from yelin.warehouse import policy  # noqa: F401, PLC0415 - arms need models, which load first
