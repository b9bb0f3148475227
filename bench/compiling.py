"""A catalog of 24,000 resources and 300,000 rows comes in from a workbook, and comes again.

The bare way reads the same rows by openpyxl and saves each resource with its items by Django, in a
transaction of its own: no preview, no rules, no leaf, no search.
"""

import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from django.db import transaction
from openpyxl import load_workbook

from bench.table import Figure
from prove import house
from yelin.catalog.models import Entry, Item
from yelin.compiling import acts, tasks
from yelin.compiling.models import Import, Outcome
from yelin.files.places import pieces
from yelin.law import clock
from yelin.things.models import Thing
from yelin.warehouse import xlsx
from yelin.warehouse.receive import receive

T = TypeVar("T")
RESOURCES = 24_000
ITEMS = (10, 15)
HEADS = (
    ("信息资源分类", "类"), ("信息资源分类", "项"), ("信息资源分类", "目"),
    ("信息资源分类", "细目"),
    ("", "信息资源名称"), ("", "内部部门"), ("", "信息资源摘要"), ("", "信息资源格式类型"),
    ("信息项信息", "信息项名称"), ("信息项信息", "数据类型"), ("信息项信息", "数据长度"),
    ("共享属性", "共享类型"), ("共享属性", "使用要求"), ("开放属性", "是否向社会开放"),
    ("", "更新周期"), ("", "采集依据"), ("", "资源标签"), ("", "区划"),
)  # fmt: skip
OF_ITEMS = range(8, 11)


def main(scale: float = 1.0) -> list[Figure]:
    """Return times and memory of both imports, and the first one's ratio to the bare way."""
    many = max(200, round(RESOURCES * scale))
    with house.standing():
        cast = house.appoint(departments=2, stewards=1, officers=0)
        body, actor = cast.departments[0], house.actor_of(cast.stewards[0][0])
        book = house.HOME / "catalog.xlsx"
        rows = _write(book, many)

        def bring() -> Import:
            received = receive(pieces(book.open("rb")), book.name)
            batch = acts.receive(
                actor=actor,
                body=body,
                received=received,
                mapping="national",
                sheet="",
                state_secret=False,
            )
            tasks.plan(str(batch.pk))
            return Import.objects.get(pk=batch.pk)

        def enter(batch: Import) -> None:
            acts.run(actor=actor, batch=batch)
            tasks.run(str(batch.pk))

        before = _memory()
        batch, previewing = _timed(bring)
        previewed = _memory()
        _require(batch, Outcome.MAKE, many)
        entering = _timed(lambda: enter(batch))[1]
        entered = _memory()
        again, unchanged = _timed(bring)
        _require(again, Outcome.KEEP, many)
        whole = _memory()
        bare = _timed(lambda: _bare(book, cast.departments[1].pk))[1]
    what = f"{many:,} resources, {rows:,} rows"
    return [
        Figure(f"preview of {what}", f"{previewing:.1f} s", f"{rows / previewing:,.0f} rows/s"),
        Figure("entering them", f"{entering:.1f} s", f"{many / entering:,.0f} entries/s"),
        Figure("the same file again, no change", f"{unchanged:.1f} s", "preview"),
        Figure("the same by openpyxl and bare rows", f"{bare:.1f} s", "no rules, no leaf"),
        Figure("first import ÷ bare", f"{(previewing + entering) / bare:.2f}", "whole"),
        Figure("import again ÷ bare", f"{unchanged / bare:.2f}", "whole"),
        Figure(
            "memory: at rest; previewed; entered; again",
            f"{before:.0f}; {previewed:.0f}; {entered:.0f}; {whole:.0f} MiB",
            f"peaks of the process; of its reader {_memory(resource.RUSAGE_CHILDREN):.0f} MiB",
        ),
    ]


def _require(batch: Import, outcome: Outcome, many: int) -> None:
    if batch.planned.filter(outcome=outcome).count() != many:
        raise RuntimeError(f"not every resource came to {outcome}: {batch.error}")


def _memory(whose: int = resource.RUSAGE_SELF) -> float:
    return resource.getrusage(whose).ru_maxrss / 1024


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.monotonic()
    return work(), time.monotonic() - began


def _write(book: Path, many: int) -> int:
    merges: list[xlsx.Merge] = []
    count = 0

    def rows() -> Iterator[list[str | None]]:
        nonlocal count
        for n in range(many):
            first, items = count + 3, ITEMS[n % 2]
            for item in range(items):
                count += 1
                yield _row(n, item)
            own = (place for place in range(len(HEADS)) if place not in OF_ITEMS)
            merges.extend((first, count + 2, place, place) for place in own)

    columns = [xlsx.Column(lower, above=above) for above, lower in HEADS]
    with book.open("wb") as file:
        xlsx.write(file, columns, rows(), merges=merges)
    return count


def _row(n: int, item: int) -> list[str | None]:
    named = [f"信息项{item}", "字符型", "４０"]
    if item:
        return [None] * OF_ITEMS.start + named + [None] * (len(HEADS) - OF_ITEMS.stop)
    return [
        "3", "07", "010", f"{n % 1000:03}", f"海南省公共数据资源目录第{n}号", "信息处",
        f"第{n}号资源的摘要，说明覆盖范围、起止时间和主要内容。<br>另起一行。", "xlsx；csv",
        *named, "无条件共享 ", "工作参考", "0", "每月", "《海南省大数据开发应用条例》",
        f"标签{n % 50}；目录", "海南省",
    ]  # fmt: skip


def _bare(book: Path, provider: object) -> None:
    sheet = load_workbook(book, read_only=True).active
    entry: list[str] = []
    items: list[list[str]] = []
    for row in sheet.iter_rows(min_row=3, values_only=True):
        cells = [cell or "" for cell in row] + [""] * (len(HEADS) - len(row))
        if cells[4]:
            if entry:
                _save(provider, entry, items)
            entry, items = cells, []
        items.append(cells[OF_ITEMS.start : OF_ITEMS.stop])
    _save(provider, entry, items)


def _save(provider: object, cells: list[str], items: list[list[str]]) -> None:
    with transaction.atomic():
        thing = Thing.objects.create(kind=Entry.KIND)
        entry = Entry(
            thing=thing,
            provider_id=provider,
            title=cells[4],
            summary=cells[6],
            classification="".join(cells[:4]),
            formats=cells[7].split("；"),
            sharing_type="unconditional",
            opening_type="none",
            update_cycle="monthly",
            keywords=cells[16].split("；"),
            drafted_at=clock.now(),
            changed_at=clock.now(),
        )
        entry.save(force_insert=True)
        Item.objects.bulk_create(
            Item(entry=entry, position=n, name=name, type="C", length="40")
            for n, (name, _type, _length) in enumerate(items, 1)
        )
