"""Django's registration of the room."""

from django.apps import AppConfig


class GateConfig(AppConfig):
    """The room ``gate``."""

    name = "yelin.gate"
    label = "gate"
