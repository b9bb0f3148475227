"""The rows that the copies of one recipient lack, so that a copy that leaked names it.

Which rows these are is decided by a digest of each row's identity under a key of the recipient, so
they are the same at every door and in every release, nothing is kept of them, and nobody who has
not the key can tell them. No value is altered. What is seen of a digest is whether it lies below a
bound, so that whoever guesses has nothing to prolong it by, and one hash does for an HMAC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from yelin.keys.digests import keyed
from yelin.warehouse.engine import ident
from yelin.warehouse.formats import Column
from yelin.warehouse.making import nfc
from yelin.warehouse.tombstones import comparable

_BETWEEN, _MISSING = 31, 30
# A bound is compared by so many digits of a digest.
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Thinning:
    """The secret of one recipient in one resource, and the items that tell its rows apart."""

    key: bytes
    items: tuple[str, ...]

    @classmethod
    def of(cls, entry: UUID, party: UUID, items: Sequence[str]) -> "Thinning":
        """Return that of a ``party`` in the resource of an ``entry``."""
        return cls(keyed("warehouse.thinned", f"{entry} {party}"), tuple(items))

    def lacks(self, told: str, share: Decimal) -> tuple[str, list[object]]:
        """Return as SQL, with its parameters, that its copies lack the row of an identity."""
        return f"sha256(?::BLOB || {told}) < ?", [self.key, bound(share)]

    def keeps(self, columns: Sequence[Column], share: Decimal) -> tuple[str, list[object]]:
        """Return as SQL, with its parameters, that the recipient's copies have a row."""
        sql, params = self.lacks(identity(columns, self.items), share)
        return f"NOT ({sql})", params


def identity(columns: Sequence[Column], items: Sequence[str]) -> str:
    """Return as SQL the bytes that tell a row from others: its key ``items``, or all it says.

    Of a row that has a key, what it says may change and it stays the same row.
    """
    names = {nfc(item) for item in items}
    keys = [each for each in columns if nfc(each.name) in names]
    told = keys if keys and len(keys) == len(names) else columns
    texts = (f"CAST({comparable(ident(each.name), each.type)} AS VARCHAR)" for each in told)
    listed = ", ".join(f"coalesce({text}, chr({_MISSING}))" for text in texts)
    return f"encode(concat_ws(chr({_BETWEEN}), {listed}))"


def bound(share: Decimal) -> str:
    """Return below which digits the digests of such a share of all rows lie."""
    return f"{int(share * 16**_DIGITS):0{_DIGITS}x}"
