"""By what certificates of servers are checked."""

import ssl
from functools import lru_cache

# Reading all authorities of a machine takes longer than a whole message.
_KEPT = 256


@lru_cache(_KEPT)
def trusting(authority: str = "") -> ssl.SSLContext:
    """Return what trusts the certificates in ``authority`` (PEM); without, this machine's.

    Whoever asks for the same shares it, so nobody changes it. Raises ``SSLError`` where it cannot
    be read.
    """
    return ssl.create_default_context(cadata=authority or None)
