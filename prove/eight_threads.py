"""Eight threads do acts at once while the log is sequenced: no leaf lost, doubled or reordered.

What order is promised: of one subject, and of one seat, the order is that of the commits.
Between acts that have nothing in common it is whatever it is.
"""

import threading
import time
from collections import defaultdict

from django.db import connections

from prove import house, trail
from prove.house import House
from prove.play import Player, players
from prove.trail import Done
from yelin.catalog.models import CodeCounter, Entry
from yelin.ledger import sequencer

ACTS_A_THREAD = 400
SEQUENCERS = 2
SEED = 20190927


def show(stood: House, scale: float) -> None:  # noqa: C901 - one proof, read from top to end
    """Let eight seats of three bodies act, then hold the log against what they were answered."""
    acts = max(20, round(ACTS_A_THREAD * scale))
    cast = house.appoint(departments=2, stewards=3, officers=2)
    journals: defaultdict[str, list[Done]] = defaultdict(list)
    playing = players(cast, SEED, lambda seat: journals[str(seat.pk)].append)
    assert len(playing) == 8
    faults: list[BaseException] = []
    over = threading.Event()

    def play(player: Player) -> None:
        try:
            done = 0
            while done < acts and not faults:
                done += player.act()
        except BaseException as fault:  # noqa: BLE001 - told by the thread that waits
            faults.append(fault)
        finally:
            connections.close_all()

    def sequence() -> None:
        try:
            sequencer.run(over.is_set)
        except BaseException as fault:  # noqa: BLE001 - told by the thread that waits
            faults.append(fault)
        finally:
            connections.close_all()

    began = time.monotonic()
    sequencing = [threading.Thread(target=sequence) for _ in range(SEQUENCERS)]
    threads = [threading.Thread(target=play, args=(player,)) for player in playing]
    for thread in [*sequencing, *threads]:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    over.set()
    for thread in sequencing:
        thread.join()
    if faults:
        raise AssertionError(f"a thread ended: {faults[0]!r}") from faults[0]

    sequencer.settle()
    leaves = trail.rows()
    assert trail.require_dense(leaves) == len(leaves), "leaves stay pending"
    count = trail.require_journals(leaves, journals)
    entries = trail.require_ways(leaves)
    assert entries == Entry.objects.count(), "an entry has no leaf, or a leaf no entry"
    for counter in CodeCounter.objects.all():
        given = Entry.objects.filter(classification=counter.pk).exclude(code=None).count()
        assert given == counter.last, f"{counter.last} codes given, {given} entries have one"
    late = sum(player.late for player in playing)
    print(f"{count} acts of 8 threads on {entries} entries in {took:.1f} s ({count / took:.0f}/s);")
    print(f"{late} came too late for their entry and left nothing; {SEQUENCERS} sequencers ran.")
    print(stood.require("ledger", "verify"))
