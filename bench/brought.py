"""A table of firms as a file, and brought in as the release of a confirmed entry."""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from prove import house
from yelin.catalog.content import EntryContent, ItemContent
from yelin.catalog.models import Entry
from yelin.parties.actor import Actor
from yelin.warehouse import acts, tasks
from yelin.warehouse.models import Release
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

MIB = 1 << 20
DISTRICTS = ("龙华区", "美兰区", "琼山区", "秀英区", "吉阳区", "天涯区", "海棠区", "崖州区")
ITEMS = (
    ("序号", "I"), ("信用代码", "C"), ("名称", "C"), ("行政区", "C"), ("类别", "I"),
    ("注册资本", "N"), ("成立日期", "D"), ("地址", "C"),
)  # fmt: skip


def write(csv: Path, rows: int) -> None:
    """Write so many rows."""
    shown = ", ".join(f"'{name}'" for name in DISTRICTS)
    duckdb.sql(
        "COPY (SELECT i AS 序号, "  # noqa: S608 - ours
        "'C' || lpad((i * 7919 % 1000000007)::VARCHAR, 17, '0') AS 信用代码, "
        f"'海南' || (i * 104729 % 1000003) || '贸易有限公司' AS 名称, "
        f"list_extract([{shown}], (i * 31 % {len(DISTRICTS)})::INT + 1) AS 行政区, "
        "i * 31 % 977 AS 类别, ((i * 7907 % 9999991) / 4.0)::DECIMAL(18,2) AS 注册资本, "
        "DATE '1990-01-01' + (i * 17 % 12000)::INT AS 成立日期, "
        "'海口市滨海大道' || (i * 17 % 50021) || '号' AS 地址 "
        f"FROM range({rows}) r(i)) TO '{csv}' (HEADER)"
    )


def publish(cast: house.Cast, csv: Path, title: str) -> Release:
    """Have an entry of these rows confirmed, and bring them in as its first release."""
    return released(cast, csv, house.content_of(title, items=items_of(ITEMS)))


def items_of(columns: Iterable[tuple[str, str]]) -> tuple[ItemContent, ...]:
    """Return the items of columns by name and type, each with a name in English."""
    return tuple(
        ItemContent(name=name, name_en=f"c{n}", type=kind) for n, (name, kind) in enumerate(columns)
    )


def released(cast: house.Cast, csv: Path, content: EntryContent) -> Release:
    """Have an entry confirmed, and bring a file in as its first release."""
    return bring(house.actor_of(cast.stewards[0][0]), house.confirmed(cast, content), csv)


def bring(steward: Actor, entry: Entry, csv: Path) -> Release:
    """Bring a file in as the next release of ``entry``."""
    with csv.open("rb") as file:
        received = receive(iter(lambda: file.read(MIB), b""), "t.csv")
    upload = acts.receive(actor=steward, entry=entry, received=received, options=Options())
    tasks.prepare(str(upload.pk))
    upload.refresh_from_db()
    return acts.publish(
        actor=steward, entry=entry, upload=upload, without_rejected=False, as_changed=True
    )
