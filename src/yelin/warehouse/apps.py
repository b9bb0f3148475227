"""Django's registration of the room."""

from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    """The room ``warehouse``."""

    name = "yelin.warehouse"
    label = "warehouse"

    def ready(self) -> None:
        """Register this room's arms, and the rows of files on their way in."""
        from yelin.warehouse import arrivals, policy  # noqa: F401, PLC0415 - both need models, which load first
