"""Cursors: where a page ended, in a form that only we can read, bound to what was asked of what.

What lies within may be a value of somebody's row, or tell how many rows were left out before it; so
it is sealed. The same place has the same cursor, so that an answer has one form.
"""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic_core import to_json

from yelin.keys.digests import keyed
from yelin.law.refusals import Incomplete
from yelin.warehouse.question import Operand

_NONCE = 12
_KINDS: dict[str, Callable[[str], Operand]] = {
    "bool": lambda text: text == "True",
    "int": int,
    "float": float,
    "str": str,
    "Decimal": Decimal,
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
}


def write(offset: int, last: tuple[Operand | None, ...], bound: str) -> str:
    """Return the cursor that goes on behind a ``last`` row, ``offset`` rows from the beginning."""
    keys = [None if value is None else [type(value).__name__, str(value)] for value in last]
    plain = to_json([offset, keys])
    # Of what it seals, so that none ever seals two things.
    nonce = _digest("nonce", bound.encode() + plain)[:_NONCE]
    sealed = nonce + _cipher().encrypt(nonce, plain, bound.encode())
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read(cursor: str, bound: str) -> tuple[int, tuple[Operand | None, ...]]:
    """Return how many rows lie before, and the keys of the last of them.

    Raises ``Incomplete`` where it leads through the answer to another question, or is none.
    """
    try:
        sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        plain = _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], bound.encode())
    except (InvalidTag, ValueError, binascii.Error) as fault:
        says = "This leads nowhere: begin the list anew, and follow what it says is next."
        raise Incomplete.at("cursor", says) from fault
    offset, keys = json.loads(plain)
    return offset, tuple(None if each is None else _KINDS[each[0]](each[1]) for each in keys)


@cache
def _cipher() -> AESGCM:
    return AESGCM(_digest("key", b""))


def _digest(purpose: str, said: bytes) -> bytes:
    return keyed(f"delivery.cursor.{purpose}", said)
