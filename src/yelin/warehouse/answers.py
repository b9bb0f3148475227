"""What a steward answers about the columns of one file, where the file leaves it open."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from yelin.warehouse.findings import Unfit
from yelin.warehouse.items import ItemSpec

DATE_ORDERS = ("ymd", "dmy", "mdy")


@dataclass(frozen=True, slots=True)
class Answers:
    """How a file's columns are to be taken; every name is that of an item.

    ``date_order`` is that of every column that ``date_orders`` does not name; ``columns`` names the
    header that carries an item, empty for none; ``mends`` the rules by which its cells are mended.
    """

    date_order: str | None = None
    date_orders: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    mends: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def order_of(self, item: str) -> str | None:
        """Return the order in which the dates of an item are to be read, where somebody said it."""
        return self.date_orders.get(item, self.date_order)

    def require_known(self, items: Sequence[ItemSpec], rules: Collection[str]) -> None:
        """Refuse answers about what is not there. Raises ``Unfit``."""
        names = {item.name for item in items}
        for name in (*self.date_orders, *self.columns, *self.mends):
            if name not in names:
                raise Unfit(
                    "answers.item",
                    "The entry has no item “{name}”, of which an answer speaks",
                    {"name": name},
                )
        for order in (self.date_order, *self.date_orders.values()):
            if order is not None and order not in DATE_ORDERS:
                raise Unfit(
                    "dates.order",
                    "The date order {order} is not known; choose ymd, dmy or mdy",
                    {"order": order},
                )
        for rule in {rule for chosen in self.mends.values() for rule in chosen} - set(rules):
            raise Unfit(
                "answers.rule",
                "There is no way of mending called {rule}; there are {rules}",
                {"rule": rule, "rules": list(rules)},
            )
