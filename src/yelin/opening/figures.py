"""Figures that are the same for everyone: counted once for all who look, and told with the moment.

To count a hundred thousand entries takes longer than a page may take. So what was counted last is
shown, to the minute; whoever looks once it is older has it counted anew by a job, at most once a
minute, and waits for nothing. Only what a stranger may know is counted here, and only numbers are
kept: a list is asked of the gate each time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import structlog
from django.db import connection, transaction
from procrastinate.contrib.django import app
from pydantic import TypeAdapter, ValidationError

from yelin.law import clock
from yelin.opening.models import Figures
from yelin.things import queued

log = structlog.get_logger(__name__)

COUNT = "opening.count"
FRESH = timedelta(minutes=1)
# Where nobody looks they are no older, as long as there is a worker.
OLDEST = timedelta(minutes=10)
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Told(Generic[F]):
    """Figures, and when they were counted."""

    figures: F
    at: datetime


class Kept(Generic[F]):
    """Figures of one kind, which ``count`` counts and the database keeps."""

    def __init__(self, name: str, kind: type[F], count: Callable[[], F]) -> None:
        self.name = name
        self._count = count
        self._adapter = TypeAdapter(kind)

    def look(self) -> Told[F]:
        """Return what was counted last; at once only where that was never done."""
        row, told = self._kept()
        if row is None or told is None:
            return self.renew()
        if self._wants(row):
            self._ask()
        return told

    def renew(self) -> Told[F]:
        """Count anew, unless somebody else did meanwhile; of all who come at once, one counts."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                # Whoever is killed lets it go.
                key = f"{COUNT}:{self.name}"
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
            row, told = self._kept()
            is_asked = row is None or row.asked_at is not None
            if row is not None and told and not is_asked and not _is_old(row.counted_at, FRESH):
                return told
            at = clock.now()
            counted = {
                "said": self._adapter.dump_python(self._count(), mode="json"),
                "counted_at": at,
                "asked_at": None,
            }
            row, _ = Figures.objects.update_or_create(pk=self.name, defaults=counted)
            return Told(self._adapter.validate_python(row.said), at)

    def is_wanted(self) -> bool:
        """Whether they are to be counted anew: asked for, never counted, or old."""
        row = Figures.objects.filter(pk=self.name).first()
        return row is None or row.asked_at is not None or _is_old(row.counted_at, OLDEST)

    def _ask(self) -> None:
        """Have a job count anew: of all who find them old one asks, and nobody waits."""
        with transaction.atomic():
            free = Figures.objects.select_for_update(skip_locked=True).filter(pk=self.name)
            row = free.first()
            if row is not None and self._wants(row):
                Figures.objects.filter(pk=self.name).update(asked_at=clock.now())
                defer()

    def _kept(self) -> tuple[Figures | None, Told[F] | None]:
        """Return the row, and what it says where no other version wrote it in another shape."""
        row = Figures.objects.filter(pk=self.name).first()
        try:
            if row is not None:
                return row, Told(self._adapter.validate_python(row.said), row.counted_at)
        except ValidationError:
            pass
        return row, None

    @staticmethod
    def _wants(row: Figures) -> bool:
        """Whether it is old, and nobody has asked for it of late."""
        asked = row.asked_at
        return _is_old(row.counted_at, FRESH) and (asked is None or _is_old(asked, FRESH))


def _is_old(moment: datetime, age: timedelta) -> bool:
    return moment <= clock.now() - age


def ask_for_all() -> None:
    """Have all counted anew, since what they go by was measured."""
    Figures.objects.update(asked_at=clock.now())
    defer()


def defer() -> None:
    """Have a job count what is wanted."""
    queued.once(app.configure_task(COUNT, lock=COUNT, queueing_lock=COUNT), timestamp=0)


def renew(kinds: Iterable[Kept[Any]]) -> None:
    """Count anew which of ``kinds`` are wanted; one that cannot be counted stays as it was."""
    failed: list[Exception] = []
    for each in kinds:
        try:
            if each.is_wanted():
                each.renew()
        except Exception as error:
            log.exception("figures_not_counted", figures=each.name)
            failed.append(error)
    if failed:
        raise ExceptionGroup("not all figures were counted", failed)
