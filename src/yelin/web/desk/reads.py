"""What the desk asks of the rooms below: what waits for this actor, and its body's own entries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from yelin import gate
from yelin.acts import references
from yelin.catalog.models import Entry
from yelin.catalog.states import State
from yelin.collecting.models import Answer, Repeat
from yelin.gate import composed
from yelin.gate.models import Grant, Hold
from yelin.law import duties
from yelin.law.models import Clock
from yelin.parties import succession
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Seat
from yelin.things.models import Subject
from yelin.warehouse.models import Upload, UploadState
from yelin.web.paging import MOST


def own(actor: Actor) -> QuerySet[Entry]:
    """Return the entries of the actor's body, newest change first."""
    entries = Entry.objects.select_related("provider").filter(provider=actor.body_id)
    entries = gate.visible_to(actor, "entry.see", entries)
    counted = entries.annotate(count=Count("releases"), newest=Max("releases__released_at"))
    return counted.order_by("-changed_at", "pk")


def to_bring_in(actor: Actor) -> QuerySet[Entry]:
    """Return the confirmed entries whose data this actor brings in."""
    confirmed = Entry.objects.select_related("provider").filter(state=State.CONFIRMED)
    return composed.visible_to(actor, "warehouse.receive", confirmed)


def first_to_bring_in(actor: Actor) -> list[tuple[Entry, Clock]]:
    """Return those of which the term ends first, each with that term; no more than are shown."""
    return [(each.thing.entry, each) for each in composed.first(_terms_to_bring_in, actor, MOST)]


def _terms_to_bring_in(actor: Actor) -> QuerySet[Clock]:
    running = Clock.objects.running().filter(
        duty=duties.BRING_IN.name, thing__in=to_bring_in(actor).values("pk")
    )
    return running.select_related("thing__entry__provider").order_by("due", "pk")


def to_answer(actor: Actor) -> QuerySet[Entry]:
    """Return what awaits confirmation and asks again what others share, without an answer yet."""
    asked = Repeat.objects.filter(about=OuterRef("pk"), answer=Answer.OPEN)
    waiting = Entry.objects.select_related("provider").filter(Exists(asked), sent_at__isnull=False)
    return composed.visible_to(actor, "catalog.amend", waiting)


def to_settle(actor: Actor) -> QuerySet[Upload]:
    """Return the files that wait for this actor: to be published, or mended."""
    uploads = Upload.objects.filter(state__in=[UploadState.READY, UploadState.FAILED])
    uploads = uploads.select_related("entry__provider").order_by("received_at")
    return composed.visible_to(actor, "warehouse.prepare", uploads)


def uploads_of(actor: Actor, about: Entry, limit: int = 20) -> Sequence[Upload]:
    """Return the newest files of an entry that this actor may see."""
    uploads = Upload.objects.filter(entry=about).order_by("-received_at")
    return list(gate.visible_to(actor, "upload.see", uploads)[:limit])


@dataclass(frozen=True, slots=True)
class Holding:
    """A thing that stands with a body; without a title where the actor may not know it."""

    pk: UUID
    kind: str
    title: str


def holdings(actor: Actor, of: Body) -> list[Holding]:
    """Return what could pass on from a body, as far as one page shows it."""
    found = succession.standing_with(of, MOST)
    seen = references.seen_among(actor, found)
    return [Holding(row.pk, row.KIND, str(row) if row.pk in seen else "") for row in found]


def titles(actor: Actor, ids: Collection[UUID]) -> list[str]:
    """Return what entries and seats are called, of those that the actor may know of."""
    called: list[str] = []
    for rows in (Entry.objects.all(), Seat.objects.select_related("person", "body")):
        called += map(str, references.seen(actor, rows.filter(pk__in=ids)))
    return sorted(called)


def grants(actor: Actor, on: Subject | None = None) -> QuerySet[Grant]:
    """Return the grants that the actor may know of, on one thing or on all, newest first."""
    rows = Grant.objects.select_related("on__entry__provider", "party__body", "party__person")
    rows = rows if on is None else rows.filter(on=on.pk)
    return gate.visible_to(actor, "grant.see", rows).order_by("-since", "-pk")


def grant(actor: Actor, pk: UUID) -> Grant:
    """Return a grant that the actor may know of. Raises ``Unseen``."""
    return gate.one_of(grants(actor).filter(pk=pk))


def holds(actor: Actor, on: Subject | None = None) -> QuerySet[Hold]:
    """Return the holds that the actor may know of, on one thing or on all, newest first."""
    rows = Hold.objects.select_related(
        "on__entry",
        "on__writtenrule",
        "on__body",
        "on__seat__body",
        "on__seat__person",
        "on__person",
        "on__grant__on__entry",
        "placed_by__body",
    )
    rows = rows if on is None else rows.filter(on=on.pk)
    return gate.visible_to(actor, "hold.see", rows).order_by("-placed_at", "-pk")


def hold(actor: Actor, pk: UUID) -> Hold:
    """Return a hold that the actor may know of. Raises ``Unseen``."""
    return gate.one_of(holds(actor).filter(pk=pk))
