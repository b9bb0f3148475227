"""How fast the log takes leaves in: what is signed, what waits, how long a leaf waits for it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Min, Q

from yelin.ledger import log
from yelin.ledger.models import Leaf

MEASURED = 500
_SECONDS = """
SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM signed - at))
  FROM (SELECT at, (SELECT at FROM ledger_checkpoint
                     WHERE size > leaf.index AND era = %s ORDER BY size LIMIT 1) AS signed
          FROM ledger_leaf leaf
         WHERE index < %s ORDER BY index DESC LIMIT %s) published
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """``pending`` leaves are under no signed checkpoint yet, the oldest since ``pending_since``.

    Of the newest ``MEASURED`` that are published, half were after ``usual_seconds``, all but one
    in a hundred after ``slow_seconds``.
    """

    size: int
    signed_at: datetime | None
    pending: int
    pending_since: datetime | None
    usual_seconds: float | None
    slow_seconds: float | None


def pace() -> Pace:
    """Return how the log goes, in three queries."""
    newest = log.newest_checkpoint()
    size = newest.size if newest else 0
    unsigned = Leaf.objects.filter(Q(index=None) | Q(index__gte=size))
    waiting = unsigned.aggregate(number=Count("pk"), since=Min("at"))
    with connection.cursor() as cursor:
        cursor.execute(_SECONDS, [newest.era if newest else 0, size, MEASURED])
        usual, slow = cursor.fetchone()[0] or (None, None)
    signed_at = newest.at if newest else None
    return Pace(size, signed_at, waiting["number"], waiting["since"], usual, slow)
