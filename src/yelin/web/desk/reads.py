"""What the desk asks of the rooms below: what waits for this actor, and its body's own entries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    When,
)

from yelin import gate
from yelin.acts import references
from yelin.acts.models import Proposal, ProposalState
from yelin.catalog.changes import Change, Touched
from yelin.catalog.content import EntryContent
from yelin.catalog.models import Entry, EntryVersion, Item
from yelin.catalog.revisions import Review, Revision
from yelin.catalog.states import BEING_WRITTEN, State
from yelin.collecting.models import Answer, Repeat
from yelin.gate import composed
from yelin.gate.models import Grant, Hold
from yelin.law import clock, duties
from yelin.law.models import Clock
from yelin.ledger import log
from yelin.ledger.models import Leaf
from yelin.notices.models import Channel, Feed, Notice, NoticeQuerySet
from yelin.outbound.models import EgressRule
from yelin.parties import succession
from yelin.parties.actor import Actor
from yelin.parties.kinds import SOCIAL
from yelin.parties.models import Body, Deputy, Invitation, Person, Seat, Succession, Token
from yelin.registers.models import StandardState
from yelin.things.models import Subject
from yelin.warehouse.models import Upload, UploadState

MOST = 200


def _entries() -> QuerySet[Entry]:
    return Entry.objects.select_related("provider")


def own(actor: Actor) -> QuerySet[Entry]:
    """Return the entries of the actor's body, newest change first."""
    entries = _entries().filter(provider=actor.body_id)
    entries = gate.visible_to(actor, "entry.see", entries)
    counted = entries.annotate(count=Count("releases"), newest=Max("releases__released_at"))
    return counted.order_by("-changed_at", "pk")


def entry(actor: Actor, pk: UUID) -> Entry:
    """Return an entry for those who work on it, with all that it says.

    Raises ``Unseen``, and ``Refused`` for whoever only knows of it or reads it.
    """
    found = seen(actor, pk)
    gate.decide(actor, "entry.inspect", found).must_allow("entry.inspect", found.pk)
    return found


def seen(actor: Actor, pk: UUID) -> Entry:
    """Return an entry of which the actor knows that it exists. Raises ``Unseen``."""
    found: Entry | None = gate.visible_to(actor, "entry.see", _entries()).filter(pk=pk).first()
    if found is None:
        raise gate.Unseen
    return found


def to_bring_in(actor: Actor) -> QuerySet[Entry]:
    """Return the confirmed entries whose data this actor brings in."""
    return gate.visible_to(actor, "warehouse.receive", _entries().filter(state=State.CONFIRMED))


def first_to_bring_in(actor: Actor) -> list[tuple[Entry, Clock]]:
    """Return those of which the term ends first, each with that term; no more than are shown."""
    mine = to_bring_in(actor)
    clocks = Clock.objects.running().filter(duty=duties.BRING_IN.name)
    running = list(clocks.filter(thing__in=mine.values("pk")).order_by("due", "pk")[:MOST])
    entries = mine.in_bulk([each.thing_id for each in running]) if running else {}
    return [(entries[each.thing_id], each) for each in running if each.thing_id in entries]


def to_mend(actor: Actor) -> QuerySet[Entry]:
    """Return the entries, and those with revisions, that this actor takes further."""
    begun = Q(state__in=[State.DRAFT, State.REGISTERED, State.RETURNED])
    begun |= Q(revision__state__in=BEING_WRITTEN)
    entries = _entries().select_related("revision").filter(begun).order_by("changed_at")
    return gate.visible_to(actor, "catalog.amend", entries)


def to_answer(actor: Actor) -> QuerySet[Entry]:
    """Return what awaits confirmation and asks again what others share, without an answer yet."""
    asked = Repeat.objects.filter(about=OuterRef("pk"), answer=Answer.OPEN)
    waiting = _entries().filter(Exists(asked), sent_at__isnull=False)
    return gate.visible_to(actor, "catalog.amend", waiting)


def to_follow(actor: Actor) -> QuerySet[Entry]:
    """Return this actor's entries with items that follow a standard that holds no longer."""
    ended = Q(element__standard__state=StandardState.WITHDRAWN)
    ended |= Q(code_list__standard__state=StandardState.WITHDRAWN)
    behind = Item.objects.filter(ended, entry=OuterRef("pk"))
    return gate.visible_to(actor, "catalog.amend", _entries().filter(Exists(behind)))


def to_revise(actor: Actor) -> QuerySet[Entry]:
    """Return the entries that a change of law or function touches and this actor revises."""
    touched = Touched.objects.filter(entry=OuterRef("pk"), answer="")
    return gate.visible_to(actor, "catalog.keep", _entries().filter(Exists(touched)))


def touching(about: Entry) -> list[Touched]:
    """Return the changes of law or function that wait for an entry."""
    return list(about.touched.filter(answer="").select_related("change__noted_by"))


def versions(actor: Actor, about: Entry) -> list[EntryVersion]:
    """Return the versions of an entry that the actor may read, newest first."""
    return list(gate.visible_to(actor, "version.read", about.versions.all()))


def revisions(actor: Actor, about: Entry) -> list[Revision]:
    """Return what was asked for of an entry, as far as the actor may know, newest first."""
    return list(gate.visible_to(actor, "revision.see", about.revisions.all()))


def to_confirm(actor: Actor) -> QuerySet[Entry]:
    """Return what awaits this actor's confirmation and lacks its body's, longest waiting first."""
    had = Review.objects.filter(
        entry=OuterRef("pk"), sending=OuterRef("sendings"), body=actor.body_id
    )
    waiting = _entries().filter(~Exists(had), sent_at__isnull=False)
    waiting = waiting.select_related("provider", "revision").order_by("sent_at", "pk")
    return gate.visible_to(actor, "catalog.confirm", waiting)


def changes(actor: Actor) -> QuerySet[Change]:
    """Return the changes of law or function that the actor may know of, newest first."""
    rows = Change.objects.select_related("provider", "noted_by").annotate(
        all=Count("touched"), open=Count("touched", Q(touched__answer=""))
    )
    return gate.visible_to(actor, "change.see", rows).order_by("-noted_at", "-pk")


def bodies_that_change(actor: Actor) -> QuerySet[Body]:
    """Return the bodies with confirmed entries for which the actor may note a change."""
    has = Entry.objects.filter(provider=OuterRef("pk"), state=State.CONFIRMED)
    rows = Body.objects.filter(Exists(has), until=None).order_by("division", "name", "pk")
    return gate.visible_to(actor, "catalog.note_change", rows)


def body_that_changes(actor: Actor, pk: UUID) -> Body:
    """Return a body for which the actor may note a change. Raises ``Unseen``."""
    found = bodies_that_change(actor).filter(pk=pk).first()
    if found is None:
        raise gate.Unseen
    return found


def confirmed_of(actor: Actor, of: Body) -> list[Entry]:
    """Return the confirmed entries of a body that the actor may read, by title."""
    rows = _entries().filter(provider=of, state=State.CONFIRMED).order_by("title")
    return list(gate.visible_to(actor, "entry.read", rows))


def to_settle(actor: Actor) -> QuerySet[Upload]:
    """Return the files that wait for this actor: to be published, or mended."""
    uploads = Upload.objects.filter(state__in=[UploadState.READY, UploadState.FAILED])
    uploads = uploads.select_related("entry__provider").order_by("received_at")
    return gate.visible_to(actor, "warehouse.prepare", uploads)


def uploads_of(actor: Actor, about: Entry, limit: int = 20) -> Sequence[Upload]:
    """Return the newest files of an entry that this actor may see."""
    uploads = Upload.objects.filter(entry=about).order_by("-received_at")
    return list(gate.visible_to(actor, "upload.see", uploads)[:limit])


@dataclass(frozen=True, slots=True)
class Former:
    """What an entry said when it was returned last."""

    number: int
    said: EntryContent


def returned_before(about: Entry) -> Former | None:
    """Return the version of an entry that was returned last, if it has changed since."""
    leaf = (
        Leaf.objects.filter(subject=about.pk, act="catalog.return", refused=False)
        .order_by("-id")
        .first()
    )
    if leaf is None or leaf.payload["facts"]["version"] == about.version:
        return None
    number = leaf.payload["facts"]["version"]
    version = EntryVersion.objects.get(entry=about, number=number)
    return Former(number, version.said())


def tokens(actor: Actor) -> QuerySet[Token]:
    """Return the tokens of the seat in which the actor acts, or of the citizen."""
    return gate.visible_to(
        actor, "parties.revoke_token", Token.objects.select_related("seat__body")
    ).order_by("-issued_at")


def seats(actor: Actor, body: Body) -> list[Seat]:
    """Return the living seats of a body that the actor may see, with who deputes today."""
    found = Seat.objects.live().filter(body=body).select_related("person__user", "body")
    deputing = Prefetch(
        "deputies",
        Deputy.objects.live(clock.today()).select_related("person"),
        to_attr="acting",
    )
    seen = gate.visible_to(actor, "seat.see", found.prefetch_related(deputing))
    return list(seen.order_by("role", "person__name", "pk"))


def seat(actor: Actor, pk: UUID) -> Seat:
    """Return a living seat. Raises ``Unseen``."""
    living = Seat.objects.live().select_related("person__user", "body")
    found: Seat | None = gate.visible_to(actor, "seat.see", living).filter(pk=pk).first()
    if found is None:
        raise gate.Unseen
    return found


def deputies(actor: Actor, of: Seat) -> list[Deputy]:
    """Return the deputies of a seat, today's and those to come, that the actor may end."""
    coming = of.deputies.filter(ended_at=None, until__gte=clock.today()).select_related(
        "person", "seat__body"
    )
    return list(gate.visible_to(actor, "parties.end_deputy", coming).order_by("since", "pk"))


def invitations(actor: Actor, body: Body) -> list[Invitation]:
    """Return the open invitations of a body that the actor may take back."""
    waiting = body.invitations.filter(answered_at=None, until__gte=clock.today())
    seen = gate.visible_to(actor, "parties.decline", waiting.select_related("person"))
    return list(seen.order_by("until", "pk"))


def keeps_register(actor: Actor) -> bool:
    """Whether the actor enters and changes bodies."""
    return gate.visible_to(actor, "register.see", Body.objects.all()).exists()


def bodies(actor: Actor, words: str) -> QuerySet[Body]:
    """Return the bodies that the actor may change, living and unverified ones first."""
    found = gate.visible_to(actor, "register.see", Body.objects.all())
    for word in words.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(name_en__icontains=word)
            | Q(credit_code__iexact=word)
            | Q(former_names__name__icontains=word)
        )
    waits = Q(verified_at=None, kind__in=SOCIAL, until=None)
    rank = Case(
        When(waits, then=0), When(until=None, then=1), default=2, output_field=IntegerField()
    )
    return found.annotate(rank=rank).order_by("rank", "division", "name", "pk").distinct()


def body(actor: Actor, pk: UUID) -> Body:
    """Return a body of the register. Raises ``Unseen``."""
    found: Body | None = (
        gate.visible_to(actor, "register.see", Body.objects.all()).filter(pk=pk).first()
    )
    if found is None:
        raise gate.Unseen
    return found


def successions(of: Body) -> list[Succession]:
    """Return what passed from a body and to it, newest first."""
    both = Succession.objects.filter(Q(body=of) | Q(successor=of))
    return list(both.select_related("body", "successor").order_by("-on", "-pk"))


@dataclass(frozen=True, slots=True)
class Holding:
    """A thing that stands with a body; without a title where the actor may not know it."""

    pk: UUID
    kind: str
    title: str


def holdings(actor: Actor, of: Body) -> list[Holding]:
    """Return what could pass on from a body, as far as one page shows it."""
    found = []
    for rows in succession.standing_with(of):
        seen = set(references.seen(actor, rows).values_list("pk", flat=True))
        found += [
            Holding(row.pk, row.KIND, str(row) if row.pk in seen else "") for row in rows[:MOST]
        ]
    return found


def titles(actor: Actor, ids: Collection[UUID]) -> list[str]:
    """Return what entries and seats are called, of those that the actor may know of."""
    called: list[str] = []
    for rows in (Entry.objects.all(), Seat.objects.select_related("person", "body")):
        called += map(str, references.seen(actor, rows.filter(pk__in=ids)))
    return sorted(called)


def to_approve(actor: Actor) -> QuerySet[Proposal]:
    """Return the proposals that this actor may approve, first to expire first."""
    return composed.rows(_to_approve, actor).order_by("until")


def _to_approve(actor: Actor, at: datetime) -> QuerySet[Proposal]:
    waiting = Proposal.objects.filter(state=ProposalState.WAITING, until__gte=at)
    return waiting.filter(gate.condition(actor, "proposals.approve", Proposal, at=at))


def proposed(actor: Actor) -> QuerySet[Proposal]:
    """Return what the actor proposed in this seat, newest first."""
    own = gate.visible_to(actor, "proposals.withdraw", Proposal.objects.all())
    return own.order_by("-proposed_at")


def proposal(actor: Actor, pk: UUID) -> Proposal:
    """Return a proposal that the actor may know of. Raises ``Unseen``."""
    rows = Proposal.objects.select_related("seat__body", "person")
    found: Proposal | None = gate.visible_to(actor, "proposal.see", rows).filter(pk=pk).first()
    if found is None:
        raise gate.Unseen
    return found


def notices(actor: Actor) -> NoticeQuerySet:
    """Return what this person was told, newest first."""
    told = gate.visible_to(actor, "notice.see", Notice.objects.select_related("about"))
    return cast("NoticeQuerySet", told)


def channels(actor: Actor) -> QuerySet[Channel]:
    """Return the channels by which this person is told, oldest first."""
    rows = Channel.objects.filter(closed_at=None).order_by("opened_at", "pk")
    return gate.visible_to(actor, "channel.see", rows)


def feeds(actor: Actor) -> QuerySet[Feed]:
    """Return the calendar addresses of this person that still hold, newest first."""
    rows = Feed.objects.filter(ended_at=None).order_by("-made_at")
    return gate.visible_to(actor, "notices.revoke_feed", rows)


def grants(actor: Actor, on: Subject | None = None) -> QuerySet[Grant]:
    """Return the grants that the actor may know of, on one thing or on all, newest first."""
    rows = Grant.objects.select_related("on__entry__provider", "party__body", "party__person")
    rows = rows if on is None else rows.filter(on=on.pk)
    return gate.visible_to(actor, "grant.see", rows).order_by("-since", "-pk")


def grant(actor: Actor, pk: UUID) -> Grant:
    """Return a grant that the actor may know of. Raises ``Unseen``."""
    found = grants(actor).filter(pk=pk).first()
    if found is None:
        raise gate.Unseen
    return found


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
    found = holds(actor).filter(pk=pk).first()
    if found is None:
        raise gate.Unseen
    return found


def ways_out(actor: Actor) -> QuerySet[EgressRule]:
    """Return the ways out that the actor may know of, the newest first."""
    rows = EgressRule.objects.select_related("body__body").order_by("-asked_at", "-pk")
    return gate.visible_to(actor, "egress_rule.see", rows)


def way_out(actor: Actor, pk: UUID) -> EgressRule:
    """Return a way out that the actor may know of. Raises ``Unseen``."""
    found = ways_out(actor).filter(pk=pk).first()
    if found is None:
        raise gate.Unseen
    return found


def account(actor: Actor, pk: UUID) -> Person:
    """Return a person with a login that the actor may know of. Raises ``Unseen``."""
    people = Person.objects.select_related("user").exclude(user=None)
    found: Person | None = gate.visible_to(actor, "person.see", people).filter(pk=pk).first()
    if found is None:
        raise gate.Unseen
    return found


def signed_leaf(index: int) -> Leaf | None:
    """Return the leaf of this number, once it is under a signed checkpoint."""
    return Leaf.objects.filter(index=index, index__lt=log.published_size()).first()


def shredded_leaves() -> QuerySet[Leaf]:
    """Return the leaves that were shredded, the newest first; that they were is public."""
    return (
        Leaf.objects.exclude(shredded_at=None).select_related("shredding").order_by("-shredded_at")
    )
