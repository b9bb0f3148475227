"""A process of its own in which seats act until told to stop, writing down what was answered.

One line of JSON for each act, on standard output.
"""

import json
import os
import random
import signal
import sys
import time
from dataclasses import asdict
from uuid import UUID

from prove.play import Player
from prove.trail import Done
from yelin.parties.models import Body, Seat

PAUSE_SECONDS = 0.02


def main(seed: str, *seats: str) -> None:
    """Act, now in this seat and now in that, until a SIGTERM."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    rng = random.Random(seed)  # noqa: S311 - a proof that can be repeated
    playing = [_player(UUID(seat), rng) for seat in seats]
    while not told:
        rng.choice(playing).act()
        time.sleep(PAUSE_SECONDS)


def _player(seat_id: UUID, rng: random.Random) -> Player:
    seat = Seat.objects.select_related("body", "person").get(pk=seat_id)
    elsewhere = Body.objects.filter(kind="department").exclude(pk=seat.body_id).earliest("pk")

    def tell(done: Done) -> None:
        # One write a line, past every buffer: what is told is told even if we die.
        line = json.dumps({"seat": str(seat_id), **asdict(done)}) + "\n"
        os.write(sys.stdout.fileno(), line.encode())

    return Player(seat, elsewhere, rng, tell)
