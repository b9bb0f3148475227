"""The processes of a house, from the inside; each is forked off what ``nursery`` has loaded."""

import os
import sys

from yelin import lifeline


def run(name: str, log: str) -> None:
    """Be ``yelin NAME``, in a process group of its own, and write to ``log``."""
    os.setsid()
    _write_to(log, 1, 2)
    if os.environ.get(lifeline.IN_DEMO):
        # Whoever forks us off ends with the house.
        os.environ[lifeline.IN_DEMO] = str(os.getppid())
    sys.argv = ["yelin", name.partition(" ")[0]]
    from yelin.cli import main  # noqa: PLC0415 - loaded by then

    main()


def act(journal: str, seed: str, *seats: str) -> None:
    """Act in these seats until told to stop, and write down in ``journal`` what was answered."""
    _write_to(journal, 1)
    os.environ["PROVE_JOINS"] = "1"
    from prove import acting  # noqa: PLC0415 - joins the house

    acting.main(seed, *seats)


def _write_to(path: str, *lines: int) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for line in lines:
        os.dup2(file, line)
