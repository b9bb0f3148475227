"""What all processes of a house load, loaded once: they are forked off it, and so begin at once.

How they begin on their own is tested by ``tests/cli``.
"""

import django

django.setup()

from yelin import urls  # noqa: E402 - Django loads first
from yelin.cli import commands, serving, streaming, working  # noqa: E402 - the same

LOADED = (commands, serving, streaming, urls, working)
