"""Django's registration of the room."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The room ``parties``."""

    name = "yelin.parties"
    label = "parties"
