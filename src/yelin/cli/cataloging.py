"""``yelin catalog``: whole catalogs in and out, by the same acts as the page."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from django.utils import translation

from yelin.catalog.models import Entry
from yelin.cli import refusing
from yelin.cli.ingesting import INTERRUPTED, NO_WORKER, PATIENCE_SECONDS, POLL_SECONDS
from yelin.compiling import acts, reads, writing
from yelin.compiling.models import Import, ImportState, Outcome
from yelin.config import config
from yelin.files.places import pieces
from yelin.law import duties
from yelin.law.refusals import Incomplete, Unlawful
from yelin.parties.actor import Actor
from yelin.surface import actor as asking
from yelin.surface import problems, telling
from yelin.warehouse.reads import a_worker_lives
from yelin.warehouse.receive import receive

DONE = {
    Outcome.MAKE: "made",
    Outcome.CHANGE: "changed",
    Outcome.KEEP: "unchanged",
    Outcome.REFUSE: "refused",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a file is read, and whether it is entered once that is known."""

    mapping: str
    sheet: str
    run: bool


def import_(file: Path, token: str, wanted: Wanted) -> int:
    """Bring a catalog in, say what it would do, and enter it if asked; return the exit status."""
    with translation.override("en"):
        try:
            return _import(file, token, wanted)
        except problems.FORESEEN as error:
            refusing.tell(problems.of(error))
            return 1


def _import(file: Path, token: str, wanted: Wanted) -> int:
    asker = asking.of_token(token)
    if asker.seat is None:
        says = "Only a data steward brings in a catalog, and only for the steward's own body."
        raise Unlawful(duties.CATALOG_COMPILE, says)
    batch = acts.receive(
        actor=asker.actor,
        body=asker.seat.body,
        received=receive(pieces(file.open("rb")), file.name),
        mapping=wanted.mapping,
        sheet=wanted.sheet,
        state_secret=False,
    )
    page = f"{config.url}/desk/imports/{batch.pk}/"
    try:
        batch = _watch(asker.actor, batch)
        if batch.state == ImportState.READY:
            _tell(batch)
            if wanted.run:
                batch = _watch(asker.actor, acts.run(actor=asker.actor, batch=batch))
                _tell(batch)
    except KeyboardInterrupt:
        print(f"\nThe work goes on without you. Look later at {page}", file=sys.stderr)
        return INTERRUPTED
    if batch.error:
        said = telling.said(batch.error["says"], batch.error["params"])
        print(f"{batch.get_state_display()}: {said}", file=sys.stderr)
    print(page)
    return 0 if batch.state in {ImportState.READY, ImportState.DONE} else 1


def _tell(batch: Import) -> None:
    done = batch.state == ImportState.DONE
    counted = reads.tally(batch)
    told = ", ".join(f"{counted[each].resources:,} {DONE[each]}" for each in Outcome)
    rows = sum(each.rows for each in counted.values())
    print(f"{'Entered' if done else 'Would be'}: {told}; rows accounted for: {rows:,}.")


def _watch(actor: Actor, batch: Import) -> Import:
    shown = sys.stderr.isatty()
    ask_at = time.monotonic() + PATIENCE_SECONDS
    batch = reads.get(actor, batch.pk)
    while not batch.is_settled:
        time.sleep(POLL_SECONDS)
        batch = reads.get(actor, batch.pk)
        if time.monotonic() > ask_at:
            ask_at = float("inf")
            if not a_worker_lives():
                print(NO_WORKER, file=sys.stderr)
        if shown:
            pace = f" {batch.rows_per_second:,.0f} rows/s" if batch.rows_per_second else ""
            left = f" {batch.seconds_left:,.0f} s left" if batch.seconds_left else ""
            line = f"{batch.state:24}{batch.fraction:6.0%}{pace}{left}"
            print(f"\r{line:78}", end="", file=sys.stderr)
    if shown:
        print(file=sys.stderr)
    return batch


def export(file: Path, token: str) -> int:
    """Write what the token's holder, or anyone, may know of; return the exit status."""
    format_ = file.suffix.removeprefix(".").lower()
    with translation.override("en"):
        try:
            if format_ not in writing.MEDIA_TYPES:
                known = " or ".join(f".{name}" for name in writing.MEDIA_TYPES)
                raise Incomplete.at("FILE", "End the name in {known}.", params={"known": known})
            actor = asking.of_token(token).actor if token else Actor.anyone()
            with file.open("wb") as target:
                count = writing.write(target, format_, actor, Entry.objects.all())
        except problems.FORESEEN as error:
            refusing.tell(problems.of(error))
            return 1
    print(f"Entries written to {file}: {count:,}.")
    return 0
