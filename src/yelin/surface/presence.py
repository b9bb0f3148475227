"""Whether whoever asked is still there: the server tells nobody while an answer is made."""

import time
from collections.abc import Callable

import psutil

EVERY_SECONDS = 1.0
_Line = tuple[str, int]


def of(address: str) -> Callable[[], bool]:
    """Return what says whether somebody at ``address``, who asks now, may still be there.

    Which of the lines from there is theirs is not told, so they are gone once all are closed that
    were open when that was first asked. Where none is seen to begin with, nobody is missed.
    """
    lines: set[_Line] = set()
    asked = -EVERY_SECONDS

    def is_there() -> bool:
        nonlocal asked
        now = time.monotonic()
        if now - asked < EVERY_SECONDS:
            return True
        if asked < 0:
            lines.update(_open_from(address))
            is_missed = False
        else:
            is_missed = bool(lines) and lines.isdisjoint(_open_from(address))
        asked = now
        return not is_missed

    return is_there


def _open_from(address: str) -> set[_Line]:
    """Return the lines from ``address`` that are open at the doors of this process."""
    found = psutil.Process().net_connections("tcp")
    doors = {each.laddr.port for each in found if each.status == psutil.CONN_LISTEN}
    return {
        tuple(each.raddr)
        for each in found
        if each.status == psutil.CONN_ESTABLISHED
        and each.laddr.port in doors
        and each.raddr.ip == address
    }
