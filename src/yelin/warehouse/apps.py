"""Django's registration of the room."""

from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    """The room ``warehouse``."""

    name = "yelin.warehouse"
    label = "warehouse"

    def ready(self) -> None:
        """Register acts and arms, rows of files on their way in, and what data asks of entries."""
        from yelin.warehouse import (  # noqa: PLC0415 - all need models, which load first
            arrivals,  # noqa: F401
            confirming,  # noqa: F401
            ground_acts,  # noqa: F401
            policy,  # noqa: F401
        )
