"""Django's registration of the room."""

from importlib import import_module
from pkgutil import walk_packages

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ActsConfig(AppConfig):
    """The room ``acts``: it knows every act of the house, wherever it stands."""

    name = "yelin.acts"
    label = "acts"

    def ready(self) -> None:
        """Register this room's arms, and have every room register its acts."""
        # All models are loaded by now, which arms and acts need.
        for module in walk_packages(import_module(self.name).__path__, f"{self.name}."):
            if "migrations" not in module.name:
                import_module(module.name)
        autodiscover_modules("acts")
