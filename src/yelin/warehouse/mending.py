"""Mend cells as a steward chooses: each rule says which cells it changes, and into what.

What is read as it stands, such as a full-width digit in a number, needs no mending (``tidying``).
Here is what changes a value or guesses at what was meant, so nothing of it is done unasked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from yelin.warehouse import values
from yelin.warehouse.engine import Engine, literal
from yelin.warehouse.items import NUMBER_TYPES, Codes, ItemSpec
from yelin.warehouse.survey import Survey

EXAMPLES = 3
# Longer text is prose, in which full-width letters and digits are as good as any.
_SHORT = 32
_IDENTIFIER = 18
_CREDIT_CODE = "[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}"
_RESIDENT_ID = "[1-9][0-9]{16}[0-9X]"
_NAMED_SO = ("信用代码", "身份证", "身份号码")

_WIDE = "".join(chr(code) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B)))
_WIDE += "".join(map(chr, range(0xFF41, 0xFF5B))) + "－／．"
_NARROW = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-/."

_YES = ("有", "对", "真", "√", "✓", "✔", "on")
_NO = ("无", "没有", "错", "假", "×", "✗", "✘", "off")
# The first days of 1927 and of 2100 as spreadsheets count days.
_SERIALS = (9_863, 73_051)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of mending: for which items, and the cell mended, NULL where it changes nothing."""

    code: str
    suits: Callable[[ItemSpec], bool]
    mended: Callable[[ItemSpec, str], str]


@dataclass(frozen=True, slots=True)
class Mending:
    """How many cells of an item a rule mends or has mended, with some before and after."""

    item: str
    rule: str
    count: int
    examples: tuple[tuple[str, str], ...] = ()


def mended(item: ItemSpec, rules: Sequence[str], cell: str) -> str:
    """Return a cell as the rules leave it."""
    base = _trimmed(item, rules, cell)
    others = [RULES[rule].mended(item, base) for rule in _others(rules)]
    return f"coalesce({', '.join((*others, base))})"


def done_by(item: ItemSpec, rules: Sequence[str], cell: str) -> str:
    """Return the one rule that changed a cell, or NULL; blanks count where nothing else did."""
    base = _trimmed(item, rules, cell)
    tried = [(rule, RULES[rule].mended(item, base)) for rule in _others(rules)]
    if "trim" in rules:
        tried.append(("trim", RULES["trim"].mended(item, cell)))
    cases = " ".join(f"WHEN ({sql}) IS NOT NULL THEN {literal(rule)}" for rule, sql in tried)
    return f"CASE {cases} END"


def _trimmed(item: ItemSpec, rules: Sequence[str], cell: str) -> str:
    return f"coalesce({RULES['trim'].mended(item, cell)}, {cell})" if "trim" in rules else cell


def _others(rules: Sequence[str]) -> list[str]:
    return [code for code in RULES if code in rules and code != "trim"]


def offers(
    asked: Sequence[tuple[ItemSpec, str, Sequence[str]]], survey: Survey
) -> Callable[[], list[Mending]]:
    """Ask what each rule would mend, and return how to learn it.

    ``asked`` has items with their cells and rules to try.
    """
    tried = [
        (item, cell, rule, RULES[rule].mended(item, cell))
        for item, cell, rules in asked
        for rule in rules
        if RULES[rule].suits(item)
    ]
    counts = survey.ask(*(f"count({sql})" for *_, sql in tried))
    return lambda: [
        Mending(item.name, rule, count, _examples(cell, sql, survey.table, survey.engine))
        for (item, cell, rule, sql), count in zip(tried, counts(), strict=True)
        if count
    ]


def counted(
    chosen: Sequence[tuple[ItemSpec, str, Sequence[str]]], rows: str, engine: Engine
) -> list[Mending]:
    """Return what the chosen rules have mended in ``rows``; the cells are as they came."""
    done = []
    for item, cell, rules in chosen:
        by = done_by(item, rules, cell)
        counts = engine.rows(
            f"SELECT rule, count(*) FROM (SELECT {by} AS rule FROM {rows}) GROUP BY rule"  # noqa: S608 - ours
        )
        found = {rule: count for rule, count in counts if rule}
        for rule in RULES:
            if rule in found:
                sql = f"CASE WHEN ({by}) = {literal(rule)} THEN {mended(item, rules, cell)} END"
                examples = _examples(cell, sql, rows, engine)
                done.append(Mending(item.name, rule, found[rule], examples))
    return done


def _examples(cell: str, sql: str, rows: str, engine: Engine) -> tuple[tuple[str, str], ...]:
    found = engine.rows(
        f"SELECT DISTINCT {cell}, {sql} AS after FROM {rows} WHERE after IS NOT NULL "  # noqa: S608 - quoted by literal()
        f"ORDER BY ALL LIMIT {EXAMPLES}"
    )
    return tuple((str(before), str(after)) for before, after in found)


def _plainly(cell: str) -> str:
    return f"trim(translate({cell}, {literal(_WIDE)}, {literal(_NARROW)}), {_BLANKS})"


_BLANKS = literal(values.BLANKS)


def _is_text(item: ItemSpec) -> bool:
    return item.is_text


def _has_codes(item: ItemSpec) -> bool:
    return item.is_text and item.codes is not None


def _is_identifier(item: ItemSpec) -> bool:
    named = item.precision == _IDENTIFIER or any(word in item.name for word in _NAMED_SO)
    return item.is_text and item.codes is None and named


def _is_short(item: ItemSpec) -> bool:
    short = item.key or (item.precision is not None and item.precision <= _SHORT)
    return item.is_text and item.codes is None and short and not _is_identifier(item)


def _trim(_: ItemSpec, cell: str) -> str:
    # Most cells have no blank at either end, which these tests see fast.
    begins = f"{cell} < '!' OR ({cell} >= '\u00a0' AND {cell} < '\u3001')"
    ends = f"substring({cell}, -1) IN ({', '.join(map(literal, values.BLANKS))})"
    return f"CASE WHEN {begins} OR {ends} THEN nullif(trim({cell}, {_BLANKS}), '') END"


def _narrow(_: ItemSpec, cell: str) -> str:
    wide = f"strlen({cell}) > length({cell}) AND regexp_matches({cell}, {literal(f'[{_WIDE}]')})"
    return f"CASE WHEN {wide} THEN translate({cell}, {literal(_WIDE)}, {literal(_NARROW)}) END"


def _form(item: ItemSpec, cell: str) -> str:
    closed = f"regexp_replace({_plainly(cell)}, '[\\s–—-]', '', 'g')"
    if item.codes is None:
        sound = f"{_CREDIT_CODE}|{_RESIDENT_ID}"
        # A code of so many bytes can be mended only where a letter of it is small.
        as_it_is = f"strlen({cell}) = {_IDENTIFIER} AND {cell} = upper({cell})"
        return (
            f"CASE WHEN {as_it_is} THEN NULL WHEN NOT {values.matches(cell, sound)} "
            f"AND {values.matches(f'upper({closed})', sound)} THEN upper({closed}) END"
        )
    tried = " ".join(
        f"WHEN {form} IN ({_listed(item.codes)}) THEN {form}"
        for form in (_plainly(cell), closed, f"upper({closed})")
    )
    return f"CASE WHEN {_is_listed(item.codes, cell)} THEN NULL {tried} END"


def _zeros(item: ItemSpec, cell: str) -> str:
    codes = item.codes.values if item.codes else frozenset()
    bare: dict[str, list[str]] = {}
    for code in sorted(codes):
        bare.setdefault(code.lstrip("0"), []).append(code)
    lost = {short: same[0] for short, same in bare.items() if len(same) == 1 and short != same[0]}
    return _looked_up(item, cell, lost)


def _names(item: ItemSpec, cell: str) -> str:
    names = item.codes.names if item.codes else {}
    called: dict[str, list[str]] = {}
    for code, name in sorted(names.items()):
        called.setdefault(name.strip(), []).append(code)
    return _looked_up(
        item, cell, {name: same[0] for name, same in called.items() if len(same) == 1}
    )


def _looked_up(item: ItemSpec, cell: str, meant: Mapping[str, str]) -> str:
    if item.codes is None or not meant:
        return "NULL"
    keys = ", ".join(map(literal, meant))
    codes = ", ".join(map(literal, meant.values()))
    found = f"MAP([{keys}], [{codes}])[{_plainly(cell)}]"
    return f"CASE WHEN {_is_listed(item.codes, cell)} THEN NULL ELSE {found} END"


def _is_listed(codes: Codes, cell: str) -> str:
    # A blank at either end is another rule's.
    return f"trim({cell}, {_BLANKS}) IN ({_listed(codes)})"


def _listed(codes: Codes) -> str:
    return ", ".join(map(literal, sorted(codes.values)))


def _unit(item: ItemSpec, cell: str) -> str:
    tidy = values.tidied(cell)
    before = "(?:RMB|CNY|[¥￥])?" if item.unit in {"", "元"} else ""
    after = _quoted(item.unit or "元")
    pattern = rf"{before}\s*({values.DECIMAL})\s*(?:{after})?"
    number = f"regexp_extract({tidy}, {literal(f'^{pattern}$')}, 1)"
    whole = values.matches(tidy, pattern)
    return f"CASE WHEN NOT {values.matches(tidy, values.FLOAT)} AND {whole} THEN {number} END"


def _quoted(text: str) -> str:
    return "".join(letter if letter.isalnum() else f"\\x{{{ord(letter):x}}}" for letter in text)


def _words(_: ItemSpec, cell: str) -> str:
    said = f"lower({values.tidied(cell)})"
    yes, no = (", ".join(map(literal, words)) for words in (_YES, _NO))
    return f"CASE WHEN {said} IN ({yes}) THEN '是' WHEN {said} IN ({no}) THEN '否' END"


def _serial(item: ItemSpec, cell: str) -> str:
    tidy = values.tidied(cell)
    timed = item.type == "T"
    number = f"TRY_CAST({tidy} AS DOUBLE)"
    seconds = f"CAST(round({number} * 86400) AS BIGINT)"
    moment = f"TIMESTAMP '1899-12-30 00:00:00' + to_seconds({seconds})"
    shape = literal("%Y-%m-%d %H:%M:%S" if timed else "%Y-%m-%d")
    written = values.matches(tidy, r"[0-9]{4,5}(?:\.[0-9]+)?" if timed else "[0-9]{4,5}")
    first, last = _SERIALS
    return (
        f"CASE WHEN {written} AND {number} BETWEEN {first} AND {last} "
        f"THEN strftime({moment}, {shape}) END"
    )


def _ordered(order: str) -> Callable[[ItemSpec, str], str]:
    def read(item: ItemSpec, cell: str) -> str:
        timed, tidy = item.type == "T", values.tidied(cell)
        shape = literal("%Y-%m-%d %H:%M:%S" if timed else "%Y-%m-%d")
        last = values.year_last(tidy, timed=timed)
        moment = values.moment(tidy, order, timed=timed)
        return f"CASE WHEN {last} THEN strftime({moment}, {shape}) END"

    return read


def _is_date(item: ItemSpec) -> bool:
    return item.type in {"D", "T"}


RULES = {
    rule.code: rule
    for rule in (
        Rule("trim", _is_text, _trim),
        Rule("narrow", _is_short, _narrow),
        Rule("form", lambda item: _has_codes(item) or _is_identifier(item), _form),
        Rule("zeros", _has_codes, _zeros),
        Rule("names", _has_codes, _names),
        Rule("unit", lambda item: item.type in NUMBER_TYPES, _unit),
        Rule("words", lambda item: item.type == "L", _words),
        Rule("serial", _is_date, _serial),
        Rule("dmy", _is_date, _ordered("dmy")),
        Rule("mdy", _is_date, _ordered("mdy")),
    )
}
# What a rule of a column whose cells are sound may still find: nothing else is looked for there.
OF_ANY_TEXT = ("trim", "narrow", "form")
