"""Django's registration of the room."""

from django.apps import AppConfig


class KeysConfig(AppConfig):
    """The room ``keys``."""

    name = "yelin.keys"
    label = "keys"
