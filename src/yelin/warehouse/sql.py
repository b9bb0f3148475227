"""Read one SELECT as a tree of nothing but what is listed as harmless (``spoken``).

What is sent is never run: the engine gets what the tree is written as, in which every name is
quoted and every table is one of those that were asked for.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from yelin.warehouse.functions import FUNCTIONS
from yelin.warehouse.spoken import NODES, TYPES, UNITS, Spoken
from yelin.warehouse.unanswerable import MOST_LETTERS, Place, Unanswerable

MOST_TOKENS = 2_000
MOST_DEPTH = 24
# So that whatever goes down the tree stays far from the end of the stack.
MOST_LEVELS = 120
# It would warn in the words of what was sent, which may be personal.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
# Where the tables lie in the engine: no name of a common table expression has a schema.
SCHEMA = "resource"
_UNHOLDABLE = re.compile("[\x00\ud800-\udfff]")
_BEGINS = (TokenType.SELECT, TokenType.WITH, TokenType.FROM, TokenType.L_PAREN)
_OPENS = (TokenType.L_PAREN, TokenType.CASE)
_CLOSES = (TokenType.R_PAREN, TokenType.END)


@dataclass(frozen=True, slots=True)
class Named:
    """A table that is asked about, as it was called, and where."""

    name: str
    at: Place


@dataclass(frozen=True, slots=True)
class Statement:
    """One SELECT that may be run, and the tables that it is about, each once."""

    tree: exp.Query
    tokens: Sequence[Token]
    tables: tuple[Named, ...]
    schema: str = SCHEMA

    def sql(self, most: int) -> str:
        """Return what the engine is to run, for not much more than ``most`` rows."""
        tree = self.tree.copy()
        places = {table.name: str(place) for place, table in enumerate(self.tables)}
        for table in list(_tables(tree, frozenset())):
            name = table.this
            alias = table.args.get("alias") or exp.TableAlias()
            if not alias.this:
                alias.set("this", name.copy())
            table.set("alias", alias)
            table.set("this", exp.to_identifier(places[name.name], quoted=True))
            table.set("db", exp.to_identifier(self.schema, quoted=True))
        if not tree.args.get("limit"):
            tree.set("limit", exp.Limit(expression=exp.Literal.number(most + 1)))
        return _written(tree)

    def place_of(self, name: str) -> Place | None:
        """Return where ``name`` stands first in what was sent."""
        called = name.casefold()
        found = (token for token in self.tokens if token.text.casefold() == called)
        return next(map(_place, found), None)


def read(text: str) -> Statement:
    """Return the one SELECT that ``text`` is. Raises ``Unanswerable``."""
    if len(text) > MOST_LETTERS:
        raise Unanswerable("There are more than {most} characters.", most=MOST_LETTERS)
    if _UNHOLDABLE.search(text):
        raise Unanswerable("There is a character that no text may hold.")
    return _stated(_tokens(text), text)


def composed(text: str) -> Statement:
    """Return a SELECT that the house wrote itself: as long as it must be, of nothing else.

    Raises ``Unanswerable``.
    """
    return _stated(Spoken().tokenize(text), text)


def _stated(tokens: list[Token], text: str) -> Statement:
    tree = _tree(tokens, text)
    _require_shallow(tree)
    for node in tree.walk():
        _require_spoken(node)
    tables: dict[str, Named] = {}
    for table in _tables(tree, frozenset()):
        if table.args.get("db") or not isinstance(table.this, exp.Identifier):
            says = "A table is called by the code of its resource alone, in double quotes."
            raise Unanswerable(says, _where(table))
        name = table.this.name
        at = _where(table)
        assert at is not None  # noqa: S101 - each identifier of what was sent has its place
        tables.setdefault(name, Named(name, at))
    if not tables:
        raise Unanswerable('Ask about one resource at least: SELECT … FROM "its code".')
    return Statement(tree, tokens, tuple(tables.values()))


def _tokens(text: str) -> list[Token]:
    try:
        tokens = Spoken().tokenize(text)
    except TokenError:
        raise Unanswerable("A quotation mark or a comment is not closed.") from None
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens.pop()
    if not tokens:
        raise Unanswerable("Write a SELECT.")
    if tokens[0].token_type not in _BEGINS:
        raise Unanswerable("Only a SELECT is answered here.", _place(tokens[0]))
    if len(tokens) > MOST_TOKENS:
        raise Unanswerable("There are more than {most} words and signs.", most=MOST_TOKENS)
    depth = 0
    for token in tokens:
        depth += (token.token_type in _OPENS) - (token.token_type in _CLOSES)
        if depth > MOST_DEPTH:
            says = "Brackets stand more than {most} deep. Name parts by WITH."
            raise Unanswerable(says, _place(token), most=MOST_DEPTH)
        if token.token_type is TokenType.SEMICOLON:
            raise Unanswerable("Send one SELECT at a time.", _place(token))
    return tokens


def _tree(tokens: list[Token], text: str) -> exp.Query:
    try:
        found = Spoken().parser().parse(tokens, text)
    except ParseError as fault:
        raise _misread(fault) from None
    except (SqlglotError, RecursionError, ValueError):
        raise Unanswerable("This cannot be read as SQL.") from None
    tree = found[0] if len(found) == 1 else None
    if not isinstance(tree, exp.Query) or isinstance(tree, exp.Table):
        raise Unanswerable("Only a SELECT is answered here.", _place(tokens[0]))
    return tree


def _misread(fault: ParseError) -> Unanswerable:
    first = fault.errors[0] if fault.errors else {}
    line, column = first.get("line"), first.get("col")
    word = first.get("highlight") or ""
    if not line or not column:
        return Unanswerable("This cannot be read as SQL.")
    at = Place(line, max(1, column - len(word) + 1))
    if not word:
        return Unanswerable("Something is missing here.", at)
    return Unanswerable("This cannot be read as SQL from “{word}” on.", at, word=word[:40])


def _require_shallow(tree: exp.Expr) -> None:
    level, nodes = 0, [tree]
    while nodes:
        level, nodes = level + 1, [part for node in nodes for part in node.iter_expressions()]
        if level > MOST_LEVELS and nodes:
            says = "More than {most} parts hang one on the other. Write IN (…), or use WITH."
            raise Unanswerable(says, _where(nodes[0]), most=MOST_LEVELS)


def _require_spoken(node: exp.Expr) -> None:
    """Raise ``Unanswerable`` unless a node is listed, and what it names is."""
    if type(node) not in NODES:
        kind = type(node).__name__
        raise Unanswerable("“{kind}” is not answered here.", _where(node), kind=kind)
    match node:
        case exp.Anonymous():
            name = node.name
            if not isinstance(node.this, str) or name.lower() not in FUNCTIONS:
                says = "There is no function “{name}” here. The page of the console lists them."
                raise Unanswerable(says, _where(node), name=name)
        case exp.DataType() if node.this not in TYPES:
            raise Unanswerable("There is no such type here.", _where(node))
        case exp.Var() if node.name.upper() not in UNITS:
            raise Unanswerable("“{kind}” is not answered here.", _where(node), kind=node.name)
        case exp.Column() if node.args.get("db"):
            says = "A column is called by its name, or by that of its table and its own."
            raise Unanswerable(says, _where(node))


def _tables(node: exp.Expr, known: frozenset[str]) -> Iterator[exp.Table]:
    """Yield the tables that are no common table expression where they stand."""
    if isinstance(node, exp.Table):
        if node.args.get("db") or node.name.casefold() not in known:
            yield node
    elif within := node.args.get("with_"):
        for each in within.expressions:
            own = frozenset([each.alias.casefold()])
            yield from _tables(each.this, known | own if within.args.get("recursive") else known)
            known |= own
    for part in node.iter_expressions():
        if not isinstance(part, exp.With):
            yield from _tables(part, known)


def _written(tree: exp.Expr) -> str:
    try:
        return tree.sql(
            dialect=Spoken,
            identify=True,
            comments=False,
            normalize_functions=False,
            unsupported_level=ErrorLevel.RAISE,
        )
    except (SqlglotError, RecursionError):
        raise Unanswerable("This cannot be read as SQL.") from None


def _where(node: exp.Expr) -> Place | None:
    for each in node.walk(bfs=False):
        meta: dict[str, Any] = each.meta
        if "line" in meta:
            return Place(meta["line"], meta["col"] - (meta["end"] - meta["start"]))
    return _where(node.parent) if node.parent else None


def _place(token: Token) -> Place:
    return Place(token.line, token.col - (token.end - token.start))
