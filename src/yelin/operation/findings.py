"""What a check found, in words: how grave it is, and how it is mended."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy

from yelin.law import clock


class Level(StrEnum):
    """How grave a finding is; only what is wrong makes ``yelin doctor`` fail."""

    WELL = "well"
    WATCH = "watch"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: ``name`` is the check, ``mend`` what to do, both in words."""

    level: Level
    name: str
    says: str
    mend: str = ""

    @property
    def title(self) -> str:
        """What the check looks at."""
        return str(TITLES[self.name])

    def as_dict(self) -> dict[str, Any]:
        """Return the finding for programs."""
        return asdict(self)


TITLES = {
    "database": gettext_lazy("Database"),
    "durability": gettext_lazy("Durability of acts"),
    "collation": gettext_lazy("Order of words"),
    "migrations": gettext_lazy("Shape of the database"),
    "clocks": gettext_lazy("Clocks"),
    "pack": gettext_lazy("Statute pack"),
    "calendar": gettext_lazy("Working calendar"),
    "keys": gettext_lazy("Keys"),
    "ledger": gettext_lazy("Ledger"),
    "store": gettext_lazy("Store"),
    "disk": gettext_lazy("Disk"),
    "copies": gettext_lazy("Quick answers"),
    "worker": gettext_lazy("Workers"),
    "streams": gettext_lazy("Long streams"),
    "queue": gettext_lazy("Queue"),
    "failed": gettext_lazy("Failed jobs"),
    "terms": gettext_lazy("Terms"),
    "keeping": gettext_lazy("Terms of keeping"),
    "certificate": gettext_lazy("Certificate"),
    "watching": gettext_lazy("Watching from outside"),
    "releases": gettext_lazy("Versions"),
}


def well(name: str, says: str) -> Finding:
    """Return that all is as it should be."""
    return Finding(Level.WELL, name, says)


def watch(name: str, says: str, mend: str = "") -> Finding:
    """Return what is to be seen to before it is wrong."""
    return Finding(Level.WATCH, name, says, mend)


def wrong(name: str, says: str, mend: str) -> Finding:
    """Return what is wrong now."""
    return Finding(Level.WRONG, name, says, mend)


def first_line(error: Exception) -> str:
    """Return what an error says first."""
    return str(error).strip().partition("\n")[0]


def age(since: datetime | None) -> timedelta:
    """Return how long ago a moment was; of none, no time at all."""
    return clock.now() - since if since else timedelta()


def minutes(span: timedelta) -> int:
    """Return whole minutes."""
    return int(span.total_seconds() // 60)
