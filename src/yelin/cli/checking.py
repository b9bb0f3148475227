"""``yelin check``: what must be in step with the code, told by name where it is not.

Translations are held in step by ``tests/house/test_words.py``.
"""

import sys
from pathlib import Path

from django.core.management import CommandError, call_command

from yelin.acts import permissions
from yelin.law import conformance


def check(root: Path) -> int:
    """Check migrations and the generated pages; return the exit status."""
    faults = [*_migrations(), *conformance.faults(root), *permissions.faults(root)]
    for fault in faults:
        print(fault, file=sys.stderr)
    return bool(faults)


def _migrations() -> list[str]:
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    except (CommandError, SystemExit):
        return ["a model has changed without a migration: run makemigrations"]
    return []
