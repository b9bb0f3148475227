"""A verifier whose proof and signature code is not ours accepts the log, and finds what is changed.

The program in Go (``prove/tlog``) reads the running server's tiles over HTTP. Where Go or Debian's
``golang-golang-x-mod-dev`` is not installed nothing is shown, and this says so.
"""

import subprocess
from pathlib import Path

from prove import house, tlog
from prove.house import House
from prove.play import players
from yelin.ledger import history, log, sequencer
from yelin.ledger.models import Leaf

ACTS = 1_200


def show(stood: House, scale: float) -> None:
    """Grow a log by real acts, have it verified by Go, change one row, have it verified again."""
    if not tlog.is_possible():
        print(f"SKIPPED: this needs {tlog.NEEDS}")
        return
    _grow(max(40, round(ACTS * scale)))
    stood.start("serve")
    program = tlog.build(stood.home)
    older = stood.home / "older"
    older.write_text(next(history.read_checkpoints(log.checkpoint_file())))
    done = _verify(stood, program, older)
    assert done.returncode == 0, f"Go does not accept the log: {done.stdout}{done.stderr}"
    size = log.published_size()
    assert done.stdout.strip() == f"ok {size} leaves", done.stdout
    print(f"Go's sumdb/tlog and sumdb/note: {done.stdout.strip()}, and an older checkpoint")
    changed = Leaf.objects.get(index=size // 2)
    Leaf.objects.filter(pk=changed.pk).update(h=bytes(32))
    done = _verify(stood, program, older)
    assert done.returncode == 1, "Go accepts a log in which a row was changed"
    assert f"entry {changed.index} " in done.stdout, done.stdout
    print(f"one row changed: {done.stdout.splitlines()[0]}")
    changed.save(update_fields=["h"])


def _grow(count: int) -> None:
    cast = house.appoint(departments=2, stewards=2, officers=1)
    playing = players(cast, 1, lambda _: lambda _: None)
    for number in range(count):
        playing[number % len(playing)].act()
        if number % (count // 4) == 0:
            sequencer.settle()
    sequencer.settle()


def _verify(stood: House, program: Path, older: Path) -> "subprocess.CompletedProcess[str]":
    words = [program, "-vkey", str(log.verifier_key()), f"{stood.url}/ledger", older]
    return subprocess.run(words, capture_output=True, text=True, check=False)
