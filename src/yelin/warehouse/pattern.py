"""A pattern that RE2 reads, written so that Java reads the same; what may differ is refused.

RE2 is as fast as a text is long, where Java tries all ways there are: so what has many lengths may
not come many times.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError, VisitError

_GRAMMAR = r"""
start: either
either: row ("|" row)*
row: (one | many)*
many: one TIMES
?one: "(" either ")" -> group
    | "(?:" either ")" -> bare
    | "^" -> beginning
    | "$" -> end
    | "." -> any
    | AMONG -> among
    | ESCAPED -> escaped
    | SIGN -> sign
TIMES: /([*+?]|\{[0-9]{1,3}(,[0-9]{0,3})?\})\??/
AMONG: /\[\^?(\\x\{[0-9A-Fa-f]+\}|\\[^x]|[^\]\[\\^])(\\x\{[0-9A-Fa-f]+\}|\\[^x]|[^\]\[\\])*\]/
ESCAPED: /\\x\{[0-9A-Fa-f]{1,6}\}|\\[^x]/
SIGN: /[^\\^$.|?*+()\[{]/
"""
_PART = re.compile(r"\\x\{[0-9A-Fa-f]+\}|\\.|.", re.DOTALL)
_FIXED = re.compile(r"\{[0-9]+\}")
# To RE2 the tabulator of lines is no blank, and \v no class.
_BLANKS = r"\t\n\f\r "
_SAME = frozenset(rf"\{sign}" for sign in "dDwWfnrt")
_OTHERWISE = {r"\a": r"\x07", r"\v": r"\x0B"}


class Unreadable(Exception):
    """Nobody knows that Java would read the pattern as RE2 does."""


@lru_cache(maxsize=1_024)
def java(pattern: str) -> str:
    """Return ``pattern`` as Java reads it with no flag set. Raises ``Unreadable``."""
    try:
        return _Writer().transform(_parser().parse(pattern)).text
    except (LarkError, VisitError) as fault:
        raise Unreadable(pattern) from fault


@dataclass(frozen=True, slots=True)
class _Read:
    """A part as Java reads it, and whether what it fits may be of many lengths."""

    text: str
    varies: bool = False


def _escaped(part: str, *, within: bool) -> str:
    """Return what is escaped, or stands for itself, as Java reads it."""
    if part == r"\s":
        return _BLANKS if within else f"[{_BLANKS}]"
    if part == r"\S" and not within:
        return f"[^{_BLANKS}]"
    if part in _OTHERWISE:
        return _OTHERWISE[part]
    if part in _SAME or part.startswith(r"\x") or (part in {r"\A", r"\z"} and not within):
        return part
    sign = part[-1]
    if len(part) > 1 and (sign.isalnum() or not sign.isascii()):
        raise Unreadable(part)
    # Unescaped, some signs mean something to Java alone.
    is_mark = sign.isascii() and sign.isprintable() and not sign.isalnum() and sign != " "
    return f"\\{sign}" if is_mark and (len(part) > 1 or sign not in "-^") else sign


@v_args(inline=True)
class _Writer(Transformer[Token, _Read]):
    def start(self, whole: _Read) -> _Read:
        return whole

    def either(self, *rows: _Read) -> _Read:
        return _Read("|".join(row.text for row in rows), len(rows) > 1 or rows[0].varies)

    def row(self, *parts: _Read) -> _Read:
        return _Read("".join(part.text for part in parts), any(part.varies for part in parts))

    def many(self, one: _Read, times: str) -> _Read:
        if one.varies and times not in {"?", "??"}:
            raise Unreadable(one.text)
        return _Read(one.text + times, one.varies or not _FIXED.fullmatch(times))

    def group(self, inner: _Read) -> _Read:
        return _Read(f"({inner.text})", inner.varies)

    def bare(self, inner: _Read) -> _Read:
        return _Read(f"(?:{inner.text})", inner.varies)

    def beginning(self) -> _Read:
        return _Read(r"\A")

    def end(self) -> _Read:
        # Java's own sign would also fit before a last line end.
        return _Read(r"\z")

    def any(self) -> _Read:
        return _Read(r"[^\n]")

    def among(self, signs: str) -> _Read:
        opens, inner = ("[^", signs[2:-1]) if signs.startswith("[^") else ("[", signs[1:-1])
        return _Read(opens + "".join(_escaped(p, within=True) for p in _PART.findall(inner)) + "]")

    def escaped(self, part: str) -> _Read:
        return _Read(_escaped(part, within=False))

    def sign(self, part: str) -> _Read:
        return _Read(_escaped(part, within=False))


@cache
def _parser() -> Lark:
    # Built when it is first used: no start waits for it.
    return Lark(_GRAMMAR, parser="lalr")
