"""``yelin ledger bundle``: write evidence that proves itself elsewhere."""

import sys
from collections.abc import Sequence
from pathlib import Path

from django.utils import translation

from yelin.catalog import reads as catalog
from yelin.cli import refusing
from yelin.parties.actor import Actor
from yelin.surface import actor as asking
from yelin.surface import evidence, problems


def write(named: Sequence[str], path: Path, token: str) -> int:
    """Write the bundle of what is named to ``path``; return the exit status."""
    codes = [each for each in named if "/" in each]
    receipts = [each for each in named if "/" not in each]
    with translation.override("en"):
        try:
            actor = asking.of_token(token).actor if token else Actor.anyone()
            subjects = [catalog.get(actor, code=code) for code in codes]
            bundle = evidence.gather(actor, subjects=subjects, receipts=receipts)
        except problems.FORESEEN as error:
            refusing.tell(problems.of(error))
            return 1
        except evidence.NothingSigned:
            print("Nothing of it that you may have is signed yet.", file=sys.stderr)
            return 1
    path.write_text(bundle.to_json(), encoding="utf-8")
    print(f"{len(bundle.leaves)} leaves. Verify them anywhere: yelin verify {path}")
    return 0
