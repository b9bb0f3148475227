"""Django's registration of the room."""

from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    """The room ``warehouse``."""

    name = "yelin.warehouse"
    label = "warehouse"

    def ready(self) -> None:
        """Register this room's arms, and the rows of files on their way in."""
        from yelin.warehouse import (  # noqa: PLC0415 - all need models, which load first
            arrivals,  # noqa: F401
            confirming,  # noqa: F401
            policy,  # noqa: F401
        )
