"""Uploads and releases for tests, through the same acts and the same task as any user's."""

from tests.catalog.makers import make_entry
from tests.parties.makers import make_actor

from yelin.catalog.models import Entry
from yelin.warehouse import acts, tasks
from yelin.warehouse.models import Release, Upload
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

PORTS = "年份,海口港,代码\n2012,7217,007\n2013,8292.8851,008\n2014,8914.9496,009\n"


def make_upload(
    entry: Entry | None = None, text: str | bytes = PORTS, filename="ports.csv", **options
) -> Upload:
    """Bring a file in and prepare it as the worker would."""
    entry = entry or make_entry(state="registered")
    blob = text.encode() if isinstance(text, str) else text
    upload = acts.receive(
        actor=make_actor(entry.provider),
        entry=entry,
        received=receive([blob], filename),
        options=Options(**options),
    )
    tasks.prepare(upload=str(upload.pk))
    upload.refresh_from_db()
    return upload


def make_release(entry: Entry | None = None, text: str | bytes = PORTS, **over) -> Release:
    entry = entry or make_entry()
    upload = make_upload(entry, text, **over)
    return acts.publish(
        actor=make_actor(entry.provider),
        entry=entry,
        upload=upload,
        without_rejected=True,
        as_changed=True,
    )
