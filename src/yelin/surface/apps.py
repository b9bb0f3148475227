"""Django's registration of the room."""

from django.apps import AppConfig


class SurfaceConfig(AppConfig):
    """The room ``surface``."""

    name = "yelin.surface"
    label = "surface"
