"""``yelin ledger bundle``: write evidence that proves itself elsewhere."""

import re
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from django.utils import translation

from yelin.cases import reads as cases
from yelin.catalog import reads as catalog
from yelin.cli import refusing
from yelin.parties.actor import Actor
from yelin.surface import actor as asking
from yelin.surface import evidence, problems

_NUMBER = re.compile(r"[A-Z]{2}-\d{4}-\d{6,}")


def write(named: Sequence[str], path: Path, token: str) -> int:
    """Write the bundle of what is named to ``path``; return the exit status."""
    codes = [each for each in named if "/" in each]
    numbers = [each for each in named if _NUMBER.fullmatch(each)]
    receipts = [each for each in named if each not in {*codes, *numbers}]
    with translation.override("en"):
        try:
            actor = asking.of_token(token).actor if token else Actor.anyone()
            entries = [catalog.get(actor, code=code) for code in codes]
            matters = [evidence.parts_of(cases.get(actor, number)) for number in numbers]
            bundle = evidence.gather(actor, subjects=chain(entries, *matters), receipts=receipts)
        except problems.FORESEEN as error:
            refusing.tell(problems.of(error))
            return 1
        except evidence.NothingSigned:
            print("Nothing of it that you may have is signed yet.", file=sys.stderr)
            return 1
    path.write_text(bundle.to_json(), encoding="utf-8")
    print(f"Leaves: {len(bundle.leaves)}. Verify them anywhere: yelin verify {path}")
    return 0
