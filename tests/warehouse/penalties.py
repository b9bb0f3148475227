"""Penalties with the names of those fined, of an open resource: on a ground, or not published."""

from tests.catalog.makers import make_entry

from yelin.catalog.content import ItemContent
from yelin.catalog.models import Entry
from yelin.warehouse.grounded import Ground

PENALTIES = (
    "文号,当事人,处罚金额\n琼罚1号,王海燕,2000\n琼罚2号,李国强,500\n琼罚3号,陈秀英,800\n"
    "琼罚4号,张建华,900\n"
)
BY_LAW = Ground(column="当事人", basis="penalty", says="《行政处罚法》第四十八条")


def items(*names: str, **of) -> tuple[ItemContent, ...]:
    given = {"文号": {"nullable": False, "key": True}, "处罚金额": {"type": "N"}} | of
    return tuple(ItemContent(name=name, **given.get(name, {})) for name in names)


def penalties(provider=None, state="registered", **over) -> Entry:
    said = {"items": items("文号", "当事人", "处罚金额")} | over
    return make_entry(provider, state=state, **said)
