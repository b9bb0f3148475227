"""What there may be of a release beside its files, for whoever answers questions about it."""

from typing import Protocol

from yelin.warehouse.engine import Engine
from yelin.warehouse.keyed import Keyed
from yelin.warehouse.question import Layout
from yelin.warehouse.ready import Ready
from yelin.warehouse.statement import Laid
from yelin.warehouse.texts import Texts


class Copies(Protocol):
    """The copies of one release, as one engine reads them."""

    @property
    def engine(self) -> Engine:
        """The engine."""

    @property
    def near(self) -> "Copies":
        """The same, as an engine for rows that lie together reads them."""

    @property
    def state(self) -> str:
        """The name of the very rows that it holds."""

    def lying(self, layout: Layout | Keyed) -> Laid | None:
        """Return the copy whose rows lie in this order, where there is one."""

    def ready(self, layout: Layout) -> Ready | None:
        """Return the rows in this order as they go out, where they lie so."""

    def texts(self, name: str) -> Texts | None:
        """Return the texts of an item, where they lie to be looked through."""
