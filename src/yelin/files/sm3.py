"""SM3 (GB/T 32905) of bytes as they come: by libgcrypt where it is installed, else by OpenSSL.

It takes longer than anything else that is made of a file while it comes, and each stretch of it
needs the one before. OpenSSL writes it in C; libgcrypt has it for what processors can do today.
"""

import ctypes
import weakref
from functools import cache
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SM3, Hash

_NAME, _SINCE = "libgcrypt.so.20", b"1.10.0"
# From its header, gcrypt.h: these numbers never change.
_MD_SM3, _DISABLE_SECMEM, _INITIALIZATION_FINISHED = 326, 37, 38
_BYTES = 32
# GB/T 32905-2016, appendix A.1.
_KNOWN = b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


class Hashing(Protocol):
    """A digest on its way."""

    def update(self, data: bytes, /) -> None:
        """Take more."""

    def finalize(self) -> bytes:
        """Return the digest of all that came; nothing comes after it."""


class ByGcrypt:
    """A digest on its way in libgcrypt, which holds no lock of ours while it works."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self._handle = ctypes.c_void_p()
        if library.gcry_md_open(ctypes.byref(self._handle), _MD_SM3, 0):
            raise OSError("libgcrypt makes no SM3")
        weakref.finalize(self, library.gcry_md_close, self._handle)

    def update(self, data: bytes, /) -> None:
        """Take more."""
        self._library.gcry_md_write(self._handle, data, len(data))

    def finalize(self) -> bytes:
        """Return the digest of all that came."""
        return ctypes.string_at(self._library.gcry_md_read(self._handle, _MD_SM3), _BYTES)


def sm3() -> Hashing:
    """Return a new digest, of which nothing came yet."""
    library = fast()
    return ByGcrypt(library) if library else Hash(SM3())


@cache
def fast() -> ctypes.CDLL | None:
    """Return libgcrypt, ready; none where it is not there, too old, or answers wrongly."""
    try:
        library = ctypes.CDLL(_NAME)
        library.gcry_check_version.restype = ctypes.c_char_p
        library.gcry_md_read.restype = ctypes.c_void_p
        library.gcry_md_read.argtypes = [ctypes.c_void_p, ctypes.c_int]
        library.gcry_md_write.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
        library.gcry_md_write.restype = library.gcry_md_close.restype = None
        library.gcry_md_close.argtypes = [ctypes.c_void_p]
        if not library.gcry_check_version(_SINCE):
            return None
        # What it digests is no secret of its own that would have to be kept from the disk.
        library.gcry_control(_DISABLE_SECMEM, 0)
        library.gcry_control(_INITIALIZATION_FINISHED, 0)
        digest = ByGcrypt(library)
    except (OSError, AttributeError):
        return None
    told, expected = _KNOWN
    digest.update(told)
    return library if digest.finalize().hex() == expected else None
