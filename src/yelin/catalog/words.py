"""How words are folded and cut, so that Chinese is found without a dictionary or an extension.

Both sides of a search are folded alike, sign by sign: NFKC, lower case, Traditional to Simplified.
So a piece of a title folds to a piece of the folded title, whatever stood around it. What is found
is cut into signs and pairs of signs under an inverted index; a hit is then checked against the
whole phrase, so nothing is missed and nothing wrong is found.
"""

import re
import unicodedata
from functools import cache

from opencc import OpenCC

_ASCII = re.compile(r"[!-~]+")
_FIGURE = re.compile(r"[0-9a-z]")
_QUAD = 4
# What people ask with, but do not ask for.
_ASKED_WITH = (
    "我们 查询 查看 请问 哪里 哪些 哪个 什么 怎么 怎样 如何 多少 关于 一下 一个 可以 最近 有没有"
)
# What every resource is: asked for only where nothing else is.
_ANYTHING = frozenset({"数据", "信息", "资料", "情况", "相关"})


class _Signs(dict[int, str]):
    """Each sign's folded form, made when it is first met."""

    def __init__(self) -> None:
        self._simplified = OpenCC("t2s")

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        if unicodedata.category(sign) == "Cc":
            folded = " "
        else:
            folded = self._simplified.convert(unicodedata.normalize("NFKC", sign)).casefold()
        self[code] = folded
        return folded


@cache
def _signs() -> _Signs:
    return _Signs()


def fold(text: str) -> str:
    """Return ``text`` in the one form in which it is stored for search and asked for."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_signs()).split())


def pieces(folded: str) -> set[str]:
    """Return the pieces by which folded text is found: the pairs of neighbouring signs.

    Pairs of letters and figures stand in nearly every text: what holds one is cut by three too,
    and what is nothing else by four.
    """
    found: set[str] = set()
    for run in folded.split():
        found.update(run[i : i + 2] for i in range(len(run) - 1))
        found.update(run[i : i + 3] for i in _threes(run))
        for plain in _ASCII.findall(run):
            found.update(plain[i : i + _QUAD] for i in range(len(plain) - _QUAD + 1))
    return found


def signs(folded: str) -> set[str]:
    """Return the single signs of folded text."""
    return set(folded) - {" "}


def asked(term: str) -> list[str]:
    """Return the tokens that whatever holds the folded ``term`` must have."""
    found: set[str] = set()
    for run in term.split():
        by_four = {at for plain in _ASCII.finditer(run) if len(plain[0]) >= _QUAD
                   for at in range(plain.start(), plain.end() - 1)}  # fmt: skip
        threes = [at for at in _threes(run) if not by_four >= {at, at + 1}]
        longer = by_four.union(threes, (at + 1 for at in threes))
        found.update(run[i : i + 2] for i in range(len(run) - 1) if i not in longer)
        found.update(run[i : i + 3] for i in threes)
        for plain in _ASCII.findall(run):
            found.update(plain[i : i + _QUAD] for i in range(len(plain) - _QUAD + 1))
    return sorted(found) or [term]


def _threes(run: str) -> list[int]:
    """Return where three signs begin of which one is a letter or figure."""
    return [i for i in range(len(run) - 2) if _FIGURE.search(run, i, i + 3)]


def is_one_token(term: str) -> bool:
    """Whether what has the tokens of ``term`` surely holds it, so that nothing is left to check."""
    return asked(term) == [term]


def cut(folded: str) -> list[str]:
    """Return the words of folded text that somebody may have meant, in their order.

    A single sign tells too little.
    """
    # Thirty mebibytes of words, of which a process that searches nothing holds none.
    import rjieba  # noqa: PLC0415

    found = [word.strip() for word in rjieba.cut(folded, hmm=True)]
    meant = [word for word in found if len(word) > 1 and word not in _ASKED_WITH.split()]
    telling = [word for word in meant if word not in _ANYTHING]
    return list(dict.fromkeys(telling or meant))
