"""What this process found lately and need not find again, up to so much of it."""

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

V = TypeVar("V")


class Lately(Generic[V]):
    """Values by key, those used last; together they weigh no more than ``most``."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._lock = threading.Lock()
        self._found: OrderedDict[object, tuple[V, int]] = OrderedDict()

    def get(self, key: object) -> V | None:
        """Return what was kept under ``key``; nothing where that is forgotten."""
        with self._lock:
            found = self._found.get(key)
            if found is None:
                return None
            self._found.move_to_end(key)
            return found[0]

    def keep(self, key: object, value: V, weight: int = 1) -> None:
        """Keep ``value`` under ``key``, and forget what was not used for longest."""
        with self._lock:
            self._weight += weight - self._found.pop(key, (None, 0))[1]
            self._found[key] = value, weight
            while self._weight > self._most:
                self._weight -= self._found.popitem(last=False)[1][1]

    def forget(self, key: object) -> None:
        """Forget what was kept under ``key``."""
        with self._lock:
            self._weight -= self._found.pop(key, (None, 0))[1]
