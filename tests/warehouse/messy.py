"""Tables as departments send them, in which every type is written in every way, and wrongly too."""

from datetime import date

from yelin.law import packs
from yelin.quality.rules import Rule
from yelin.warehouse.measuring.passes import Standards

SPECS = (
    "号:I#", "名:C/6!", "码:C/18", "额:N/12,2", "量:N", "价:Y", "率:F", "日:D", "时:T", "是:L",
    "话:C", "注:M",
)  # fmt: skip
# In a hurry.
FEW = tuple(each for each in SPECS if each[0] in "号名额日是")
_CELLS = {
    "名": ["海口市", "三亚", " 甲 ", "", "　", "琼Ａ－１２３", "太长的一个名称", "𠮷野家"],
    "码": ["91460000MA5T00010D", "46010519900307001X", "460105199013070017", "91-46", "", "9"],
    "额": ["1.50", "-2", "1,234.5", "１２", ".5", "12.345", "1e5", "…", "", "+3.10", "￥5"],
    "量": ["0.000001", "12345678901234567890.5", "7", "-0", "007", "1,23", "N/A", ""],
    "价": ["3.333333", "2.50元", "100", "-0.01", ""],
    "率": ["0.1", "1e300", "1e400", "-2.5E-3", "12%", "", "３.５", "nan"],
    "日": ["2020-01-31", "1969-12-31", "2020/1/5", "20200102", "2020年3月4日", "民国109年1月2日",
           "31/12/2019", "0044-03-15", "2020-02-30", "昨天", "", "1582-10-10", "2020-01-02 00:00"],
    "时": ["2020-01-02 03:04:05", "2020-01-02T03:04:05.25", "2020/1/2 3:4", "1969-12-31 23:59:59",
           "20200102", "25:00", "2020-01-02 24:00:00", "", "2020年1月2日 8时30分"],
    "是": ["是", "否", "true", "Y", "0", "有", "√", "maybe", ""],
    "话": ["13800138000", "+86 139-0013-9000", "０１３８", "联系 13912345678。", "a@b.cn", ""],
    "注": ["", "x' OR 1=1 --", "\\d+ % _ \\", "a\tb", "İstanbul ΣΑΣ ß"],
}  # fmt: skip


def table(rows: int) -> str:
    """Return a table of so many rows, some of them twice, with notes beneath."""
    lines = [",".join(spec.rpartition(":")[0] for spec in SPECS)]
    for n in range(rows):
        cells = [each[n * (place + 2) % len(each)] for place, each in enumerate(_CELLS.values())]
        lines.append(",".join([str(n - n % 11 // 10), *(f'"{cell}"' for cell in cells)]))
    return "\n".join([*lines, "注：数据截至2020年" + "," * (len(SPECS) - 1), ""])


def plain(rows: int) -> str:
    """Return a table of so many rows in which nothing is in doubt."""
    lines = ["号,名,码,额,日,是"]
    for n in range(rows):
        cells = (n, f"第{n % 9}港", "" if n % 3 else "91460000MA5T00010D", f"{n}.25",
                 f"20{n % 30:02}-0{1 + n % 9}-1{n % 9}", "是" if n % 2 else "否")  # fmt: skip
        lines.append(",".join(map(str, cells)))
    return "\n".join([*lines, ""])


def standards() -> Standards:
    """Return rules that ask of rows whatever can be asked of them."""
    told = [
        ("resident_id", ("码",), ""),
        ("dated", ("日",), ""),
        ("unique", ("号",), ""),
        ("once", (), ""),
        ("holds", ("额",), "额 * 2 + 1 > 0 and 额 / 号 < 1000.5"),
        ("holds", ("日", "时"), "日 - 3 <= date(时) and year(日) between 1900 and 2100"),
        ("holds", ("名",), "length(trim(名)) > 1 and 名 not like '%口_' and left(名, 1) <> '甲'"),
        ("holds", ("话",), "话 matches '^1[0-9]{10}$' or lower(话) in ('a@b.cn', '')"),
    ]
    rules = tuple(
        Rule(f"{kind}{number}", kind, "0104", names, 1, zh="", en="", expression=says)
        for number, (kind, names, says) in enumerate(told)
    )
    law = packs.active()
    return Standards(
        rules=rules, scheme=law.quality, weights={}, files={}, in_time=True, described=(1, 1),
        today=date(2026, 1, 2), legacy_codes=law.legacy_codes, digest="",
        places=frozenset({"海口"}),
    )  # fmt: skip
