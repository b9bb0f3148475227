"""How words are folded and cut, so that Chinese is found without a dictionary or an extension.

Both sides of a search are folded alike, sign by sign: NFKC, lower case, Traditional to Simplified.
So a piece of a title folds to a piece of the folded title, whatever stood around it. What is found
is cut into signs, pairs and threes of signs under an inverted index; a hit of more is then checked
against the whole phrase, so nothing is missed and nothing wrong is found.
"""

import re
import unicodedata
from functools import cache

from opencc import OpenCC

_ASCII = re.compile(r"[!-~]+")
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
    """Return the pieces by which folded text is found: all that two or three neighbours make.

    Letters and figures are cut by four too: three figures stand in very many texts.
    """
    found: set[str] = set()
    for run in folded.split():
        found.update(_cut(run, 2), _cut(run, 3))
        for plain in _ASCII.findall(run):
            found.update(_cut(plain, 4))
    return found


def signs(folded: str) -> set[str]:
    """Return the single signs of folded text."""
    return set(folded) - {" "}


def asked(term: str) -> list[str]:
    """Return the tokens, the longest there are, that whatever holds the folded ``term`` has."""
    found: set[str] = set()
    for run in term.split():
        by_four: set[int] = set()
        for plain in _ASCII.finditer(run):
            found.update(_cut(plain[0], 4))
            if len(plain[0]) >= 4:
                by_four.update(range(plain.start(), plain.end() - 2))
        found.update(three for at, three in enumerate(_cut(run, 3)) if at not in by_four)
        if len(run) == 2:
            found.add(run)
    return sorted(found) or [term]


def _cut(run: str, length: int) -> list[str]:
    return [run[at : at + length] for at in range(len(run) - length + 1)]


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
