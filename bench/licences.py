"""Records of licences as a county would send them, made up from a seed, and the items they follow.

Codes begin with zeros, credit codes hold by their check character (GB 32100), dates may be
missing, and what is licensed is told with commas and quotation marks.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from yelin.law import packs
from yelin.law.quality import Made
from yelin.quality.rules import Rule
from yelin.warehouse.engine import connect, literal
from yelin.warehouse.items import Codes, ItemSpec
from yelin.warehouse.measuring.passes import Standards

SEED = 20191101
AT_ONCE = 100_000

_DIVISIONS = {
    "460105": "海口市秀英区", "460106": "海口市龙华区", "460107": "海口市琼山区",
    "460108": "海口市美兰区", "460202": "三亚市海棠区", "460203": "三亚市吉阳区",
    "460204": "三亚市天涯区", "460205": "三亚市崖州区", "460400": "儋州市", "469001": "五指山市",
    "469002": "琼海市", "469005": "文昌市", "469006": "万宁市", "469007": "东方市",
    "469021": "定安县", "469022": "屯昌县", "469023": "澄迈县", "469024": "临高县",
}  # fmt: skip
_KINDS = ("普通", "特许", "认可", "核准", "登记", "其他")
_STATES = ("1", "2", "3")

ITEMS = (
    ItemSpec("许可证编号", "C", "12", nullable=False, key=True),
    ItemSpec("统一社会信用代码", "C", "18", nullable=False),
    ItemSpec("行政相对人名称", "C", "60", nullable=False),
    ItemSpec("法定代表人", "C", "30"),
    ItemSpec("行政区划代码", "C", "6", nullable=False, codes=Codes("区划", frozenset(_DIVISIONS))),
    ItemSpec("住所", "C", "100"),
    ItemSpec("许可决定文书号", "C", "40"),
    ItemSpec("许可类别", "C", "10", nullable=False, codes=Codes("类别", frozenset(_KINDS))),
    ItemSpec("许可内容", "M", "400"),
    ItemSpec("许可决定日期", "D", nullable=False),
    ItemSpec("有效期至", "D"),
    ItemSpec("注册资本", "Y", "14,2"),
    ItemSpec("从业人数", "I", "6"),
    ItemSpec("经度", "N", "9,6"),
    ItemSpec("纬度", "N", "9,6"),
    ItemSpec("当前状态", "C", "1", nullable=False, codes=Codes("状态", frozenset(_STATES))),
    ItemSpec("更新时间", "T"),
    ItemSpec("备注", "C", "40"),
)


@cache
def standards() -> Standards:
    """Return by what such a file is measured: the rules that follow from its items."""
    law = packs.active()
    return Standards(
        rules=tuple(_rule(kind, items) for kind, items in _asked()),
        scheme=law.quality,
        weights={},
        files={},
        in_time=True,
        described=(len(ITEMS), len(ITEMS)),
        today=date(2026, 1, 1),
        legacy_codes=law.legacy_codes,
        places=frozenset(_DIVISIONS.values()),
        digest="",
    )


def _asked() -> Iterator[tuple[Made, tuple[str, ...]]]:
    for item in ITEMS:
        named = (item.name,)
        yield Made.CARRIED, named
        yield (Made.FILLED if item.nullable else Made.REQUIRED), named
        yield (Made.SIZED if item.is_text else Made.TYPED), named
        if item.codes:
            yield Made.LISTED, named
        if item.type in "DT":
            yield Made.DATED, named
    yield Made.CREDIT_CODE, ("统一社会信用代码",)
    yield Made.UNIQUE, tuple(item.name for item in ITEMS if item.key)
    yield from ((kind, ()) for kind in (Made.DESCRIBED, Made.KEPT, Made.READABLE, Made.READ_BACK))


def _rule(kind: Made, items: tuple[str, ...]) -> Rule:
    made = packs.active().quality.made[kind]
    code = ":".join((str(kind), *items))
    return Rule(code, str(kind), made.indicator, items, made.weight, made.zh, made.en, made.veto)


_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗符韩邢冯云"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英霞平刚桂兰海燕琼椰文昌"
_TRADES = (
    "餐饮服务",
    "水产养殖",
    "热带农业",
    "旅游开发",
    "物流运输",
    "建筑工程",
    "医药零售",
    "网络科技",
)
_GOODS = (
    "热食类食品制售",
    "预包装食品（含冷藏冷冻食品）销售",
    "散装食品销售",
    "特殊食品销售",
    "糕点类食品制售",
)
_REMARKS = ("", "", "", "补正后受理", "“证照分离”改革事项")
_ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", "S1")
_WEIGHTS = np.array([3**place % 31 for place in range(17)])
Words = npt.NDArray[np.str_]


def write(path: Path, rows: int) -> None:
    """Write so many records as CSV, the same ones every time."""
    staged = path.with_suffix(".parquet")
    draw(staged, rows)
    with connect(memory_mb=2_048, roots=[path.parent]) as engine:
        engine.rows(
            f"COPY (FROM read_parquet({literal(str(staged))})) TO {literal(str(path))} "
            "(FORMAT csv, HEADER)"
        )
    staged.unlink()


def draw(path: Path, rows: int) -> None:
    """Write so many records as Parquet, each cell the text that a file would have."""
    draws = np.random.default_rng(SEED)
    writer = None
    for first in range(0, rows, AT_ONCE):
        table = _records(draws, first, min(AT_ONCE, rows - first))
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()


def _records(draws: np.random.Generator, first: int, many: int) -> pa.Table:
    def one_of(words: "tuple[str, ...] | str") -> Words:
        return np.array(list(words))[draws.integers(len(words), size=many)]

    def numbered(before: str, numbers: npt.NDArray[np.int64], after: str) -> Words:
        return _joined(before, numbers.astype(str), after)

    def now_and_then(words: Words, share: float) -> Words:
        return np.where(draws.random(many) < share, "", words)

    number = np.arange(first, first + many)
    codes = np.array(list(_DIVISIONS))
    where = draws.integers(len(codes), size=many)
    division, place = codes[where], np.array(list(_DIVISIONS.values()))[where]
    trade = one_of(_TRADES)
    goods, more = one_of(_GOODS), one_of(_GOODS)
    decided = np.datetime64("2016-01-01") + draws.integers(3650, size=many)
    until = decided + 365 * draws.integers(1, 6, size=many)
    changed = decided.astype("datetime64[s]") + draws.integers(86_400, size=many)
    quoted = np.where(draws.random(many) < 0.3, _joined(goods, '，含"', more, '"'), goods)
    year = decided.astype("datetime64[Y]").astype(str)
    texts = [
        np.char.zfill(number.astype(str), 12),
        _credit_codes(draws, division),
        _joined(place, one_of(_GIVEN), one_of(_GIVEN), trade, "有限公司"),
        now_and_then(_joined(one_of(_SURNAMES), one_of(_GIVEN), one_of(_GIVEN)), 0.02),
        division,
        _joined(place, numbered("人民大道", draws.integers(1, 2_000, size=many), "号")),
        _joined("琼许〔", year, numbered("〕", number % 100_000, "号")),
        one_of(_KINDS),
        np.where(draws.random(many) < 0.2, _joined(quoted, ", ", more), quoted),
        decided.astype(str),
        now_and_then(until.astype(str), 0.1),
        now_and_then(_fixed(draws.integers(10**4, 10**10, size=many), 2), 0.05),
        now_and_then(draws.integers(1, 5_000, size=many).astype(str), 0.1),
        _fixed(draws.integers(108_600_000, 111_100_000, size=many), 6),
        _fixed(draws.integers(18_100_000, 20_200_000, size=many), 6),
        one_of(_STATES),
        np.char.replace(changed.astype(str), "T", " "),
        one_of(_REMARKS),
    ]
    columns = [pa.array(text).cast(pa.string()) for text in texts]
    return pa.table(
        [pa.compute.if_else(pa.compute.equal(c, ""), None, c) for c in columns],
        names=[item.name for item in ITEMS],
    )


def _joined(*parts: "Words | str") -> Words:
    whole: Words = np.asarray(parts[0])
    for part in parts[1:]:
        whole = np.char.add(whole, part)
    return whole


def _fixed(units: npt.NDArray[np.int64], places: int) -> Words:
    whole, rest = units // 10**places, units % 10**places
    return _joined(whole.astype(str), ".", np.char.zfill(rest.astype(str), places))


def _credit_codes(draws: np.random.Generator, division: Words) -> Words:
    """Return valid unified social credit codes of enterprises of a division."""
    body = draws.integers(31, size=(len(division), 17))
    body[:, :2] = 9, 1
    body[:, 2:8] = division.astype("S6").view("S1").reshape(-1, 6).astype(np.int64)
    check = (31 - body @ _WEIGHTS % 31) % 31
    signs = _ALPHABET[np.column_stack([body, check])]
    return np.ascontiguousarray(signs).view("S18").ravel().astype(str)
