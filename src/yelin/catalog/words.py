"""How words are folded and cut, so that Chinese is found without a dictionary or an extension.

Both sides of a search are folded alike: NFKC, lower case, Traditional to Simplified. What is found
is cut into characters and pairs of characters under an inverted index; a hit is then checked
against the whole phrase, so nothing is missed and nothing wrong is found. Initials of pinyin stand
beside them, so that ``gkttl`` finds 港口吞吐量.
"""

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

_HAN = re.compile(r"[㐀-鿿豈-﫿]+")
_INITIALS = re.compile(r"^[a-z]{2,8}$")
_LONGEST_INITIALS = 8


@lru_cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


def fold(text: str) -> str:
    """Return ``text`` in the one form in which it is stored for search and asked for."""
    plain = "".join(c if unicodedata.category(c) != "Cc" else " " for c in text)
    simplified: str = _to_simplified().convert(unicodedata.normalize("NFKC", plain))
    return " ".join(simplified.casefold().split())


def tokens(folded: str) -> list[str]:
    """Return the characters and the pairs of neighbouring characters of folded text, sorted."""
    found: set[str] = set()
    for run in folded.split():
        found.update(run)
        found.update(run[i : i + 2] for i in range(len(run) - 1))
    return sorted(found)


def asked(term: str) -> list[str]:
    """Return the tokens that whatever holds the folded ``term`` must have."""
    pairs = {term[i : i + 2] for i in range(len(term) - 1)}
    return sorted(pairs) or [term]


def initials(folded: str) -> list[str]:
    """Return the runs of pinyin initials, two to eight letters, in the Chinese of folded text."""
    found: set[str] = set()
    for run in _HAN.findall(folded):
        letters = "".join(lazy_pinyin(run, style=Style.FIRST_LETTER))
        for start in range(len(letters) - 1):
            for end in range(start + 2, min(len(letters), start + _LONGEST_INITIALS) + 1):
                found.add(f"#{letters[start:end]}")
    return sorted(found)


def as_initials(term: str) -> str | None:
    """Return the token under which a term of letters stands as initials, if it can be one."""
    return f"#{term}" if _INITIALS.match(term) else None
