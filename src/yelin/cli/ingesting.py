"""``yelin ingest``: the same acts as the page, with progress in the terminal."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils import translation

from yelin.catalog import reads
from yelin.catalog.models import code_of
from yelin.cli import refusing
from yelin.config import config
from yelin.files.places import pieces
from yelin.parties.actor import Actor
from yelin.surface import actor as asking
from yelin.surface import problems, telling
from yelin.warehouse import acts
from yelin.warehouse import reads as warehouse
from yelin.warehouse.grounded import Ground
from yelin.warehouse.models import Upload, UploadState
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive
from yelin.web import words

POLL_SECONDS = 0.3
PATIENCE_SECONDS = 5.0
NO_WORKER = (
    "No worker is running, so the file waits. Start one: yelin worker (yelin demo starts one too)."
)
INTERRUPTED = 130  # as shells count a command that Ctrl-C ended


def ingest(
    code: str,
    file: Path,
    token: str,
    options: Options,
    publish: bool,
    without_rejected: bool,
    as_changed: bool = False,
    grounds: tuple[Ground, ...] = (),
) -> int:
    """Bring ``file`` in and wait until it is prepared by a worker; return the exit status."""
    with translation.override("en"):
        try:
            return _ingest(
                code,
                file,
                token,
                options,
                publish or without_rejected or as_changed or bool(grounds),
                without_rejected,
                as_changed,
                grounds,
            )
        except problems.FORESEEN as error:
            refusing.tell(problems.of(error))
            return 1


def _ingest(
    code: str,
    file: Path,
    token: str,
    options: Options,
    publish: bool,
    without_rejected: bool,
    as_changed: bool = False,
    grounds: tuple[Ground, ...] = (),
) -> int:
    actor = asking.of_token(token).actor
    entry = reads.get(actor, code=code_of(code))
    upload = acts.receive(
        actor=actor,
        entry=entry,
        received=receive(pieces(file.open("rb")), file.name),
        options=options,
    )
    page = f"{config.url}/desk/uploads/{upload.pk}/"
    try:
        upload = _watch(actor, upload)
    except KeyboardInterrupt:
        print(
            "\nThe file was received and a worker will prepare it; nothing was published."
            f" Look later at {page}",
            file=sys.stderr,
        )
        return INTERRUPTED
    if upload.state == UploadState.FAILED:
        said = telling.said(upload.error["says"], upload.error["params"])
        print(f"The file cannot be used: {said}", file=sys.stderr)
        return 1
    if upload.contents:
        print(f"Files: {len(upload.contents):,}.")
    else:
        print(f"Rows that conform: {upload.given:,}; rejected: {upload.rejected:,}.")
        for line in _found(upload.report):
            print(line)
    if not upload.contents and upload.mode.merges:
        told = upload.report["merged"]
        counts = (f"{told[name]:,} {name}" for name in ("added", "changed", "removed", "unchanged"))
        print(f"Into version {told['base']}: {', '.join(counts)}; rows in all: {upload.rows:,}.")
    for line in _asked(upload):
        print(line)
    print(page)
    if not publish:
        return 0
    release = acts.publish(
        actor=actor,
        entry=upload.entry,
        upload=upload,
        without_rejected=without_rejected,
        as_changed=as_changed,
        grounds=grounds,
    )
    print(f"Published as version {release.number}.")
    return 0


def _found(report: dict[str, Any]) -> Iterator[str]:
    """Say how a file was read, what was noticed, why cells were refused, who may be in it."""
    source = report["source"]
    ways = [source["encoding"].upper(), source["kind"].upper()]
    if source["delimiter"].isprintable() and source["delimiter"]:
        ways.append(f"delimiter {source['delimiter']}")
    if source["header_line"]:
        ways.append(f"header in line {source['header_line']}")
    yield f"Read as {', '.join(way for way in ways if way)}."
    for each in report["notices"]:
        yield telling.said(each["message_id"], each["params"])
    for each in report["causes"]:
        at = f"{each['column']}: " if each["column"] else ""
        yield f"{at}{each['count']:,} × {words.word('reason', each['reason']).says}"
    for each in report["personal"]:
        such = ", ".join(each.get("samples", ()))
        yield (
            f"{each['column']} seems to hold {words.word('personal', each['kind']).says}"
            f"{f', such as {such}' if such else ''}."
        )


def _asked(upload: Upload) -> Iterator[str]:
    """Say what is asked about a file and what could be mended, each with the flag that answers."""
    asked = upload.report.get("asked", {})
    for each in asked.get("columns", []):
        headers = ", ".join(one["header"] for one in each["candidates"])
        yield f"Which column is {each['item']}? --column {each['item']}=… of {headers}"
    for each in asked.get("orders", []):
        yield f"Day or month first in {each['item']}? --dates {each['item']}=dmy or =mdy"
    for each in upload.report.get("offers", []):
        came, became = each["examples"][0]
        says = f"{each['count']:,} cells, such as {came!r} to {became!r}"
        yield f"To mend {says}: --mend {each['item']}={each['rule']}"
    if upload.report.get("changed"):
        yield "The columns differ from those of the last version: --as-changed accepts that."


def _watch(actor: Actor, upload: Upload) -> Upload:
    shown = sys.stderr.isatty()
    ask_at: float | None = time.monotonic() + PATIENCE_SECONDS
    while not upload.is_settled:
        time.sleep(POLL_SECONDS)
        upload = warehouse.upload(actor, upload.pk)
        if ask_at is not None and time.monotonic() > ask_at:
            ask_at = time.monotonic() + PATIENCE_SECONDS
            if not warehouse.a_worker_lives():
                ask_at = None
                print(f"\n{NO_WORKER}" if shown else NO_WORKER, file=sys.stderr)
        if shown:
            pace = f" {upload.rows_per_second:,.0f} rows/s" if upload.rows_per_second else ""
            left = f" {upload.seconds_left:,.0f} s left" if upload.seconds_left else ""
            line = (
                f"{upload.stage or 'waiting for the worker':24}{upload.fraction:6.0%}{pace}{left}"
            )
            print(f"\r{line:78}", end="", file=sys.stderr)
    if shown:
        print(file=sys.stderr)
    return upload
