"""The small language in which a rule about a row is written: columns, values, comparisons.

Its grammar is all that can be said: there is nothing to forbid. An expression is checked against
the items before it is kept, and becomes SQL in the warehouse alone.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, UnexpectedToken, VisitError

LONGEST = 1_000
DEEPEST = 40
MOST_VALUES = 200

_GRAMMAR = r"""
?start: any
?any: all ("or"i all)*
?all: negation ("and"i negation)*
?negation: "not"i negation -> negated
    | test
?test: sum
    | sum COMPARES sum -> compared
    | sum NOT? "between"i sum "and"i sum -> between
    | sum NOT? "in"i "(" sum ("," sum)* ")" -> among
    | sum "is"i NOT? ("empty"i | "null"i) -> empty
    | sum NOT? "like"i TEXT -> like
    | sum NOT? "matches"i TEXT -> matches
?sum: product (ADDS product)*
?product: atom (MULTIPLIES atom)*
?atom: NUMBER -> number
    | TEXT -> text
    | "true"i -> yes
    | "false"i -> no
    | "-" atom -> minus
    | NAME "(" [any ("," any)*] ")" -> called
    | NAME -> column
    | QUOTED -> quoted
    | "(" any ")"
COMPARES: "<=" | ">=" | "<>" | "!=" | "=" | "<" | ">"
ADDS: "+" | "-"
MULTIPLIES: "*" | "/"
NOT: "not"i
NUMBER: /[0-9]{1,30}(\.[0-9]{1,15})?/
TEXT: /'([^']|'')*'/
QUOTED: /"([^"]|"")+"/
NAME: /[^\W\d]\w*/i
%ignore /\s+/
"""
_WIDE = str.maketrans("（），＜＞＝！＋－＊／", "(),<>=!+-*/")


class Kind(StrEnum):
    """What a value is, as far as it decides what may be asked of it."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    TRUTH = "truth"


KINDS: Mapping[str, Kind] = {
    **dict.fromkeys("CMG", Kind.TEXT),
    **dict.fromkeys("NYBFI", Kind.NUMBER),
    "D": Kind.DATE,
    "T": Kind.MOMENT,
    "L": Kind.TRUTH,
}


@dataclass(frozen=True, slots=True)
class Column:
    """The value of an item in the row."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Value:
    """A value that stands in the expression."""

    value: str | Decimal | date | datetime | bool
    kind: Kind


@dataclass(frozen=True, slots=True)
class Does:
    """What is done with other parts: ``name`` is a comparison, a word or a function."""

    name: str
    parts: tuple["Node", ...]
    kind: Kind


Node = Column | Value | Does


class Unreadable(Exception):
    """The expression cannot be kept; ``says`` is a message id, filled from ``params``."""

    def __init__(self, says: str, **params: object) -> None:
        super().__init__(says.format(**params))
        self.says = says
        self.params = params


# Of each function what it takes and what it gives.
_TEXT, _NUMBER, _DATE, _MOMENT = Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.MOMENT
_FUNCTIONS: Mapping[str, tuple[tuple[tuple[Kind, ...], ...], Kind]] = {
    "length": (((_TEXT,),), _NUMBER),
    "lower": (((_TEXT,),), _TEXT),
    "upper": (((_TEXT,),), _TEXT),
    "trim": (((_TEXT,),), _TEXT),
    "left": (((_TEXT,), (_NUMBER,)), _TEXT),
    "right": (((_TEXT,), (_NUMBER,)), _TEXT),
    "substr": (((_TEXT,), (_NUMBER,), (_NUMBER,)), _TEXT),
    "abs": (((_NUMBER,),), _NUMBER),
    "year": (((_DATE, _MOMENT),), _NUMBER),
    "month": (((_DATE, _MOMENT),), _NUMBER),
    "day": (((_DATE, _MOMENT),), _NUMBER),
    "date": (((_MOMENT,),), _DATE),
    "today": ((), _DATE),
}
FUNCTIONS = tuple(_FUNCTIONS)


def read(text: str, items: Mapping[str, str]) -> Node:
    """Return a condition on rows; ``items`` says of which type each item is.

    Raises ``Unreadable`` for what is no condition, or does not fit the items.
    """
    if not text.strip():
        raise Unreadable("Write a condition, such as 金额 >= 0.")
    if len(text) > LONGEST:
        raise Unreadable("A condition has at most {most} characters.", most=LONGEST)
    try:
        node: Node = _Reader(items).transform(_parser().parse(_narrow(text)))
    except UnexpectedInput as fault:
        if isinstance(fault, UnexpectedToken) and fault.token.type == "$END":
            raise Unreadable("The condition breaks off at its end.") from None
        found = text[fault.pos_in_stream :][:20]
        raise Unreadable("This cannot be read from “{found}” on.", found=found) from None
    except RecursionError:
        raise Unreadable("The condition is nested too deeply.") from None
    except VisitError as fault:
        if isinstance(fault.orig_exc, Unreadable):
            raise fault.orig_exc from None
        raise
    if node.kind is not Kind.TRUTH:
        raise Unreadable("This is no condition: it has to be true or false of each row.")
    if _depth(node) > DEEPEST:
        raise Unreadable("The condition is nested too deeply.")
    return node


def columns(node: Node) -> tuple[str, ...]:
    """Return the items that a condition speaks of, each once."""
    return tuple(dict.fromkeys(_columns(node)))


def _columns(node: Node) -> Iterator[str]:
    match node:
        case Column(name):
            yield name
        case Does(parts=parts):
            for part in parts:
                yield from _columns(part)
        case _:
            return


def _depth(node: Node) -> int:
    return 1 + max(map(_depth, node.parts), default=0) if isinstance(node, Does) else 1


def _narrow(text: str) -> str:
    """Return ``text`` with full-width signs made narrow outside of what stands in quotes."""
    parts = re.split(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")""", text)
    return "".join(p if n % 2 else p.translate(_WIDE) for n, p in enumerate(parts))


@v_args(inline=True)
class _Reader(Transformer[Token, Node]):
    """Turns what was parsed into parts with their kinds."""

    def __init__(self, items: Mapping[str, str]) -> None:
        super().__init__()
        self._items = items

    def number(self, token: Token) -> Node:
        return Value(Decimal(str(token)), Kind.NUMBER)

    def text(self, token: Token) -> Node:
        return Value(str(token)[1:-1].replace("''", "'"), Kind.TEXT)

    def yes(self) -> Node:
        return Value(value=True, kind=Kind.TRUTH)

    def no(self) -> Node:
        return Value(value=False, kind=Kind.TRUTH)

    def column(self, token: Token) -> Node:
        return self._column(str(token))

    def quoted(self, token: Token) -> Node:
        return self._column(str(token)[1:-1].replace('""', '"'))

    def _column(self, name: str) -> Node:
        if name not in self._items:
            raise Unreadable("There is no item called {name}.", name=name)
        return Column(name, KINDS[self._items[name]])

    def minus(self, part: Node) -> Node:
        _must_be(part, Kind.NUMBER)
        return Does("minus", (part,), Kind.NUMBER)

    def called(self, token: Token, *parts: Node | None) -> Node:
        name, given = str(token).lower(), tuple(part for part in parts if part is not None)
        if name not in _FUNCTIONS:
            raise Unreadable(
                "There is no function {name}; there are {known}.",
                name=name,
                known=", ".join(FUNCTIONS),
            )
        takes, gives = _FUNCTIONS[name]
        if len(given) != len(takes):
            raise Unreadable("The function {name} takes {many} values.", name=name, many=len(takes))
        for part, kinds in zip(given, takes, strict=True):
            _must_be(part, *kinds)
        return Does(name, given, gives)

    def any(self, *parts: Node) -> Node:
        return _joined("or", parts)

    def all(self, *parts: Node) -> Node:
        return _joined("and", parts)

    def negated(self, part: Node) -> Node:
        _must_be(part, Kind.TRUTH)
        return Does("not", (part,), Kind.TRUTH)

    def compared(self, one: Node, sign: Token, other: Node) -> Node:
        one, other = _alike(one, other)
        name = "<>" if sign == "!=" else str(sign)
        if one.kind is Kind.TRUTH and name not in {"=", "<>"}:
            raise Unreadable("True and false are only equal or not.")
        return Does(name, (one, other), Kind.TRUTH)

    def between(self, one: Node, *rest: Any) -> Node:
        *no, low, high = rest
        one, low = _alike(one, low)
        _, high = _alike(one, high)
        return _perhaps_not(no, Does("between", (one, low, high), Kind.TRUTH))

    def among(self, one: Node, *rest: Any) -> Node:
        no = [part for part in rest if isinstance(part, Token)]
        values = [part for part in rest if not isinstance(part, Token)]
        if len(values) > MOST_VALUES:
            raise Unreadable("A list has at most {most} values.", most=MOST_VALUES)
        given = tuple(_alike(one, part)[1] for part in values)
        return _perhaps_not(no, Does("in", (one, *given), Kind.TRUTH))

    def empty(self, one: Node, no: Token | None = None) -> Node:
        return _perhaps_not([no] if no else [], Does("empty", (one,), Kind.TRUTH))

    def like(self, one: Node, *rest: Token) -> Node:
        return self._written("like", one, rest)

    def matches(self, one: Node, *rest: Token) -> Node:
        pattern = str(rest[-1])[1:-1]
        try:
            # The engine's own kind of patterns, which are done in a time that grows with the text.
            pc.match_substring_regex(pa.array([""]), pattern)
        except pa.ArrowInvalid:
            raise Unreadable("The pattern {pattern} cannot be read.", pattern=pattern) from None
        return self._written("matches", one, rest)

    def _written(self, name: str, one: Node, rest: tuple[Token, ...]) -> Node:
        _must_be(one, Kind.TEXT)
        *no, pattern = rest
        parts = (one, Value(str(pattern)[1:-1].replace("''", "'"), Kind.TEXT))
        return _perhaps_not(no, Does(name, parts, Kind.TRUTH))

    def sum(self, first: Node, *rest: Any) -> Node:
        found = first
        for sign, part in zip(rest[::2], rest[1::2], strict=True):
            found = _added(found, str(sign), part)
        return found

    def product(self, first: Node, *rest: Any) -> Node:
        found = first
        for sign, part in zip(rest[::2], rest[1::2], strict=True):
            _must_be(found, Kind.NUMBER)
            _must_be(part, Kind.NUMBER)
            found = Does(str(sign), (found, part), Kind.NUMBER)
        return found


@cache
def _parser() -> Lark:
    # Built when it is first used: no start waits for it.
    return Lark(_GRAMMAR, parser="lalr")


def _joined(word: str, parts: tuple[Node, ...]) -> Node:
    for part in parts:
        _must_be(part, Kind.TRUTH)
    return Does(word, parts, Kind.TRUTH)


def _perhaps_not(no: list[Any], node: Node) -> Node:
    return Does("not", (node,), Kind.TRUTH) if no else node


def _must_be(node: Node, *kinds: Kind) -> None:
    if node.kind in kinds:
        return
    match kinds[0]:
        case Kind.TEXT:
            raise Unreadable("“{part}” has to be a text here.", part=_told(node))
        case Kind.NUMBER:
            raise Unreadable("“{part}” has to be a number here.", part=_told(node))
        case Kind.TRUTH:
            raise Unreadable("“{part}” has to be true or false here.", part=_told(node))
        case _:
            raise Unreadable("“{part}” has to be a day here.", part=_told(node))


def _alike(one: Node, other: Node) -> tuple[Node, Node]:
    """Return both as one kind: a text that stands for a day or a moment becomes one."""
    if one.kind is other.kind:
        return one, other
    if {one.kind, other.kind} == {Kind.DATE, Kind.MOMENT}:
        return one, other
    if one.kind is Kind.TEXT and isinstance(one, Value):
        one = _as(one, other.kind)
    elif other.kind is Kind.TEXT and isinstance(other, Value):
        other = _as(other, one.kind)
    if one.kind is not other.kind:
        raise Unreadable(
            "“{one}” and “{other}” are of different kinds and cannot be compared.",
            one=_told(one),
            other=_told(other),
        )
    return one, other


def _as(value: Value, kind: Kind) -> Value:
    text = str(value.value)
    try:
        if kind is Kind.DATE:
            return Value(date.fromisoformat(text), kind)
        if kind is Kind.MOMENT:
            return Value(datetime.fromisoformat(text).replace(tzinfo=None), kind)
    except ValueError:
        raise Unreadable("“{text}” is no day: write it as '2020-01-31'.", text=text) from None
    return value


def _added(one: Node, sign: str, other: Node) -> Node:
    if {one.kind, other.kind} == {Kind.NUMBER}:
        return Does(sign, (one, other), Kind.NUMBER)
    if one.kind is Kind.DATE and other.kind is Kind.NUMBER:
        return Does(f"days {sign}", (one, other), Kind.DATE)
    one, other = _alike(one, other)
    if one.kind is Kind.DATE and other.kind is Kind.DATE and sign == "-":
        return Does("days between", (one, other), Kind.NUMBER)
    raise Unreadable(
        "“{one} {sign} {other}” has no meaning.", one=_told(one), sign=sign, other=_told(other)
    )


def _told(node: Node) -> str:
    match node:
        case Column(name):
            return name
        case Value(value):
            return str(value)
        case Does(name):
            return name
