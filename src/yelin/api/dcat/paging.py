"""Which page of the catalog is asked for, and the way to the others (Hydra).

The next page is asked for by the code after which it begins, so that harvesting misses nothing
when an entry is withdrawn meanwhile, and the last page costs no more than the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from django.http import QueryDict
from pydantic import BaseModel, Field, StringConstraints

from yelin.catalog.counting import FACETS
from yelin.catalog.reads import Search


class Asked(BaseModel):
    """What is asked of the catalog; a moment without its zone is UTC, as for CKAN's clients."""

    q: Annotated[str, StringConstraints(max_length=200)] = ""
    modified_since: datetime | None = None
    page: Annotated[int, Field(ge=1, le=10_000_000)] = 1
    after: Annotated[str, StringConstraints(pattern=r"^[\w./-]{0,80}$")] = ""
    chosen: dict[str, list[str]] = {}

    @classmethod
    def of(cls, query: QueryDict) -> "Asked":
        """Return what ``query`` asks. Raises pydantic's ``ValidationError``."""
        named = ("q", "modified_since", "page", "after")
        chosen = {name: query.getlist(name) for name in FACETS if name in query}
        single = {name: query[name] for name in named if name in query}
        return cls.model_validate({**single, "chosen": chosen})

    @property
    def search(self) -> Search:
        """The search that this asks for."""
        return Search(self.q.strip(), self.chosen)

    @property
    def since(self) -> datetime | None:
        """The moment since which something must have changed."""
        since = self.modified_since
        return since.replace(tzinfo=UTC) if since and since.tzinfo is None else since

    def query(self) -> list[tuple[str, str]]:
        """Return what is the same on every page, to be written in addresses."""
        said = [("q", self.q)] if self.q else []
        if self.since:
            said.append(("modified_since", self.since.isoformat()))
        return said + [(name, value) for name, values in self.chosen.items() for value in values]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing; ``ends`` with this code where more follow.

    How many there are in all is counted for whoever turns to a page by its number, and not again
    for each page of a harvest.
    """

    base: str
    asked: Asked
    total: int | None
    size: int
    ends: str

    @property
    def address(self) -> str:
        """Its own address."""
        return self._at(self.asked.page, self.asked.after)

    def links(self) -> Mapping[str, str]:
        """Return the addresses of the first, last, next and previous page, where there are such."""
        number, links = self.asked.page, {"first": self._at(1)}
        if self.ends:
            links["next"] = self._at(number + 1, self.ends)
        if number > 1:
            links["previous"] = self._at(number - 1)
        if self.total is not None:
            links["last"] = self._at(max(1, -(-self.total // self.size)))
        return links

    def _at(self, number: int, after: str = "") -> str:
        place = [("page", str(number)), *([("after", after)] if after else [])]
        return f"{self.base}?{urlencode([*self.asked.query(), *place])}"
