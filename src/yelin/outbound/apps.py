"""Django's registration of the room."""

from django.apps import AppConfig


class OutboundConfig(AppConfig):
    """The room ``outbound``."""

    name = "yelin.outbound"
    label = "outbound"
