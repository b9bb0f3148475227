"""The most memory that a process held, as the kernel tells it."""

import re
from pathlib import Path

MIB = 1 << 20


def peak(pid: int | str = "self") -> int:
    """Return how many bytes a process held at most.

    Not ``ru_maxrss``: through exec that keeps the peak of the process that started this one. Raises
    ``OSError`` where there is no such process, ``LookupError`` where the kernel does not tell.
    """
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    if not found:
        raise LookupError("the kernel does not tell the peak memory")
    return int(found[1]) << 10
