"""``yelin check``: what must be in step with the code, told by name where it is not."""

import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages import Catalog, mofile, pofile
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
            wanted = _words(pofile.read_po(written))
            had = _words(mofile.read_mo(compiled))
        if wanted != had:
            faults.append(f"{source} is not compiled: run msgfmt -o {source.with_suffix('.mo')}")
    return faults


def _words(catalog: Catalog) -> dict[tuple[object, ...], tuple[str, ...]]:
    def each(text: str | Iterable[str]) -> tuple[str, ...]:
        return (text,) if isinstance(text, str) else tuple(text)

    return {
        (message.context, *each(message.id)): each(message.string)
        for message in catalog
        if message.id and any(each(message.string))
    }
