"""Waking the house for a command: the database first, then Django."""

import gc

import django

from yelin import postgres
from yelin.config import config


def wake() -> None:
    """Start or find the database and load every room."""
    postgres.ensure(config.root)
    load()


def load() -> None:
    """Load every room without touching the database."""
    # What is loaded stays, so looking for what of it may go is a tenth of the work for nothing.
    gc.disable()
    django.setup()
    gc.freeze()
    gc.enable()
