"""Django's registration of the room."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The room ``notices``."""

    name = "yelin.notices"
    label = "notices"
