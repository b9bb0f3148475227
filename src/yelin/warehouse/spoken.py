"""Which SQL is spoken at the console: node by node, and nothing besides."""

from collections.abc import Callable
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.parsers.duckdb import DuckDBParser


class Spoken(DuckDB):
    """The engine's dialect, in which a function is what it is called and becomes no other."""

    class Parser(DuckDBParser):
        """Reads every call as a name with its arguments."""

        FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
            name: read
            for name, read in DuckDBParser.FUNCTION_PARSERS.items()
            if name in {"CAST", "TRY_CAST", "EXTRACT"}
        }


NODES = frozenset(
    {
        # Queries and their parts.
        exp.Select, exp.Union, exp.Intersect, exp.Except, exp.Subquery, exp.With, exp.CTE,
        exp.TableAlias, exp.From, exp.Table, exp.Join, exp.Values, exp.Where, exp.Group, exp.Cube,
        exp.Rollup, exp.GroupingSets, exp.Having, exp.Qualify, exp.Order, exp.Ordered, exp.Limit,
        exp.Offset, exp.Distinct,
        # Names and values.
        exp.Column, exp.Identifier, exp.Alias, exp.Star, exp.Literal, exp.Null, exp.Boolean,
        exp.Interval, exp.Var, exp.Tuple, exp.Paren,
        # Conditions and sums.
        exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Is,
        exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In, exp.Like, exp.ILike, exp.Escape,
        exp.Exists, exp.Any, exp.All, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod,
        exp.Neg, exp.DPipe, exp.Case, exp.If, exp.Cast, exp.TryCast, exp.DataType,
        exp.DataTypeParam, exp.Extract,
        # Calls.
        exp.Anonymous, exp.Window, exp.WindowSpec, exp.Filter, exp.IgnoreNulls, exp.RespectNulls,
    }
)  # fmt: skip

TYPES = frozenset(
    exp.DataType.build(name, dialect="duckdb").this
    for name in (
        "BIGINT", "BOOLEAN", "DATE", "DECIMAL", "DOUBLE", "FLOAT", "HUGEINT", "INTEGER", "SMALLINT",
        "TEXT", "TIME", "TIMESTAMP", "VARCHAR",
    )
)  # fmt: skip
UNITS = frozenset(
    f"{unit}{end}"
    for unit in ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "EPOCH",
                 "DOW", "ISODOW", "DOY", "ISOYEAR")
    for end in ("", "S")
)  # fmt: skip
