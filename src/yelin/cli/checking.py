"""``yelin check``: what must be in step with the code, told by name where it is not."""

import sys
from pathlib import Path

from babel.messages import mofile, pofile
from django.core.management import CommandError, call_command

from yelin.law import conformance
from yelin.settings import LOCALE_PATHS


def check(root: Path) -> int:
    """Check migrations, the conformance page and compiled translations; return the status."""
    faults = [*_migrations(), *conformance.faults(root), *_translations()]
    for fault in faults:
        print(fault, file=sys.stderr)
    return bool(faults)


def _migrations() -> list[str]:
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    except (CommandError, SystemExit):
        return ["a model has changed without a migration: run makemigrations"]
    return []


def _translations() -> list[str]:
    faults = []
    for source in LOCALE_PATHS[0].rglob("*.po"):
        with source.open("rb") as written, source.with_suffix(".mo").open("rb") as compiled:
            wanted = {m.id: m.string for m in pofile.read_po(written) if m.id and m.string}
            had = {m.id: m.string for m in mofile.read_mo(compiled) if m.id}
        if wanted != had:
            faults.append(f"{source} is not compiled: run msgfmt -o {source.with_suffix('.mo')}")
    return faults
