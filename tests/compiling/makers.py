"""Catalogs in files for tests, brought in by the same acts as anybody's."""

import csv
import io

from openpyxl import Workbook
from tests.parties.makers import make_actor, make_body

from yelin.catalog.models import Entry
from yelin.compiling import acts, tasks, writing
from yelin.compiling.models import Import
from yelin.warehouse.receive import receive

HEADS = [
    ("信息资源分类", "类"),
    ("信息资源分类", "项"),
    ("信息资源分类", "目"),
    ("信息资源分类", "细目"),
    ("信息资源名称", None),
    ("信息资源提供方", None),
    ("内部部门", None),
    ("信息资源摘要", None),
    ("信息资源格式类型", None),
    ("信息项信息", "信息项名称"),
    ("信息项信息", "数据类型"),
    ("信息项信息", "数据长度"),
    ("共享属性", "共享类型"),
    ("共享属性", "使用要求"),
    ("开放属性", "是否向社会开放"),
    ("开放属性", "开放条件"),
    ("更新周期", None),
    ("发布日期", None),
]


def national(resources, *, merged=True) -> bytes:
    """Return a workbook in the national layout: two heads, the cells of a resource merged."""
    book = Workbook()
    sheet = book.active
    sheet.append(["政务信息资源目录（2026 年）"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADS))
    sheet.append([upper for upper, _ in HEADS])
    sheet.append([lower for _, lower in HEADS])
    for start, end in ((1, 4), (10, 12), (13, 14), (15, 16)):
        sheet.merge_cells(start_row=2, start_column=start, end_row=2, end_column=end)
    for column, (_, lower) in enumerate(HEADS, 1):
        if lower is None:
            sheet.merge_cells(start_row=2, start_column=column, end_row=3, end_column=column)
    for cells, items in resources:
        first = sheet.max_row + 1
        for item in items:
            sheet.append([*cells[:9], *item, *cells[9:]])
        if merged and len(items) > 1:
            for column in [*range(1, 10), *range(13, len(HEADS) + 1)]:
                sheet.merge_cells(
                    start_row=first,
                    end_row=first + len(items) - 1,
                    start_column=column,
                    end_column=column,
                )
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ports(title="沿海主要港口货物吞吐量", provider="", **over):
    """Return one resource of the national layout: its cells and its items."""
    cells = {
        "class": "３",
        "group": "07",
        "kind": "010",
        "subkind": "001",
        "title": title,
        "provider": provider,
        "office": "统计处",
        "summary": "海口港、八所港历年货物吞吐量。<br>单位万吨。",
        "formats": "xlsx；csv",
        "sharing": "无条件共享 ",
        "uses": "工作参考",
        "open": 1,
        "condition": "",
        "cycle": "每年",
        "published": 45000,
    } | over
    return list(cells.values()), [("年份", "整型Ｉ"[:2], "４"), ("海口港", "N", "10,2")]


def as_csv(rows) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def bring(
    content: bytes, *, body=None, actor=None, name="catalog.xlsx", mapping="national", **over
):
    """Bring a catalog in and have it planned."""
    body = body or make_body()
    batch = acts.receive(
        actor=actor or make_actor(body),
        body=body,
        received=receive([content], name),
        **{"mapping": mapping, "sheet": "", "state_secret": False} | over,
    )
    return planned(batch)


def planned(batch: Import) -> Import:
    tasks.plan(str(batch.pk))
    return Import.objects.get(pk=batch.pk)


def entered(batch: Import, actor=None) -> Import:
    acts.run(actor=actor or make_actor(batch.body), batch=batch)
    tasks.run(str(batch.pk))
    return Import.objects.get(pk=batch.pk)


def outcomes(batch: Import) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in batch.planned.all():
        found[each.outcome] = found.get(each.outcome, 0) + 1
    return found


def exported(actor, format_, entries=None) -> bytes:
    """Return what ``actor`` may have of the catalog, as a file."""
    file = io.BytesIO()
    writing.write(file, format_, actor, Entry.objects.all() if entries is None else entries)
    return file.getvalue()
