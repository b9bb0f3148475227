"""What programs have computed: where others are at work, too, it says more than the time passed."""

import contextlib

import psutil
from django.db import connection

Seconds = dict[int, float]


def seconds(*pids: int) -> Seconds:
    """Return for these processes and their children what each took of the processors so far."""
    found: Seconds = {}
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            parent = psutil.Process(pid)
            for each in (parent, *parent.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    times = each.cpu_times()
                    found[each.pid] = times.user + times.system
    return found


def spent(before: Seconds, after: Seconds) -> float:
    """Return what was taken between two looks."""
    return sum(now - before.get(pid, 0) for pid, now in after.items())


def database() -> list[int]:
    """Return the server of our own database, where it runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (mine,) = cursor.fetchone()
    server = psutil.Process(mine).parent() if psutil.pid_exists(mine) else None
    return [server.pid] if server else []
