"""Which SQL is spoken at the console: node by node, function by function, and nothing besides."""

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

AGGREGATES = """
any_value approx_count_distinct arg_max arg_min avg bool_and bool_or corr count count_if covar_pop
covar_samp entropy first kurtosis last max mean median min mode product quantile_cont quantile_disc
regr_intercept regr_r2 regr_slope skewness stddev stddev_pop stddev_samp string_agg sum var_pop
var_samp variance
"""
WINDOWS = """
cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
"""
NUMBERS = """
abs cbrt ceil ceiling exp floor greatest isfinite isinf isnan least ln log log10 log2 mod pi pow
power round sign sqrt trunc
"""
TEXTS = """
ascii chr concat concat_ws contains ends_with instr left length levenshtein lower lpad ltrim
nfc_normalize prefix regexp_extract regexp_full_match regexp_matches regexp_replace repeat replace
reverse right rpad rtrim split_part starts_with strip_accents strpos substr substring suffix
translate trim unicode upper
"""
DATES = """
date_add date_diff date_part date_sub date_trunc datediff datepart datetrunc day dayname dayofmonth
dayofweek dayofyear epoch hour isodow isoyear last_day make_date make_timestamp minute month
monthname quarter second strftime strptime try_strptime week weekday weekofyear year yearweek
"""
CHOICES = "coalesce grouping grouping_id ifnull nullif"

FUNCTIONS = frozenset(" ".join((AGGREGATES, WINDOWS, NUMBERS, TEXTS, DATES, CHOICES)).split())
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
