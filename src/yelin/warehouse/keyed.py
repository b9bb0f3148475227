"""How a record is found by its key, in whatever way that is written, as fast as none is found.

Rows lie in buckets by what their key comes to. Whoever asks for a key reads its whole bucket, the
same whether the record is in it or not.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import md5

from yelin.warehouse import values
from yelin.warehouse.engine import ident, literal
from yelin.warehouse.formats import Column
from yelin.warehouse.items import TEXT_TYPES, ItemSpec

# A key in the form in which keys are compared.
Key = tuple[str | None, ...]
BUCKET = ident(" bucket")
# So many that hardly any bucket is empty, for that one would be read sooner.
ROWS_EACH = 8
# Of a digest; as a number they are not above 2⁶³.
_DIGITS = 15
# What anybody writes of a number is compared to so many decimal places.
_PLACES = 10
_WIDE = "".join(map(chr, range(0xFF01, 0xFF5F)))
_NARROW = "".join(map(chr, range(0x21, 0x7F)))
_NARROWED = str.maketrans(_WIDE, _NARROW)
_BLANKS = " \t\r\n\u3000\u00a0"
_IDENTITY = re.compile("[0-9]{17}x")


@dataclass(frozen=True, slots=True)
class Keyed:
    """The key items by which rows lie, and in how many buckets."""

    keys: tuple[Column, ...]
    buckets: int

    @classmethod
    def of(cls, keys: Sequence[Column], rows: int) -> "Keyed":
        """Return how so many ``rows`` with these ``keys`` lie."""
        return cls(tuple(keys), max(1, rows // ROWS_EACH))

    @property
    def bucket(self) -> str:
        """Return as SQL in which bucket a row lies."""
        key = (folded_sql(c) if c.type in TEXT_TYPES else written(c) for c in self.keys)
        digest = f"md5(concat_ws(chr(31), {', '.join(key)}))"
        # Of the engine's own numbers of a digest each takes more than twice as long.
        return f"CAST('0x' || left({digest}, {_DIGITS}) AS BIGINT) % {self.buckets}"

    def bucket_of(self, key: Sequence[str | None]) -> int:
        """Return in which bucket a record of this key lies, where there is one."""
        said = chr(31).join(part for part in key if part is not None)
        digest = md5(said.encode(), usedforsecurity=False).hexdigest()
        return int(digest[:_DIGITS], 16) % self.buckets


def written(column: Column) -> str:
    """Return as SQL a value of ``column``, which is no text, in the form that is compared."""
    return values.written(ident(column.name), column.type, None)


def read(cell: str, type_: str) -> str:
    """Return as SQL what ``cell`` says, read as in a file, in that form; NULL for none."""
    reading = values.Reading(ItemSpec("", type_), scale=_PLACES)
    return values.written(reading.careful(values.tidied(cell)), type_, None)


def folded(text: str | None) -> str | None:
    """Return a text in the form in which texts are compared, ``None`` for blanks.

    Width, blanks and the case of an identity number's X do not tell texts apart.
    """
    if text is None:
        return None
    bare = re.sub(f"[{_BLANKS}]", "", unicodedata.normalize("NFC", text).translate(_NARROWED))
    return (bare.upper() if _IDENTITY.fullmatch(bare) else bare) or None


def folded_sql(column: Column) -> str:
    """Return as SQL a text of ``column`` in that form."""
    value = ident(column.name)
    nfc, identity = f"nfc_normalize({value})", _IDENTITY.pattern
    # To translate a text takes ten times as long as to see that nothing in it is wide.
    narrow = (
        f"CASE WHEN regexp_matches({nfc}, {literal(f'[{_WIDE[0]}-{_WIDE[-1]}]')}) "
        f"THEN translate({nfc}, {literal(_WIDE)}, {literal(_NARROW)}) ELSE {nfc} END"
    )
    bare = f"nullif(regexp_replace({narrow}, {literal(f'[{_BLANKS}]')}, '', 'g'), '')"
    return (
        f"CASE WHEN {values.matches(value, '[0-9A-Z]+')} THEN {value} "
        f"WHEN {values.matches(value, identity)} THEN upper({value}) "
        f"WHEN {values.matches(value, f'[{_NARROW[0]}-{_NARROW[-1]}]+')} THEN {value} "
        f"WHEN {values.matches(bare, identity)} THEN upper({bare}) ELSE {bare} END"
    )
