"""Questions about reuses, comments and news: who sees which, what is shown beside what."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Max, Q, QuerySet

from yelin import gate
from yelin.acts import references
from yelin.cases import procedure
from yelin.cases import reads as cases
from yelin.cases.models import Case, CaseQuerySet
from yelin.cases.reads import Answering
from yelin.catalog.models import Entry
from yelin.files.models import Attachment
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person
from yelin.talking.models import (
    Comment,
    CommentReport,
    CommentState,
    FollowedSearch,
    Kept,
    News,
    NewsQuerySet,
    NewsState,
    Rating,
    Reuse,
    ReuseState,
)


def reuses(actor: Actor) -> "QuerySet[Reuse]":
    """Return the reuses that are shown to everybody, the newest first."""
    shown = Reuse.objects.filter(state=ReuseState.SHOWN)
    found = references.seen(actor, shown).select_related("maker__body", "maker__person")
    return found.order_by("-shown_at", "pk")


def own_reuses(actor: Actor) -> "QuerySet[Reuse]":
    """Return what the actor's party made, whatever became of it."""
    mine = Reuse.objects.filter(maker=actor.party_id) if actor.party_id else Reuse.objects.none()
    return references.seen(actor, mine).order_by("-made_at", "pk")


def reuses_waiting(actor: Actor) -> "QuerySet[Reuse]":
    """Return the reuses about which ``actor`` decides, the oldest first."""
    waiting = Reuse.objects.filter(state=ReuseState.WAITING).order_by("made_at", "pk")
    return gate.visible_to(actor, "talking.approve_reuse", waiting)


def used(actor: Actor, reuse: Reuse) -> list[Entry]:
    """Return the resources that a reuse uses, as far as ``actor`` may know of them."""
    return used_by_each(actor, [reuse])[reuse.pk]


def used_by_each(actor: Actor, reuses: Iterable[Reuse]) -> dict[UUID, list[Entry]]:
    """Return the same for each of these, asked for all of them at once."""
    of: dict[UUID, list[Entry]] = {each.pk: [] for each in reuses}
    uses = Reuse.uses.through.objects.filter(reuse__in=of)
    seen = references.seen(actor, Entry.objects.filter(pk__in=uses.values("entry")))
    known = {each.pk: each for each in seen.select_related("provider")}
    for reuse, entry in uses.order_by("entry__title", "entry").values_list("reuse", "entry"):
        if entry in known:
            of[reuse].append(known[entry])
    return of


def pictures(actor: Actor, shown: Iterable[Reuse]) -> dict[UUID, Attachment]:
    """Return the picture of each of these reuses that has one which ``actor`` may see."""
    ids = [each.pk for each in shown]
    if not ids:
        return {}
    of = Attachment.objects.kept().filter(about__in=ids)
    return {each.about_id: each for each in gate.visible_to(actor, "attachment.see", of)}


@dataclass(frozen=True, slots=True)
class Stars:
    """How a resource is rated: the average of so many, and what the asker gave."""

    average: float | None
    count: int
    own: int = 0


def stars(entry: Entry, person: Person | None) -> Stars:
    """Return how ``entry`` is rated."""
    own = Max("stars", filter=Q(person=person))
    found = Rating.objects.filter(entry=entry).aggregate(
        average=Avg("stars"), count=Count("pk"), own=own
    )
    return Stars(found["average"], found["count"], found["own"] or 0)


def comments(actor: Actor, entry: Entry) -> "QuerySet[Comment]":
    """Return the comments on ``entry`` that everybody sees, the newest first."""
    shown = Comment.objects.filter(entry=entry, state=CommentState.SHOWN)
    along = ("author", "answered_by", "entry__provider")
    found = references.seen(actor, shown).select_related(*along).prefetch_related("reports")
    return found.order_by("-shown_at", "pk")


def own_comments(actor: Actor, entry: Entry) -> "QuerySet[Comment]":
    """Return the actor's own comments on ``entry`` that are not shown."""
    mine = Comment.objects.filter(entry=entry, author=actor.person_id)
    hidden = mine.exclude(state__in=[CommentState.SHOWN, CommentState.WITHDRAWN])
    along = hidden.select_related("answered_by", "entry__provider").prefetch_related("reports")
    return along.order_by("-at", "pk")


def comments_waiting(actor: Actor) -> "QuerySet[Comment]":
    """Return the comments at which ``actor`` has to look: new ones, and those reported."""
    reported = CommentReport.objects.filter(settled_at=None).values("comment")
    open_ = Q(state=CommentState.WAITING) | Q(state=CommentState.SHOWN, pk__in=reported)
    along = Comment.objects.filter(open_).select_related("entry__provider", "author")
    found = gate.visible_to(actor, "talking.remove_comment", along)
    return found.prefetch_related("reports").order_by("at", "pk")


def news(actor: Actor) -> NewsQuerySet:
    """Return the news that stand published, the newest first."""
    seen: NewsQuerySet = references.seen(actor, News.objects.filter(state=NewsState.PUBLISHED))  # type: ignore[assignment]  # a filtered set is of the same kind
    return seen.newest_first()


def drafts(actor: Actor) -> NewsQuerySet:
    """Return what the actor's body is writing and has not published yet."""
    own = News.objects.filter(state=NewsState.DRAFT, body=actor.body_id)
    seen: NewsQuerySet = references.seen(actor, own)  # type: ignore[assignment]  # the same
    return seen.order_by("-changed_at", "pk")


def kept_by(person: Person | None, on: Sequence[UUID]) -> dict[UUID, set[str]]:
    """Return as what a person keeps each of these things; somebody unnamed keeps none."""
    found: dict[UUID, set[str]] = {each: set() for each in on}
    if person is not None:
        rows = Kept.objects.filter(person=person, on__in=on)
        for each, kept_as in rows.values_list("on_id", "kept_as"):
            found[each].add(kept_as)
    return found


def kept(actor: Actor, person: Person, as_what: str) -> tuple[list[Entry], list[Body]]:
    """Return the resources and providers that a person keeps, as far as one may know of them."""
    things = Kept.objects.filter(person=person, kept_as=as_what)
    ids = list(things.order_by("-at").values_list("on", flat=True))
    entries = references.seen(actor, Entry.objects.filter(pk__in=ids)).select_related("provider")
    bodies = Body.objects.filter(pk__in=ids)
    return _in_order(entries, ids), _in_order(bodies, ids)


def copy_of(person: UUID) -> dict[str, Any]:
    """Return all that is kept of what a person showed, said, followed and rated."""
    kept_rows = Kept.objects.filter(person=person).order_by("at").select_related("on")
    return {
        "kept": [
            {"on": row.on.code or str(row.on_id), "as": row.kept_as, "at": row.at.isoformat()}
            for row in kept_rows
        ],
        "searches": [
            {"words": row.words, "chosen": row.chosen, "at": row.at.isoformat()}
            for row in FollowedSearch.objects.filter(person=person).order_by("at", "pk")
        ],
        "ratings": [
            {"on": row.entry.code, "stars": row.stars, "at": row.at.isoformat()}
            for row in Rating.objects.filter(person=person).select_related("entry")
        ],
        "comments": [
            {"on": row.entry.code, "text": row.text, "state": row.state, "at": row.at.isoformat()}
            for row in Comment.objects.filter(author=person).select_related("entry").order_by("at")
        ],
        "reuses": [
            {
                "title": row.title,
                "description": row.description,
                "credit": row.credit,
                "link": row.link,
                "state": row.state,
                "at": row.made_at.isoformat(),
            }
            for row in Reuse.objects.filter(maker=person).order_by("made_at")
        ],
    }


def _in_order(rows: "QuerySet", ids: list[UUID]) -> list:  # type: ignore[type-arg]  # of any model
    by_id = {row.pk: row for row in rows}
    return [by_id[pk] for pk in ids if pk in by_id]


def followed_by_all(kinds: Collection[str] = ()) -> CaseQuerySet:
    """Return the cases that everybody may follow, of these kinds (none named: all)."""
    anyone = Actor.anyone()
    public = [name for name, kind in procedure.kinds().items() if kind.followed_by_all]
    hidden = Entry.objects.exclude(
        pk__in=gate.visible_to(anyone, "entry.see", Entry.objects.all()).values("pk")
    )
    wanted = [name for name in public if not kinds or name in kinds]
    known = Case.objects.filter(kind__in=wanted).exclude(about__in=hidden.values("pk"))
    found: CaseQuerySet = gate.visible_to(anyone, "case.follow", known)  # type: ignore[assignment]  # a filtered set is of the same kind
    return found


def answering(kinds: Collection[str] = ()) -> list[Answering]:
    """Return as public figures how each body answers what is asked of it."""
    return cases.answering(followed_by_all(kinds))
