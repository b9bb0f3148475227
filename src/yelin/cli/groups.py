"""Commands that go together under one name: the ledger, the law, keys, whole catalogs."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from yelin.cli import app, house

ledger = typer.Typer(no_args_is_help=True, help="The ledger.")
law = typer.Typer(no_args_is_help=True, help="The law as code.")
keys = typer.Typer(no_args_is_help=True, help="The keys under which data lies sealed.")
catalog = typer.Typer(no_args_is_help=True, help="Whole catalogs in spreadsheets.")
app.add_typer(catalog, name="catalog")
app.add_typer(ledger, name="ledger")
app.add_typer(law, name="law")
app.add_typer(keys, name="keys")


@catalog.command("import")
def import_catalog(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="XLSX, XLS or CSV.")],
    token: Annotated[str, typer.Option(envvar="YELIN_TOKEN", help="Your token (yln_…).")],
    mapping: Annotated[str, typer.Option(help="How the file is laid out.")] = "national",
    sheet: str = "",
    run: Annotated[bool, typer.Option("--run", help="Enter it, too, once it is read.")] = False,
) -> None:
    """Bring a body's catalog in and say what it would do; with --run do it."""
    house.wake()
    from yelin.cli import cataloging  # noqa: PLC0415 - Django loads first

    sys.exit(cataloging.import_(file, token, cataloging.Wanted(mapping, sheet, run)))


@catalog.command("export")
def export_catalog(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="To be written: .xlsx or .csv.")],
    token: Annotated[str, typer.Option(envvar="YELIN_TOKEN", help="Your token (yln_…).")] = "",
) -> None:
    """Write the catalog in the national layout, as you, or anyone, may have it."""
    house.wake()
    from yelin.cli import cataloging  # noqa: PLC0415 - Django loads first

    sys.exit(cataloging.export(file, token))


@ledger.command("verify")
def verify_ledger(
    url: Annotated[str, typer.Option(help="Verify from the tiles of this address alone.")] = "",
    key: Annotated[str, typer.Option(help="The vkey of the log at that address.")] = "",
    checkpoints: Annotated[Path | None, typer.Option(help="A file of earlier checkpoints.")] = None,
    former: Annotated[
        list[str] | None, typer.Option(help="The vkey of a log that broke and was taken over.")
    ] = None,
) -> None:
    """Verify the whole log, from the database or from HTTP tiles alone."""
    if url and not key:
        sys.exit("Say whose signature you trust: --key, the vkey that the log's keeper publishes.")
    if url:
        house.load()
    else:
        house.wake()
    from yelin.cli import verifying  # noqa: PLC0415 - Django loads first

    if url:
        sys.exit(verifying.verify_there(url, key, former or [], checkpoints))
    sys.exit(verifying.verify_here(checkpoints))


@ledger.command("accept-loss")
def accept_loss(
    cause: Annotated[str, typer.Argument(help="restored, damaged, tampered or unknown.")],
    token: Annotated[str, typer.Option(envvar="YELIN_TOKEN", help="Your token (yln_…).")],
) -> None:
    """Propose that a broken log go on under another key; a second officer approves it."""
    house.wake()
    from yelin.cli import losing  # noqa: PLC0415 - Django loads first

    sys.exit(losing.propose(cause, token))


@ledger.command("bundle")
def bundle_evidence(
    named: Annotated[
        list[str], typer.Argument(help="Codes of resources, numbers of cases, receipts (YL1-…).")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to be written.")],
    token: Annotated[str, typer.Option(envvar="YELIN_TOKEN", help="Your token (yln_…).")] = "",
) -> None:
    """Write a bundle of evidence: leaves with their proofs, as you, or anyone, may have them."""
    house.wake()
    from yelin.cli import evidence  # noqa: PLC0415 - Django loads first

    sys.exit(evidence.write(named, output, token))


@keys.callback()
def _keys() -> None:
    """Keep ``rotate`` a command of its own: a group of one would be taken for the command."""


@keys.command()
def rotate() -> None:
    """Wrap every data key under a new master key and destroy the old one."""
    house.wake()
    from yelin.keys import models  # noqa: PLC0415 - Django loads first

    print(f"{models.rotate()} data keys are wrapped under a new master key; the old one is gone.")


@law.command()
def conformance(
    check: Annotated[bool, typer.Option(help="Only say whether the page is true.")] = False,
) -> None:
    """Write docs/conformance.md: article, duty, code, test."""
    from yelin.law import conformance as page  # noqa: PLC0415 - only this command reads source

    if not check:
        page.write(Path.cwd())
    faults = page.faults(Path.cwd())
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(bool(faults))


@law.command("permissions")
def write_permissions() -> None:
    """Write docs/permissions.md: who may do what, by which door and duty."""
    house.load()
    from yelin.acts import permissions  # noqa: PLC0415 - Django loads first

    permissions.write(Path.cwd())
