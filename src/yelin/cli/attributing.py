"""``yelin attribute``: hold a leaked file against what each recipient's copies lack."""

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from django.utils import translation

from yelin.catalog import reads
from yelin.catalog.models import code_of
from yelin.cli import refusing
from yelin.delivery import acts, leaks
from yelin.delivery.rules import Evidence
from yelin.files.places import pieces
from yelin.parties.models import Body, Person
from yelin.surface import actor as asking
from yelin.surface import problems
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

# So many of those who are not named are told, with the least chance.
SHOWN = 5


def attribute(code: str, file: Path, token: str, number: int | None, options: Options) -> int:
    """Say whose copies ``file`` was made of, and put it down; return the exit status."""
    with translation.override("en"):
        try:
            actor = asking.of_token(token).actor
            entry = reads.get(actor, code=code_of(code))
            received = receive(pieces(file.open("rb")), file.name)
            found = leaks.examine(actor, entry, received, options, number)
            made = acts.attribute(actor=actor, entry=entry, found=found)
        except problems.FORESEEN as error:
            refusing.tell(problems.of(error))
            return 1
    print(f"Rows: {found.rows:,}; in version {found.release.number}: {found.met:,}.")
    print(f"Met by: {', '.join(found.by) or 'nothing'}.")
    named = [each for each in found.evidence if each.names]
    others = [each for each in found.evidence if not each.names]
    names = leaks.names_of({whose for each in found.evidence for whose in each.whose})
    print("Made of the copies of:" if named else "It names nobody.")
    for each in named:
        print(f"  {_said(each, names)}")
    if others:
        print(f"Not named: {len(others):,}, of whom the nearest are")
    for each in others[:SHOWN]:
        print(f"  {_said(each, names)}")
    print(f"Put down as {made.pk}.")
    return 0


def _said(each: Evidence, names: Mapping[UUID, Body | Person]) -> str:
    who = " together with ".join(str(names[whose]) for whose in each.whose)
    return (
        f"{who}: {each.lacked:,} rows that these copies lack, {each.expected:,.1f} by chance; "
        f"chance of that for anybody {each.corrected:.2g}"
    )
