"""Django's registration of the room."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The room ``ledger``."""

    name = "yelin.ledger"
    label = "ledger"
