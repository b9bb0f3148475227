"""Lists of who agreed are read as soon as there is a newer version of one."""

from contextlib import suppress

import structlog
from procrastinate.contrib.django import app

from yelin.keys.models import Destroyed
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor
from yelin.privacy import list_acts, listing
from yelin.warehouse.agreed import NoSuchItem

log = structlog.get_logger(__name__)


@app.periodic(cron="* * * * *")
@app.task(
    name="privacy.take_lists",
    queue="data",
    queueing_lock="privacy.take_lists",
    pass_context=False,
)
def take_lists(timestamp: int = 0) -> None:
    """Take what is new of each list; what cannot be read keeps no other waiting."""
    del timestamp
    for listed, release in listing.due():
        try:
            listing.make_ready(listed, release)
            with suppress(OutOfTurn):
                # Ended, or taken by another, in this very moment.
                list_acts.take_list(
                    actor=Actor.system("consents"),
                    listed=listed,
                    purpose=listed.purpose,
                    release=release,
                )
        except (NoSuchItem, Destroyed) as fault:
            log.warning("list_not_taken", listed=str(listed.pk), fault=type(fault).__name__)
