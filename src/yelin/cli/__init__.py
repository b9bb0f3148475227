"""The console script ``yelin``."""

import os

import typer

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yelin.settings")
    from yelin.cli import commands  # noqa: F401, PLC0415 - commands register themselves

    app()
