"""Plain data in its one canonical form (RFC 8785), so that the same has the same digest."""

from hashlib import sha256
from typing import Any

import rfc8785


def digest(said: Any) -> bytes:
    """Return the SHA-256 of plain data in canonical form."""
    return sha256(rfc8785.dumps(said)).digest()
