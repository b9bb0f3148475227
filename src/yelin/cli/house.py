"""Waking the house for a command: the database first, then Django."""

import django

from yelin import postgres
from yelin.config import config


def wake() -> None:
    """Start or find the database and load every room."""
    postgres.ensure(config.root)
    django.setup()


def load() -> None:
    """Load every room without touching the database."""
    django.setup()
