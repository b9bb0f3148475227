"""Django's registration of the room."""

from django.apps import AppConfig


class LawConfig(AppConfig):
    """The room ``law``."""

    name = "yelin.law"
    label = "law"
