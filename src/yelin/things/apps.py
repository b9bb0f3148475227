"""Django's registration of the room."""

from django.apps import AppConfig


class ThingsConfig(AppConfig):
    """The room ``things``."""

    name = "yelin.things"
    label = "things"
