"""What two releases of the same source tell together, which neither tells alone (differencing).

Whoever has both knows of somebody the class in the one and the class in the other, or that the
other has no row of them. So rows of the source are counted by both classes at once.
"""

from collections.abc import Sequence
from typing import Any

from yelin.privacy.deidentify import released
from yelin.privacy.workbench import reads, working
from yelin.privacy.workbench.models import Certificate, Deidentification
from yelin.warehouse.engine import Engine


def together(work: Deidentification, others: Sequence[Certificate]) -> list[dict[str, Any]]:
    """Return the risk of a row by ``work`` and each of ``others`` at once.

    Releases of the source that differ are not measured together: nobody can say which row of the
    one is which of the other. Raises ``Unfit``.
    """
    found = []
    for other in others:
        if other.source_id != work.source_id:
            continue
        fewest = jointly(work, other.work)
        found.append(
            {
                "certificate": other.number,
                "risk": 1 / fewest if fewest else 1.0,
                "threshold": other.work.bears.risk,
            }
        )
    return found


def jointly(one: Deidentification, other: Deidentification) -> int:
    """Return how many rows of the source at least are alike in both releases at once.

    Rows that neither has are nobody's to find.
    """
    with working.reading(one.source) as (engine, source):
        sides = [_side(engine, source, each, number) for number, each in enumerate((one, other))]
        joins, keys = zip(*sides, strict=True)
        fewest: int = engine.one(
            "SELECT coalesce(min(n), 0) FROM (SELECT count(*) AS n FROM"  # noqa: S608 - our names
            f" {source} AS s {' '.join(joins)} GROUP BY {', '.join(keys)}"
            f" HAVING any_value({keys[0]}) IS NOT NULL OR any_value({keys[1]}) IS NOT NULL)"
        )[0]
    return fewest


def _side(engine: Engine, source: str, work: Deidentification, number: int) -> tuple[str, str]:
    """Lay the classes of ``work``; return the joins by which each row finds its own, and it."""
    plan, table, found = working.again(engine, source, reads.search_of(work), work.found["levels"])
    del plan
    return released.classed(engine, table, found, f"side{number}_")
