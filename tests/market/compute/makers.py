"""Bought data that is asked where it lies, for tests: a trade on file, and questions to it."""

from collections.abc import Sequence

from tests.catalog.makers import make_social
from tests.market.filing.makers import make_filed
from tests.market.makers import make_listing, make_product
from tests.parties.makers import make_enterprise, make_representative
from tests.warehouse.makers import make_release

from yelin.market.compute import acts, tasks
from yelin.market.compute.content import QuestionContent
from yelin.market.compute.models import Computation
from yelin.market.contract.models import Contract

ITEMS = [
    {"name": "编号", "key": True},
    {"name": "企业"},
    {"name": "市县"},
    {"name": "行业"},
    {"name": "日期", "type": "D"},
    {"name": "金额", "type": "N", "length": "12,2"},
]


def rows(many: int = 60) -> list[Sequence[object]]:
    """Sales of twelve firms in three towns and two trades over half a year."""
    towns, trades = ("海口", "三亚", "儋州"), ("零售", "餐饮")
    return [
        (
            f"R{place:04}",
            f"F{place % 12:02}",
            towns[place % 3],
            trades[place % 2],
            f"2026-{1 + place % 6:02}-15",
            f"{100 + place}.50",
        )
        for place in range(many)
    ]


def written(table: Sequence[Sequence[object]], items=ITEMS) -> str:
    lines = [",".join(each["name"] for each in items)]
    return "\n".join([*lines, *(",".join(map(str, row)) for row in table)]) + "\n"


def make_bought(
    folder, table=None, *, items=ITEMS, ways=("compute",), owner=None, **over
) -> Contract:
    """Make a contract on file by which data is asked where it lies."""
    owner = owner or make_enterprise()
    entry = make_social(owner, handing_over="own", items=items)
    release = make_release(entry, written(rows() if table is None else table, items))
    listing = make_listing(make_product(owner, release.entry), delivery=ways)
    said = {"delivery": {"ways": [*ways], "within_days": 3}} | over
    return make_filed(folder, listing, **said).contract


def entry_of(contract: Contract):
    return contract.negotiation.listing.product.sources.get().entry


def buyer_of(contract: Contract):
    return make_representative(contract.consumer)


def question(groups=(), figures=(), filters=()) -> QuestionContent:
    """Write a question: groups or pairs with spans, ``sum:金额``, conditions with their values."""
    return QuestionContent.model_validate(
        {
            "groups": [
                {"column": each[0], "by": each[1]} if isinstance(each, tuple) else {"column": each}
                for each in groups
            ],
            "figures": [
                dict(zip(("function", "column"), each.split(":"), strict=True)) for each in figures
            ],
            "filters": [
                {"column": column, "operator": operator, "values": values}
                for column, operator, *values in filters
            ],
        }
    )


def ask(contract: Contract, *said, actor=None, **more) -> Computation:
    """Ask, and answer as the worker would."""
    made = acts.ask(
        actor=actor or buyer_of(contract),
        contract=contract,
        entry=entry_of(contract),
        question=question(*said, **more),
    )
    tasks.run(str(made.pk))
    made.refresh_from_db()
    return made
