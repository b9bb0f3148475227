"""Answers that are counted before they are made, for whoever asks for many one after the other.

To count an answer is a write, and takes longer than to find its rows. So whoever has asked for many
of one resource, without a pause, is counted for the next few at once; what they have not asked for
a moment later is given back. No answer leaves uncounted, and no limit is passed: it is only used a
little earlier. A process that is killed meanwhile has counted too many, never too few.
"""

import math
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import DatabaseError, connection

from yelin.delivery.pace import HOUR_SECONDS, Limit
from yelin.law import clock
from yelin.things import prepared
from yelin.things.lately import Lately

# Who pauses for longer does not ask one after the other; so many have to have been.
PAUSE_SECONDS, WARM = 0.1, 8
# One for so many that were asked before, up to so many; of what a limit leaves, the same part.
PART, MOST = 4, 128
# How long they are for whoever asked, and what is left of its hour before no more are taken.
SECONDS, LAST_SECONDS = 1.0, 10
LOOK_SECONDS = 0.1
MOST_ASKERS = 10_000

_LOG = structlog.get_logger("yelin.delivery")
# As an answer is counted: whoever asks for the same does not wait for the disk (0056).
_GIVE_BACK = """
    WITH given AS (
        UPDATE delivery_pace SET used = used - %(many)s
         WHERE of = %(of)s AND hour = %(hour)s AND used >= %(many)s
           AND set_config('synchronous_commit', 'off', true) = 'off'
    )
    UPDATE delivery_tally SET queries = queries - %(many)s
     WHERE entry_id = %(entry)s AND hour = %(hour)s AND closed_at IS NULL RETURNING 1
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """What answers are counted for: a resource, whose limit, and an hour."""

    entry: UUID
    of: bytes
    hour: datetime


@dataclass(slots=True)
class _Row:
    """When somebody asked last, how often without a pause, and what their limit left them."""

    at: float
    many: int = 0
    left: int = 0


@dataclass(slots=True)
class _Ahead:
    """So many answers are counted and not made; with them, so much of the limit is ``used``."""

    left: int = 0
    used: int = 0
    until: float = 0.0


class Ahead:
    """What this process has counted ahead."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: Lately[_Row] = Lately(MOST_ASKERS)
        self._ahead: dict[Counted, _Ahead] = {}
        self._giving: threading.Thread | None = None
        self._now = threading.Event()

    def take(self, of: Counted) -> int | None:
        """Take an answer that is counted already; None where it has to be counted.

        Return how much of the limit was used with it.
        """
        now = time.monotonic()
        row = self._rows.get(of)
        if row is None:
            self._rows.keep(of, row := _Row(now))
        with self._lock:
            row.many = row.many + 1 if now - row.at < PAUSE_SECONDS else 1
            row.at = now
            has = self._ahead.get(of)
            if has is None or not has.left or now >= has.until:
                return None
            has.left -= 1
            return has.used - has.left

    def many(self, of: Counted) -> int:
        """Return for how many answers one is to be counted who takes one now, that one included."""
        row = self._rows.get(of) or _Row(0.0)
        gone = (clock.now() - of.hour).total_seconds()
        # What is counted within somebody's transaction may never have been.
        if row.many < WARM or gone > HOUR_SECONDS - LAST_SECONDS or connection.in_atomic_block:
            return 1
        return max(1, min(row.many // PART, row.left // PART, MOST))

    def keep(self, of: Counted, many: int, used: int, limit: Limit | None) -> None:
        """Keep what was counted beyond the one answer that is made now."""
        if row := self._rows.get(of):
            row.left = limit.most - used if limit else MOST * PART
        if many > 1:
            self._add(of, many - 1, used, time.monotonic() + SECONDS)

    def put_back(self, of: Counted) -> None:
        """Put back an answer that was taken and does not leave."""
        self._add(of, 1, 0, 0.0)

    def give_back(self) -> None:
        """Give back now what was counted ahead and not asked for, and wait until it is."""
        if giving := self._giving:
            self._now.set()
            giving.join()

    def _add(self, of: Counted, many: int, used: int, until: float) -> None:
        with self._lock:
            has = self._ahead.setdefault(of, _Ahead())
            has.left += many
            has.used, has.until = max(has.used, used), max(has.until, until)
            if self._giving is None:
                # No daemon, as threads of the server are: whoever is told to stop gives back first.
                self._now.clear()
                self._giving = threading.Thread(
                    target=self._go_on_giving, name="counted-ahead", daemon=False
                )
                self._giving.start()

    def _go_on_giving(self) -> None:
        """Give back what nobody has taken in time, until there is nothing more."""
        try:
            while True:
                ends = self._has_to_end()
                with self._lock:
                    now = math.inf if ends else time.monotonic()
                    over = [of for of, has in self._ahead.items() if now >= has.until]
                    given = [(of, self._ahead.pop(of).left) for of in over]
                for of, many in given:
                    if many:
                        _give(of, many)
                with self._lock:
                    if not self._ahead:
                        self._giving = None
                        return
        finally:
            connection.close()

    def _has_to_end(self) -> bool:
        """Wait a moment, and say whether all has to be given back now."""
        until = time.monotonic() + SECONDS
        main = threading.main_thread()
        while time.monotonic() < until:
            if self._now.wait(LOOK_SECONDS) or not main.is_alive():
                return True
        return False


def _give(of: Counted, many: int) -> None:
    try:
        prepared.rows(_GIVE_BACK, many=many, of=of.of, hour=of.hour, entry=of.entry)
    except DatabaseError:
        # Too many are counted then, as where the process is killed.
        _LOG.exception("counted_ahead_not_given_back", many=many)
