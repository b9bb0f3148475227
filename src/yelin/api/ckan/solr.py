"""Read what clients of CKAN write as ``q`` and ``fq``: of Solr's language, what they use.

Words that stand side by side must all be found. Weights and slops are read and mean nothing here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, VisitError

LONGEST = 8_000
DEEPEST = 40
MOST_VALUES = 300


class BadQuery(Exception):
    """The query cannot be read; ``says`` is a message id, filled from ``params``."""

    def __init__(self, says: str, **params: object) -> None:
        super().__init__(says.format(**params))
        self.says = says
        self.params = params


@dataclass(frozen=True, slots=True)
class Word:
    """A value to be found in ``field``, or anywhere without one; a phrase as it stands.

    In what is no phrase, an unescaped ``*`` stands for anything.
    """

    text: str
    field: str = ""
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """A value of ``field`` from ``low`` to ``high``, of which ``*`` is no end."""

    low: str
    high: str
    with_low: bool
    with_high: bool
    field: str = ""


@dataclass(frozen=True, slots=True)
class Not:
    """Whatever the part does not find."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """What every part finds; without parts, everything."""

    parts: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """What at least one part finds."""

    parts: tuple["Node", ...]


Node = Word | Between | Not | All | Either

_GRAMMAR = r"""
start: either?
either: all (_OR all)*
all: signed (_AND? signed)*
signed: SIGN* part
?part: FIELD value -> bound
     | value
?value: atom WEIGHT*
?atom: EVERYTHING -> everything
     | WORD -> word
     | PHRASE -> phrase
     | RANGE -> between
     | "(" either ")"

_OR.3: /OR(?=[\s(]|$)|\|\|/
_AND.3: /AND(?=[\s(]|$)|&&/
SIGN.3: /NOT(?=[\s(]|$)|[-+!]/
EVERYTHING.2: "*:*"
FIELD.2: /(?:[\w.-]|\\.)+:(?=\S)/
RANGE: /[\[{]\s*(?:"[^"]*"|[^\s\]}"]+)\s+TO\s+(?:"[^"]*"|[^\s\]}"]+)\s*[\]}]/
PHRASE: /"(?:[^"\\]|\\.)*"/s
WORD: /(?:[^\s()"\[\]{}^~:+!\\-]|\\.)(?:[^\s()"\[\]{}^~:\\]|\\.)*/s
WEIGHT: /\^\d+(?:\.\d+)?|~\d*(?:\.\d+)?/
%ignore /\s+/
"""
_ENDS = re.compile(r'[\[{]\s*("[^"]*"|[^\s\]}"]+)\s+TO\s+("[^"]*"|[^\s\]}"]+)\s*[\]}]')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read(text: str) -> Node:
    """Return what ``text`` asks for; nothing asks for everything. Raises ``BadQuery``."""
    if len(text) > LONGEST:
        raise BadQuery("A query has at most {most} characters.", most=LONGEST)
    if text.count("(") > DEEPEST:
        raise BadQuery("A query has at most {most} parentheses.", most=DEEPEST)
    try:
        found: Node = _reader().parse(text)  # type: ignore[assignment]  # the transformer makes nodes
    except VisitError as error:
        raise error.orig_exc from None
    except UnexpectedInput as error:
        # At its end, the position is unknown.
        at = cast("int | None", error.pos_in_stream) or 0
        raise BadQuery(
            "The query cannot be read from “{text}” on.", text=text[at : at + 20]
        ) from None
    if sum(1 for _ in values_of(found)) > MOST_VALUES:
        raise BadQuery("A query has at most {most} values.", most=MOST_VALUES)
    return found


def values_of(node: Node) -> Iterator[Word | Between]:
    """Yield the words and ranges of which ``node`` is made."""
    match node:
        case Word() | Between():
            yield node
        case Not(part):
            yield from values_of(part)
        case All(parts) | Either(parts):
            for part in parts:
                yield from values_of(part)


def plain(text: str) -> str:
    """Return ``text`` without the backslashes that guard its characters."""
    return _ESCAPED.sub(r"\1", text)


def in_field(field: str, node: Node) -> Node:
    """Return ``node`` with ``field`` for every value that names none."""
    match node:
        case Word() | Between():
            return node if node.field else replace(node, field=field)
        case Not(part):
            return Not(in_field(field, part))
        case All(parts):
            return All(tuple(in_field(field, part) for part in parts))
        case Either(parts):
            return Either(tuple(in_field(field, part) for part in parts))


@v_args(inline=True)
class _Nodes(Transformer[Token, Node]):
    def start(self, found: Node = All()) -> Node:
        return found

    def either(self, *parts: Node) -> Node:
        return parts[0] if len(parts) == 1 else Either(parts)

    def all(self, *parts: Node) -> Node:
        return parts[0] if len(parts) == 1 else All(parts)

    def signed(self, *found: Any) -> Node:
        *signs, part = found
        negative = sum(sign != "+" for sign in signs) % 2
        return Not(part) if negative else part

    def bound(self, field: Token, part: Node) -> Node:
        return in_field(plain(field[:-1]), part)

    def value(self, part: Node, *_weights: Token) -> Node:
        return part

    def everything(self, _all: Token) -> Node:
        return All()

    def word(self, text: Token) -> Node:
        return Word(str(text))

    def phrase(self, text: Token) -> Node:
        return Word(plain(text[1:-1]), phrase=True)

    def between(self, text: Token) -> Node:
        ends = _ENDS.fullmatch(text)
        assert ends is not None  # noqa: S101 - the grammar's own pattern
        low, high = (end.strip('"') for end in ends.groups())
        return Between(low, high, text.startswith("["), text.endswith("]"))


@cache
def _reader() -> Lark:
    # Built when it is first used: no start waits for it.
    return Lark(_GRAMMAR, parser="lalr", transformer=_Nodes())
