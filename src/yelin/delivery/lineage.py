"""Where data comes from and who uses it (数据流转图): by grant and purpose, summed up.

It is counted by the database from the deliveries that dockets list, and from the sums of those that
are forgotten. Thousands of takers come as the first of them and one line for all others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Q, Sum

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery.models import Delivery, Outcome, Tally
from yelin.gate.models import Grant
from yelin.law import clock
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person
from yelin.pulling.models import Pull, PullState

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
     GROUP BY d.party_id, d.grant_id, d.purpose, r.number
    UNION ALL
    SELECT t.party_id, t.grant_id, t.purpose, r.number, t.delivered, t.delivered + t.cut,
           t.rows, t.first, t.last
      FROM delivery_taken AS t JOIN warehouse_release AS r ON r.thing_id = t.release_id
     WHERE r.entry_id = %(entry)s
       AND (%(grant)s::uuid IS NULL OR t.grant_id = %(grant)s::uuid)
), uses AS (
    SELECT party_id, grant_id, purpose, min(number) AS since, max(number) AS newest,
           sum(delivered)::bigint AS delivered, sum(listed)::bigint AS listed,
           sum(rows)::bigint AS rows, min(first) AS first, max(last) AS last
      FROM took GROUP BY party_id, grant_id, purpose
)
SELECT *, count(*) OVER () AS uses, sum(delivered) OVER ()::bigint AS all_delivered,
       sum(rows) OVER ()::bigint AS all_rows
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
    """All that is not told one by one."""

    uses: int
    delivered: int
    rows: int


@dataclass(frozen=True, slots=True)
class Upstream:
    """What data comes out of: a system, a project or a server, by its name alone."""

    kind: str
    name: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Lineage:
    """The sources of a resource and its uses; ``anonymous`` counts what anybody took of it."""

    entry: Entry
    sources: Sequence[Upstream]
    uses: Sequence[Use]
    others: Others | None
    anonymous: int


@dataclass(frozen=True, slots=True)
class Lately:
    """How often, and by how many people, something was had in one way in the last days."""

    channel: str
    delivered: int
    people: int
    last: datetime


def of(actor: Actor, entry: Entry, most: int = MOST) -> Lineage:
    """Return where ``entry`` comes from and who uses it. Raises ``Refused``."""
    decision = gate.decide(actor, "delivery.recipients", entry)
    decision.must_allow("delivery.recipients", entry.pk)
    uses, others = _uses(entry, None, most)
    counted = Tally.objects.filter(entry=entry).aggregate(
        queries=Sum("queries", default=0), downloads=Sum("downloads", default=0)
    )
    return Lineage(entry, _sources(entry), uses, others, sum(counted.values()))


def of_grant(actor: Actor, grant: Grant) -> tuple[Sequence[Use], Sequence[Lately]]:
    """Return for what a grant is used, how often, and in which ways lately.

    Both its sides know that, and whoever sees it by a power. Raises ``Refused``.
    """
    decision = gate.decide(actor, "grant.see", grant)
    decision.must_allow("grant.see", grant.pk)
    entry = Entry.objects.filter(pk=grant.on_id).first()
    if entry is None:
        return (), ()
    uses, _ = _uses(entry, grant, MOST)
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
    return uses, [Lately(**way) for way in ways]


def _uses(entry: Entry, grant: Grant | None, most: int) -> tuple[list[Use], Others | None]:
    asked = {"entry": entry.pk, "grant": grant.pk if grant else None, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_USES, asked)
        names = [column.name for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    parties = {each["party_id"] for each in found}
    bodies = Body.objects.in_bulk(parties)
    people = Person.objects.in_bulk(parties - bodies.keys())
    grants = Grant.objects.in_bulk({each["grant_id"] for each in found} - {None})
    uses = [
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
        return uses, None
    delivered = found[0]["all_delivered"] - sum(use.delivered for use in uses)
    rows = found[0]["all_rows"] - sum(use.rows for use in uses)
    return uses, Others(left, delivered, rows)


_SUMS = ("purpose", "since", "newest", "delivered", "listed", "rows", "first", "last")


def _sources(entry: Entry) -> list[Upstream]:
    """Return what the data comes out of, as far as it is known."""
    found = [Upstream("system", each.name, each.pk) for each in entry.systems.order_by("name")]
    found += [Upstream("project", each.name, each.pk) for each in entry.projects.order_by("name")]
    pulls = Pull.objects.filter(entry=entry, state=PullState.RUNNING).order_by("pk")
    found += [Upstream("pull", each.content.kind, each.pk) for each in pulls]
    return found[:MOST]


def document(lineage: Lineage, base: str) -> Mapping[str, object]:
    """Return it as PROV-O in JSON-LD (W3C), for programs: no name of a person in it."""
    entry = lineage.entry
    resource = f"{base}/resources/{entry.slug}"
    graph: list[dict[str, object]] = [
        {
            "@id": resource,
            "@type": "prov:Entity",
            "title": entry.title,
            "wasDerivedFrom": [f"urn:uuid:{each.id}" for each in lineage.sources],
            "anonymousDeliveries": lineage.anonymous,
        }
    ]
    graph += [
        {
            "@id": f"urn:uuid:{each.id}",
            "@type": "prov:Entity",
            "kind": each.kind,
            "title": each.name,
        }
        for each in lineage.sources
    ]
    graph += [_activity(resource, use) for use in lineage.uses]
    if lineage.others:
        others = lineage.others
        graph.append(
            {
                "@type": "prov:Activity",
                "used": resource,
                "uses": others.uses,
                "deliveries": others.delivered,
                "rows": others.rows,
            }
        )
    return {"@context": _CONTEXT, "@graph": graph}


def _activity(resource: str, use: Use) -> dict[str, object]:
    party = use.body or use.person
    assert party is not None  # noqa: S101 - somebody had it
    agent: dict[str, object] = {"@id": f"urn:uuid:{party.pk}", "@type": "prov:Agent"}
    if use.body:
        agent |= {"title": use.body.name, "creditCode": use.body.credit_code}
    said: dict[str, object] = {
        "@type": "prov:Activity",
        "used": resource,
        "wasAssociatedWith": agent,
        "startedAtTime": use.first.isoformat(),
        "endedAtTime": use.last.isoformat(),
        "releases": [use.since, use.newest],
        "deliveries": use.delivered,
        "inLedger": use.listed,
        "rows": use.rows,
        "purpose": use.purpose,
    }
    if use.grant:
        said["hadPlan"] = f"urn:uuid:{use.grant.pk}"
        said["items"] = use.grant.items
    return said


# Words of our own beside those of PROV-O.
_NS = "urn:yelin:lineage:"
_CONTEXT: Mapping[str, object] = {
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "title": "http://purl.org/dc/terms/title",
    "used": {"@id": "prov:used", "@type": "@id"},
    "wasDerivedFrom": {"@id": "prov:wasDerivedFrom", "@type": "@id"},
    "wasAssociatedWith": {"@id": "prov:wasAssociatedWith", "@type": "@id"},
    "hadPlan": {"@id": "prov:hadPlan", "@type": "@id"},
    "startedAtTime": {"@id": "prov:startedAtTime", "@type": "xsd:dateTime"},
    "endedAtTime": {"@id": "prov:endedAtTime", "@type": "xsd:dateTime"},
    "@vocab": _NS,
}
