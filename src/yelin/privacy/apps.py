"""Django's registration of the room."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """The room ``privacy``."""

    name = "yelin.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Register this room's acts, arms, followers, and what it adds to ways."""
        from yelin.privacy import (  # noqa: PLC0415 - all need models, which load first
            acts,  # noqa: F401
            list_acts,  # noqa: F401
            list_policy,  # noqa: F401
            policy,  # noqa: F401
            subject_acts,  # noqa: F401
            subject_policy,  # noqa: F401
            succession,  # noqa: F401
            tracing,  # noqa: F401
        )
        from yelin.privacy.workbench import ready  # noqa: F401, PLC0415 - the same
