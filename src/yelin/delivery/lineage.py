"""Who uses data (数据流转): by grant and purpose, summed up.

It is counted by the database from the deliveries that dockets list, and from the sums of those that
are forgotten. Thousands of takers come as the first of them and one line for all others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Q

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery.models import Delivery, Outcome
from yelin.gate.models import Grant
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person

MOST = 20
LATELY = timedelta(days=30)

_USES = """
WITH took AS (
    SELECT d.party_id, d.grant_id, d.purpose, r.number,
           count(*) FILTER (WHERE d.outcome = 'finished') AS delivered,
           count(*) FILTER (WHERE d.docket_id IS NOT NULL) AS listed,
           sum(d.rows) AS rows, min(d.begun_at) AS first, max(d.begun_at) AS last
      FROM delivery_delivery AS d JOIN warehouse_release AS r ON r.thing_id = d.release_id
     WHERE d.entry_id = %(entry)s AND d.outcome <> 'begun'
       AND (%(grant)s::uuid IS NULL OR d.grant_id = %(grant)s::uuid)
       AND (%(number)s::int IS NULL OR r.number = %(number)s::int)
       AND (%(party)s::uuid IS NULL OR d.party_id = %(party)s::uuid
            OR d.grant_id IN (SELECT thing_id FROM gate_grant WHERE party_id = %(party)s::uuid))
     GROUP BY d.party_id, d.grant_id, d.purpose, r.number
    UNION ALL
    SELECT t.party_id, t.grant_id, t.purpose, r.number, t.delivered, t.delivered + t.cut,
           t.rows, t.first, t.last
      FROM delivery_taken AS t JOIN warehouse_release AS r ON r.thing_id = t.release_id
     WHERE r.entry_id = %(entry)s
       AND (%(grant)s::uuid IS NULL OR t.grant_id = %(grant)s::uuid)
       AND (%(number)s::int IS NULL OR r.number = %(number)s::int)
       AND (%(party)s::uuid IS NULL OR t.party_id = %(party)s::uuid
            OR t.grant_id IN (SELECT thing_id FROM gate_grant WHERE party_id = %(party)s::uuid))
), uses AS (
    SELECT party_id, grant_id, purpose, min(number) AS since, max(number) AS newest,
           sum(delivered)::bigint AS delivered, sum(listed)::bigint AS listed,
           sum(rows)::bigint AS rows, min(first) AS first, max(last) AS last
      FROM took GROUP BY party_id, grant_id, purpose
)
SELECT *, count(*) OVER () AS uses, sum(delivered) OVER ()::bigint AS all_delivered,
       sum(rows) OVER ()::bigint AS all_rows, min(first) OVER () AS all_first,
       max(last) OVER () AS all_last, min(since) OVER () AS all_since,
       max(newest) OVER () AS all_newest
  FROM uses ORDER BY last DESC, party_id, grant_id NULLS LAST, purpose LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Use:
    """What one party had of a resource by one grant, or none, for one purpose.

    ``items`` are those of its grant (``None``: all that it may have at all). ``listed`` counts the
    deliveries that a leaf of the ledger stands for.
    """

    body: Body | None
    person: Person | None
    grant: Grant | None
    purpose: str
    since: int
    newest: int
    delivered: int
    listed: int
    rows: int
    first: datetime
    last: datetime

    @property
    def items(self) -> Sequence[str] | None:
        """The items that it has by its grant."""
        return self.grant.items if self.grant else None


@dataclass(frozen=True, slots=True)
class Others:
    """All that is not told one by one; the moments and versions are those of all uses."""

    uses: int
    delivered: int
    rows: int
    first: datetime
    last: datetime
    since: int
    newest: int


@dataclass(frozen=True, slots=True)
class Whose:
    """Which uses of a resource are asked for: all, or those of a grant, a release, a party."""

    entry: Entry
    grant: Grant | None = None
    number: int | None = None
    party: UUID | None = None


@dataclass(frozen=True, slots=True)
class Lately:
    """How often, and by how many people, something was had in one way in the last days."""

    channel: str
    delivered: int
    people: int
    last: datetime


def of_grant(actor: Actor, grant: Grant) -> tuple[Sequence[Use], Sequence[Lately]]:
    """Return for what a grant is used, how often, and in which ways lately.

    Both its sides know that, and whoever sees it by a power. Raises ``Refused``.
    """
    decision = gate.decide(actor, "grant.see", grant)
    decision.must_allow("grant.see", grant.pk)
    entry = Entry.objects.filter(pk=grant.on_id).first()
    if entry is None:
        return (), ()
    found, _ = uses(Whose(entry, grant), MOST)
    recent = Delivery.objects.filter(grant=grant, begun_at__gte=clock.now() - LATELY)
    ways = (
        recent.values("channel")
        .annotate(
            delivered=Count("pk", filter=Q(outcome=Outcome.FINISHED)),
            people=Count("person", distinct=True),
            last=Max("begun_at"),
        )
        .order_by("channel")
    )
    return found, [Lately(**way) for way in ways]


def uses(whose: Whose, most: int) -> tuple[list[Use], Others | None]:
    """Return the uses that are asked for, the last first, and what is left of them in one.

    The caller has asked the gate.
    """
    asked = {
        "entry": whose.entry.pk,
        "grant": whose.grant.pk if whose.grant else None,
        "number": whose.number,
        "party": whose.party,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_USES, asked)
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    parties = {each["party_id"] for each in found}
    bodies = Body.objects.in_bulk(parties)
    people = Person.objects.in_bulk(parties - bodies.keys())
    grants = Grant.objects.in_bulk({each["grant_id"] for each in found} - {None})
    told = [
        Use(
            body=bodies.get(each["party_id"]),
            person=people.get(each["party_id"]),
            grant=grants.get(each["grant_id"]),
            **{name: each[name] for name in _SUMS},
        )
        for each in found
    ]
    left = found[0]["uses"] - len(found) if found else 0
    if not left:
        return told, None
    all_of = {name: found[0][f"all_{name}"] for name in ("first", "last", "since", "newest")}
    delivered = found[0]["all_delivered"] - sum(use.delivered for use in told)
    rows = found[0]["all_rows"] - sum(use.rows for use in told)
    return told, Others(left, delivered, rows, **all_of)


_SUMS = ("purpose", "since", "newest", "delivered", "listed", "rows", "first", "last")
