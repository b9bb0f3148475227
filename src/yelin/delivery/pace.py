"""How often somebody is answered in an hour: as a grant says, or as is fair where all may ask."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from uuid import UUID

from django.db import connection

from yelin.delivery.models import Pace
from yelin.gate import Decision
from yelin.keys.digests import keyed
from yelin.law import clock

HOUR_SECONDS = 3600
_OF_FOUR = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"(?:{_OF_FOUR}\.){{3}}{_OF_FOUR}")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many answers in an hour of the clock, under one name and for one asker."""

    name: str
    most: int
    of: bytes

    @classmethod
    def borne(cls, decision: Decision, most: int) -> "Limit":
        """Return the limit that a decision lays on: of its grant, or of its party and thing."""
        of = decision.grant_id or f"{decision.actor.party_id} {decision.thing_id}"
        return cls.of_grant(of, most)

    @classmethod
    def of_grant(cls, of: UUID | str, most: int) -> "Limit":
        """Return the limit of a grant by its id, or of what stands for one."""
        return cls("grant", most, hashlib.sha256(f"grant {of}".encode()).digest())

    @classmethod
    def fair(cls, person: UUID | None, address: str, most: int) -> "Limit":
        """Return the limit of what is open to all, for a person or, unnamed, for an address."""
        if person is not None:
            return cls("fair-use", most, hashlib.sha256(f"person {person}".encode()).digest())
        # The key changes every day, and the row goes with its hour: no address can be found again.
        day = f"delivery.pace.{clock.today()}"
        return cls("fair-use", most, keyed(day, _network(address)))


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a limit, and after how many seconds it begins anew."""

    name: str
    most: int
    left: int
    seconds: int


class TooOften(Exception):
    """The limit of this hour is used up; ``left`` says which, and until when."""

    def __init__(self, left: Left) -> None:
        super().__init__(f"{left.name}: {left.most} an hour")
        self.left = left


# One statement, so that two who ask in the same moment are counted one after the other.
_TAKE = """
    INSERT INTO delivery_pace (of, hour, used)
    SELECT %(of)s, %(hour)s, %(many)s WHERE %(many)s <= %(most)s
    ON CONFLICT (of, hour) DO UPDATE SET used = delivery_pace.used + %(many)s
    WHERE delivery_pace.used + %(many)s <= %(most)s RETURNING used
"""


def take(limit: Limit, many: int = 1) -> Left:
    """Take so ``many`` answers from ``limit``, or none, exactly, however many ask at once.

    Raises ``TooOften``.
    """
    hour = clock.this_hour()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"of": limit.of, "hour": hour, "most": limit.most, "many": many})
        taken = cursor.fetchone()
    return left(limit, hour, taken[0] if taken else None)


def left(limit: Limit, hour: datetime, used: int | None) -> Left:
    """Return what is left where so many are ``used``; raises ``TooOften`` where none was had."""
    found = Left(limit.name, limit.most, limit.most - (used or limit.most), _seconds_left(hour))
    if used is None:
        raise TooOften(found)
    return found


def standing(limit: Limit) -> Left:
    """Return what is left of ``limit``, and take nothing from it."""
    hour = clock.this_hour()
    used = Pace.objects.filter(of=limit.of, hour=hour).values_list("used", flat=True).first() or 0
    return Left(limit.name, limit.most, max(0, limit.most - used), _seconds_left(hour))


def forget() -> None:
    """Forget the counts of every hour that is over."""
    Pace.objects.filter(hour__lt=clock.this_hour()).delete()


def _seconds_left(hour: datetime) -> int:
    return HOUR_SECONDS - int((clock.now() - hour).total_seconds())


def _network(address: str) -> str:
    """Return what stands for one asker: an IPv4 address, or the /64 that an IPv6 one is of."""
    # It has one form only, and most askers have one.
    if _IPV4.fullmatch(address):
        return address
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
