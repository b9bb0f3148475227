"""When verification looks like enumeration (枚举): told from counts, for no key is kept."""

import math
from dataclasses import dataclass
from enum import IntEnum

# So many bits tell how many different ones there were: about one in a hundred astray.
BITS = 16_384


class Level(IntEnum):
    """How grave it looks."""

    QUIET = 0
    ALARM = 1
    STOP = 2


@dataclass(frozen=True, slots=True)
class Counts:
    """What one asker asked of one resource in an hour: how many questions, in how many none held.

    ``keys`` and ``stems`` are the bits that its keys and their beginnings set.
    """

    asked: int
    missed: int
    keys: int
    stems: int

    @property
    def neighbours(self) -> int:
        """About how many keys differ from another one in their last signs only."""
        return max(0, _different(self.keys) - _different(self.stems))


@dataclass(frozen=True, slots=True)
class Bounds:
    """From how many suspicious questions in an hour on somebody is told, and it is stopped."""

    alarm: int
    stop: int


def level(counts: Counts, bounds: Bounds) -> Level:
    """Return how grave it looks that so much was asked.

    Misses and neighbours count where they are at least half of what was asked: who checks many
    people meets some of both.
    """
    misses = counts.missed if counts.missed * 2 >= counts.asked else 0
    neighbours = counts.neighbours if counts.neighbours * 2 >= _different(counts.keys) else 0
    suspicious = max(misses, neighbours)
    if suspicious >= bounds.stop:
        return Level.STOP
    return Level.ALARM if suspicious >= bounds.alarm else Level.QUIET


def stem(key: str) -> str:
    """Return the key without its last signs, by which neighbours differ: a quarter, two at least.

    Of an identity number that leaves region and day of birth.
    """
    return key[: -max(2, len(key) // 4)]


def _different(bits: int) -> int:
    """Return about how many different ones set so many bits (linear counting)."""
    return round(-BITS * math.log(max(1, BITS - bits) / BITS))
