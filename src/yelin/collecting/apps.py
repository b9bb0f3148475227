"""Django's registration of the room."""

from django.apps import AppConfig


class CollectingConfig(AppConfig):
    """The room ``collecting``."""

    name = "yelin.collecting"
    label = "collecting"

    def ready(self) -> None:
        """Register this room's arms, what follows a successor and what entries bring about."""
        from yelin.collecting import (  # noqa: PLC0415 - all need models, which load first
            pointing,  # noqa: F401
            policy,  # noqa: F401
            succession,  # noqa: F401
        )
