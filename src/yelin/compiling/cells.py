"""What a cell of a catalog says, once what spreadsheets and typists left on it is taken off."""

import re
import unicodedata
from collections.abc import Iterable

# Spaces of every kind, the ideographic one the last of them, zero-width ones, byte-order marks.
_CLINGING = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\ufeff\u200b\u200c\u200d\u2060"
_BREAK = re.compile(r"<br\s*/?>|\r\n?|_x000D_\n?", re.IGNORECASE)
_RUN = re.compile(r"[ \t\u00a0\u3000]{2,}")
# Full-width digits and letters, as they are typed among Chinese; its punctuation stays.
_WIDE = {
    code: chr(code - 0xFEE0)
    for first, last in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
    for code in range(first, last + 1)
}
_SPECIAL = re.compile(r'([；;、，,\n\\"])')
_ESCAPED = re.compile(r"(?:\\.|[^；;、，,\n\\])+", re.DOTALL)
_LISTED = re.compile(r"(?:[(（][^()（）]*[)）]|[^、，,；;\n()（）]|[()（）])+")
_NAMED = re.compile(r"\s*([^:：(（]*)\s*(?:[:：]\s*(.*)|[(（](.*?)[)）]?)?\s*", re.DOTALL)


def plain(text: str) -> str:
    """Return ``text`` in NFC with half-width digits and letters, without stray spaces.

    ``<br>`` is the line break that it stands for.
    """
    lines = _BREAK.sub("\n", unicodedata.normalize("NFC", text)).translate(_WIDE)
    return _RUN.sub(" ", lines).strip(_CLINGING)


def split(text: str) -> list[str]:
    """Return the values of a cell that holds many, as ``join`` and people write them."""
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        text = text[1:-1]
    parts = (
        plain(re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL)) for part in _ESCAPED.findall(text)
    )
    return list(dict.fromkeys(part for part in parts if part))


def join(values: Iterable[str]) -> str:
    """Return ``values`` as one cell; what would part them stands behind a backslash."""
    return "；".join(_SPECIAL.sub(r"\\\1", value) for value in values)


def listed(text: str) -> list[tuple[str, str]]:
    """Return the items that a cell names, each with the note beside it, as people write them.

    ``日期、金额(元)`` and ``FileNo：案号,Address：地点`` are such lists; brackets are not cut.
    """
    found: dict[str, str] = {}
    for part in _LISTED.findall(plain(text).strip('"')):
        named = _NAMED.fullmatch(part)
        if named and (name := plain(named[1]).strip('"')):
            found.setdefault(name, plain(named[2] or named[3] or ""))
    return list(found.items())
