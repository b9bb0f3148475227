"""What means the same to the embedded engine and to a cluster, and what is called otherwise there.

Each line was found by asking both (``tests/warehouse/test_cluster.py``, ``make prove``).
"""

import datetime as dt

from sqlglot import exp

# What may stand in a statement as it is.
NODES = frozenset(
    {
        exp.Select, exp.Union, exp.Subquery, exp.TableAlias, exp.From, exp.Where,
        exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Limit, exp.Offset, exp.Distinct,
        exp.Column, exp.Identifier, exp.Alias, exp.Star, exp.Null, exp.Boolean, exp.Tuple,
        exp.Paren, exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE,
        exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In, exp.Mul, exp.Neg, exp.DPipe,
        exp.Case, exp.If, exp.Window, exp.Filter,
    }
)  # fmt: skip
# Of the same name, and the same in all that they do.
_SAME = """
abs approx_count_distinct ascii bool_and bool_or coalesce contains count count_if day greatest
least length lpad max min month nullif repeat replace round split_part sum to_days to_seconds
translate year
"""
NAMED = dict.fromkeys(_SAME.split()) | {
    "starts_with": "startswith",
    "ends_with": "endswith",
    "strlen": "octet_length",
    "strpos": "instr",
}
TYPES = {
    exp.DType.BIGINT: "BIGINT",
    exp.DType.BOOLEAN: "BOOLEAN",
    exp.DType.DATE: "DATE",
    exp.DType.DOUBLE: "DOUBLE",
    exp.DType.INT: "INT",
    exp.DType.INT128: "DECIMAL(38, 0)",
    exp.DType.TEXT: "STRING",
    exp.DType.TIMESTAMPNTZ: "TIMESTAMP_NTZ",
    exp.DType.VARCHAR: "STRING",
}
TRIED: dict[type, str] = {
    exp.Add: "try_add",
    exp.Sub: "try_subtract",
    exp.Mul: "try_multiply",
    exp.Div: "try_divide",
}
# Of a moment it is a day too, so that moments come first.
VALUES = {dt.datetime: "TIMESTAMP_NTZ", dt.date: "DATE", float: "DOUBLE"}
SHAPES = {"%Y-%m-%d": "yyyy-MM-dd", "%Y-%m-%d %H:%M:%S": "yyyy-MM-dd HH:mm:ss"}
LARGEST = "1.7976931348623157e308"
ESCAPE = "\x01"
# What is cut off where nobody says what.
SPACES = " \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f\u3000"
# Of all signs, those whose small or capital letter the two know otherwise: of one as several, by
# what stands beside it, or by another year's tables.
DOUBTFUL = {
    "lower": r"\x{130}\x{3A3}\x{1C89}\x{A7CB}-\x{A7DC}\x{10D50}-\x{10D65}\x{16EA0}-\x{16EB8}",
    "upper": (
        r"\x{DF}\x{149}\x{19B}\x{1F0}\x{264}\x{390}\x{3B0}\x{587}\x{1C8A}\x{1E96}-\x{1E9A}"
        r"\x{1F50}-\x{1FFC}\x{A7CD}-\x{A7DB}\x{FB00}-\x{FB17}\x{10D70}-\x{10D85}"
        r"\x{16EBB}-\x{16ED3}"
    ),
}
