"""A statement of the embedded engine said in a cluster's dialect: one tree, two ways to write it.

Only what is listed (``alike``) means the same to both, or is written here so that it does. Whatever
else stands in a statement raises ``Unsaid``, and the embedded engine answers; so it does where the
cluster sees but at work that it would answer otherwise (``FAILS``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlglot import exp
from sqlglot.dialects.spark import Spark
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from yelin.warehouse import alike
from yelin.warehouse.pattern import Unreadable, java
from yelin.warehouse.spoken import Spoken

# Said where the cluster finds that it would answer otherwise.
FAILS = "unsaid"


class Unsaid(Exception):
    """The statement has something in it that the cluster may understand otherwise."""


@dataclass(frozen=True, slots=True)
class Said:
    """A statement for the cluster, and the texts in it by the names that stand for them.

    ``views`` says by which name it calls each of the files that it reads, and ``columns`` what it
    calls columns: of its files it needs no others, unless there are none given, which is all.
    ``tables`` are those of the embedded engine whose ordinals it asks about, with their names.
    """

    sql: str
    texts: Mapping[str, str]
    views: Mapping[str, str]
    columns: frozenset[str] | None
    tables: Mapping[str, str]


def said(sql: str, params: Sequence[object] = (), called: str = "file") -> Said:
    """Return a statement of the embedded engine as the cluster takes it. Raises ``Unsaid``.

    With ``called`` the names of the files begin.
    """
    saying = _Saying(params, called)
    try:
        (tree,) = Spoken().parser().parse(*_numbered(sql))
        if not isinstance(tree, exp.Query):
            raise Unsaid(type(tree).__name__)
        columns = None if tree.is_star else frozenset(c.name for c in tree.find_all(exp.Column))
        written = saying.said(tree).sql(
            dialect=Spark,
            identify=True,
            comments=False,
            normalize_functions=False,
            unsupported_level=ErrorLevel.RAISE,
        )
    except (SqlglotError, RecursionError, Unreadable, ValueError) as fault:
        raise Unsaid(type(fault).__name__) from fault
    texts = {name: text for text, name in saying.texts.items()}
    return Said(written, texts, saying.views, columns, saying.tables)


def _numbered(sql: str) -> tuple[list[Token], str]:
    """Return the tokens of a statement whose parameters are numbered, and its text."""
    at, parts = 0, []
    places = [t for t in Spoken().tokenize(sql) if t.token_type is TokenType.PLACEHOLDER]
    for number, token in enumerate(places):
        parts += [sql[at : token.start], f"${number + 1}"]
        at = token.end + 1
    text = "".join([*parts, sql[at:]])
    return Spoken().tokenize(text), text


@dataclass(slots=True)
class _Saying:
    """One statement on its way from the one dialect to the other."""

    params: Sequence[object]
    called: str
    texts: dict[str, str] = field(default_factory=dict)
    views: dict[str, str] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)

    def said(self, node: exp.Expr) -> exp.Expr:
        """Return a node and all beneath it as the cluster has them."""
        if isinstance(node, exp.Anonymous):
            return self._called(node)
        if own := _NODES_OWN.get(type(node)):
            return own(self, node)
        return self._parts(node)

    def text(self, text: str) -> exp.Expr:
        """Return what stands for a text: no text is part of the statement."""
        return exp.Placeholder(this=self.texts.setdefault(text, f"t{len(self.texts)}"))

    def pattern(self, node: exp.Expr, form: str = "{}") -> exp.Expr:
        """Return what stands for a pattern, which must be known."""
        return self.text(form.format(java(_known(node))))

    def _parts(self, node: exp.Expr) -> exp.Expr:
        if type(node) not in alike.NODES:
            raise Unsaid(type(node).__name__)
        for part in list(node.iter_expressions()):
            new = self.said(part)
            if new is not part:
                part.replace(new)
        return node

    def _called(self, node: exp.Anonymous) -> exp.Expr:
        name = node.name.lower()
        if own := _OWN.get(name):
            return own(self, *node.expressions)
        if name not in alike.NAMED:
            raise Unsaid(name)
        return call(alike.NAMED[name] or name, *map(self.said, node.expressions))

    def literal(self, node: exp.Literal) -> exp.Expr:
        return self.text(node.name) if node.is_string else node

    def parameter(self, node: exp.Placeholder) -> exp.Expr:
        return self._value(self.params[int(node.name) - 1])

    def cast(self, node: exp.Cast) -> exp.Expr:
        tried, value = isinstance(node, exp.TryCast), self.said(node.this)
        kind = node.to.this
        if kind == exp.DType.DECIMAL:
            written = ", ".join(part.name for part in node.to.expressions)
            return _as(f"DECIMAL({written})", value, tried=tried)
        if kind not in alike.TYPES:
            raise Unsaid(str(kind))
        if alike.TYPES[kind] == "STRING":
            return _written(value)
        if kind == exp.DType.INT and not tried:
            # It cuts off what the embedded engine rounds.
            value = call("round", value)
        return _as(alike.TYPES[kind], value, tried=tried)

    def quotient(self, node: exp.Div) -> exp.Expr:
        # To the embedded engine, every one is a double.
        of, by = (_as("DOUBLE", self.said(each)) for each in (node.left, node.right))
        return exp.Div(this=of, expression=by)

    def rest(self, node: exp.Mod) -> exp.Expr:
        of, by = self.said(node.left), self.said(node.right)
        return call("pmod" if of.name == "xxhash64" else "mod", of, by)

    def sum(self, node: exp.Add | exp.Sub) -> exp.Expr:
        left, right = self.said(node.left), self.said(node.right)
        if right.name in {"to_days", "to_seconds"}:
            (many,) = right.expressions
            if isinstance(node, exp.Sub):
                many = exp.Neg(this=exp.paren(many))
            return _later(left, right.name, many)
        return type(node)(this=left, expression=right)

    def equal(self, node: exp.EQ) -> exp.Expr:
        if node.left.name != "get_bit":
            return self._parts(node)
        bits, ordinal = node.left.expressions
        if node.right.name != "0" or bits.name != "getvariable":
            raise Unsaid("get_bit")
        (named,) = map(_known, bits.expressions)
        name = self.tables.setdefault(named, f"{self.called}{named}")
        left_out = exp.select("ordinal").from_(exp.to_identifier(name))
        inside = exp.In(this=self.said(ordinal.unnest()), query=exp.Subquery(this=left_out))
        return exp.Not(this=inside)

    def select(self, node: exp.Select) -> exp.Expr:
        for star in node.expressions:
            if isinstance(star, exp.Star) and (others := star.args.pop("replace", None)):
                star.set("except_", [exp.to_identifier(each.alias) for each in others])
                node.set("expressions", [*node.expressions, *others])
        return self._parts(node)

    def like(self, node: exp.Like) -> exp.Expr:
        # To the cluster a backslash would quote what follows it; that which does, quotes itself.
        sign, twice = _raw(alike.ESCAPE), _raw(alike.ESCAPE * 2)
        pattern = call("replace", self.said(node.expression), sign.copy(), twice)
        like = exp.Like(this=self.said(node.this), expression=pattern)
        return exp.Escape(this=like, expression=sign)

    def table(self, table: exp.Table) -> exp.Expr:
        asked = table.this
        listed = asked.expressions[0] if isinstance(asked, exp.Anonymous) else None
        if isinstance(listed, exp.Array) and len(listed.expressions) == 1:
            (listed,) = listed.expressions
        if listed is None or asked.name.lower() != "read_parquet":
            raise Unsaid("a table of the embedded engine's")
        name = self.views.setdefault(_known(listed), f"{self.called}{len(self.views)}")
        return exp.Table(this=exp.to_identifier(name), alias=table.args.get("alias"))

    def _value(self, value: object) -> exp.Expr:
        if value is None or isinstance(value, bool):
            return exp.convert(value)
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, int | Decimal):
            return exp.Literal.number(f"{value:f}" if isinstance(value, Decimal) else value)
        for kind, name in alike.VALUES.items():
            if isinstance(value, kind):
                return _as(name, self.text(str(value)))
        raise Unsaid(type(value).__name__)

    def lower(self, text: exp.Expr) -> exp.Expr:
        return self._cased("lower", self.said(text))

    def upper(self, text: exp.Expr) -> exp.Expr:
        return self._cased("upper", self.said(text))

    def _cased(self, name: str, text: exp.Expr) -> exp.Expr:
        is_ascii = exp.EQ(this=call("octet_length", text), expression=call("length", text.copy()))
        doubtful = call("regexp_like", text.copy(), self.text(f"[{alike.DOUBTFUL[name]}]"))
        cases = [(is_ascii, call(name, text.copy())), (doubtful, _fails())]
        ifs = [exp.If(this=when, true=then) for when, then in cases]
        return exp.Case(ifs=ifs, default=call(name, text.copy()))

    def trim(self, text: exp.Expr, signs: exp.Expr | None = None) -> exp.Expr:
        return self._trimmed("BOTH", text, signs)

    def ltrim(self, text: exp.Expr, signs: exp.Expr | None = None) -> exp.Expr:
        return self._trimmed("LEADING", text, signs)

    def rtrim(self, text: exp.Expr, signs: exp.Expr | None = None) -> exp.Expr:
        return self._trimmed("TRAILING", text, signs)

    def _trimmed(self, where: str, text: exp.Expr, signs: exp.Expr | None) -> exp.Expr:
        signs = self.said(signs) if signs else self.text(alike.SPACES)
        return exp.Trim(this=self.said(text), expression=signs, position=where)

    def left(self, text: exp.Expr, many: exp.Expr) -> exp.Expr:
        return call("left", self.said(text), self._count(many))

    def right(self, text: exp.Expr, many: exp.Expr) -> exp.Expr:
        return call("right", self.said(text), self._count(many))

    def substr(self, text: exp.Expr, first: exp.Expr, many: exp.Expr | None = None) -> exp.Expr:
        if isinstance(first, exp.Neg) and many is None:
            return call("right", self.said(text), self._count(first.this))
        length = [self._count(many)] if many else []
        return call("substr", self.said(text), self._count(first, least=1), *length)

    def _count(self, node: exp.Expr, least: int = 0) -> exp.Expr:
        """Return a number of signs: what is asked of a smaller one, each engine answers anew."""
        many = self.said(node)
        while isinstance(many, exp.Cast) and many.this.is_int:
            many = many.this
        if many.is_int and int(many.name) >= least:
            return many
        too_small = exp.LT(this=exp.paren(many), expression=_number(least))
        return exp.Case(ifs=[exp.If(this=too_small, true=_fails())], default=many.copy())

    def fits(self, text: exp.Expr, pattern: exp.Expr) -> exp.Expr:
        return call("regexp_like", self.said(text), self.pattern(pattern, r"\A(?:{})\z"))

    def finds(self, text: exp.Expr, pattern: exp.Expr) -> exp.Expr:
        return call("regexp_like", self.said(text), self.pattern(pattern))

    def extracts(
        self, text: exp.Expr, pattern: exp.Expr, group: exp.Expr | None = None
    ) -> exp.Expr:
        which = self._count(group) if group else _number(0)
        return call("regexp_extract", self.said(text), self.pattern(pattern), which)

    def replaces(
        self, text: exp.Expr, pattern: exp.Expr, into: exp.Expr, how: exp.Expr | None = None
    ) -> exp.Expr:
        known = _known(pattern)
        # The cluster replaces wherever it fits: at an end of the text that is one place.
        if how is None and not (known.startswith("^") or known.endswith("$")):
            raise Unsaid("regexp_replace")
        if how is not None and _known(how) != "g":
            raise Unsaid("regexp_replace")
        if into.is_string:
            new = self.text(_groups(_known(into)))
        else:
            new = self.said(into)
            for sign in ("\\", "$"):
                new = call("replace", new, self.text(sign), self.text(f"\\{sign}"))
        return call("regexp_replace", self.said(text), self.pattern(pattern), new)

    def finite(self, number: exp.Expr) -> exp.Expr:
        most = _as("DOUBLE", self.text(alike.LARGEST))
        least = _as("DOUBLE", self.text(f"-{alike.LARGEST}"))
        return exp.paren(exp.Between(this=self.said(number), low=least, high=most))

    def hashed(self, *columns: exp.Expr) -> exp.Expr:
        # To the cluster's digest, what is missing leaves no trace.
        told = [self.said(column) for column in columns]
        missing = [call("isnull", column.copy()) for column in told]
        return call(
            "xxhash64", *(each for pair in zip(told, missing, strict=True) for each in pair)
        )

    def days(self, unit: exp.Expr, first: exp.Expr, last: exp.Expr) -> exp.Expr:
        if _known(unit) != "day":
            raise Unsaid("date_diff")
        return call("datediff", self.said(last), self.said(first))

    def begins(self, unit: exp.Expr, day: exp.Expr) -> exp.Expr:
        if _known(unit) != "year":
            raise Unsaid("date_trunc")
        return call("date_trunc", self.text("YEAR"), self.said(day))

    def shaped(self, moment: exp.Expr, shape: exp.Expr) -> exp.Expr:
        if (form := alike.SHAPES.get(_known(shape))) is None:
            raise Unsaid("strftime")
        return call("date_format", self.said(moment), self.text(form))

    def micros(self, moment: exp.Expr) -> exp.Expr:
        return call("unix_micros", _as("TIMESTAMP", self.said(moment)))

    def tried(self, what: exp.Expr) -> exp.Expr:
        what = self.said(what.unnest())
        if isinstance(what, exp.Binary) and type(what) in alike.TRIED:
            return call(alike.TRIED[type(what)], what.left, what.right)
        if isinstance(what, exp.Cast) and what.this.name == "date_add":
            # It fails nowhere, as it is written.
            return what
        raise Unsaid("try")


_OWN: dict[str, Callable[..., exp.Expr]] = {
    "lower": _Saying.lower,
    "upper": _Saying.upper,
    "trim": _Saying.trim,
    "ltrim": _Saying.ltrim,
    "rtrim": _Saying.rtrim,
    "left": _Saying.left,
    "right": _Saying.right,
    "substr": _Saying.substr,
    "substring": _Saying.substr,
    "regexp_full_match": _Saying.fits,
    "regexp_matches": _Saying.finds,
    "regexp_extract": _Saying.extracts,
    "regexp_replace": _Saying.replaces,
    "isfinite": _Saying.finite,
    "hash": _Saying.hashed,
    "date_diff": _Saying.days,
    "date_trunc": _Saying.begins,
    "strftime": _Saying.shaped,
    "epoch_us": _Saying.micros,
    "try": _Saying.tried,
}


_NODES_OWN: dict[type, Callable[..., exp.Expr]] = {
    exp.Add: _Saying.sum,
    exp.Cast: _Saying.cast,
    exp.EQ: _Saying.equal,
    exp.Div: _Saying.quotient,
    exp.Like: _Saying.like,
    exp.Literal: _Saying.literal,
    exp.Mod: _Saying.rest,
    exp.Placeholder: _Saying.parameter,
    exp.Select: _Saying.select,
    exp.Sub: _Saying.sum,
    exp.Table: _Saying.table,
    exp.TryCast: _Saying.cast,
}


def call(name: str, *parts: exp.Expr) -> exp.Anonymous:
    """Return the call of a function of the cluster's."""
    return exp.Anonymous(this=name, expressions=list(parts))


def _number(number: int) -> exp.Expr:
    return exp.Literal.number(number)


def _as(kind: str, node: exp.Expr, *, tried: bool = False) -> exp.Expr:
    to = exp.DataType.build(kind, dialect="spark")
    return exp.TryCast(this=node, to=to, safe=True) if tried else exp.Cast(this=node, to=to)


def _known(node: exp.Expr) -> str:
    """Return the text that a node is."""
    if not node.is_string:
        raise Unsaid("a text that is not known")
    return node.name


def _groups(text: str) -> str:
    """Return a replacement with its groups as Java names them."""
    first, *parts = text.replace("$", r"\$").split("\\")
    if any(part[:2].isdigit() and len(part[:2]) == 2 for part in parts):
        raise Unsaid("a group before a digit")
    return first + "".join(f"${part}" if part[:1].isdigit() else f"\\{part}" for part in parts)


def _written(value: exp.Expr) -> exp.Expr:
    """Return a value as text; the two write doubles in ways of their own."""
    is_double = exp.EQ(this=call("typeof", value.copy()), expression=_raw("double"))
    return exp.Case(ifs=[exp.If(this=is_double, true=_fails())], default=_as("STRING", value))


def _fails() -> exp.Expr:
    return call("raise_error", _raw(FAILS))


def _raw(text: str) -> exp.Expr:
    return exp.Literal.string(text)


def _later(moment: exp.Expr, unit: str, many: exp.Expr) -> exp.Expr:
    if unit == "to_seconds":
        return call("timestampadd", exp.Var(this="SECOND"), many, moment)
    first = exp.cast(_raw("1970-01-01"), "DATE")
    # What lies beyond all days is none.
    return call("date_add", first, call("try_add", call("datediff", moment, first.copy()), many))
