"""The way of a resource, or of one of its releases, as one asker may know of it."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery.tracing import draft as drafting
from yelin.delivery.tracing.draft import Draft, named
from yelin.delivery.tracing.graph import Kind, Term, Trace
from yelin.parties.actor import Actor
from yelin.warehouse.models import Release

# So far from the resource one goes, from release to release: what lies beyond has its own page.
STEPS = 3
# So many releases that were made of the one that is asked about.
FOLLOWING = 3


def of(
    actor: Actor,
    entry: Entry,
    number: int | None = None,
    may: Callable[..., gate.Decision] | None = None,
    about: tuple[Kind, UUID] | None = None,
) -> Trace:
    """Return the way of ``entry``, or of its release ``number``, by a bounded number of queries.

    ``about`` names what was asked about where that is another thing on this way: what was offered
    or agreed of the entry.

    The caller has found that ``actor`` may know of the entry, and passes on what answers about it
    (``may``) where it has it; of what lies around it each room asks the gate. Raises ``Unseen`` for
    a release or another thing that is not on this way, or not for this actor.
    """
    may = may or gate.answering(actor, entry)
    asked = about[1] if about else None
    draft = Draft(actor, entry, may, is_of_one=number is not None, asked=asked)
    centre = draft.add_entry(entry)
    if may("entry.read").allowed:
        draft.release = _focus(entry, number)
    if number is not None and draft.release is None:
        raise gate.Unseen
    if draft.release is not None:
        centre = draft.add_release(draft.release)
        _around(draft, draft.release)
    drafting.ask(draft, draft.taken())
    for _ in range(STEPS - 1):
        if not (fresh := draft.taken()):
            break
        drafting.ask(draft, fresh)
    if about is not None:
        centre = named(*about)
        if centre not in draft.nodes:
            raise gate.Unseen
    return draft.done(centre)


def _read(entry: Entry) -> "QuerySet[Release]":
    return entry.releases.select_related("entry__provider").defer("manifest_kept")


def _focus(entry: Entry, number: int | None) -> Release | None:
    every = entry.releases.filter(entry=OuterRef("entry")).order_by().values("entry")
    many = Subquery(every.annotate(n=Count("pk")).values("n"))
    rows = _read(entry).annotate(of_all=many).order_by("-number")
    return (rows if number is None else rows.filter(number=number)).first()


def _around(draft: Draft, release: Release) -> None:
    """Add what ``release`` came of, what came of it, and the newest; others come as a number."""
    own = draft.entry.releases
    newest = Q(pk__in=own.order_by("-number").values("pk")[:1])
    made_of_it = own.filter(Q(base=release) | Q(restored=release)).order_by("number")
    after = Q(pk__in=made_of_it.values("pk")[:FOLLOWING])
    before = Q(pk__in=[release.base_id, release.restored_id])
    for each in _read(draft.entry).filter(before | newest | after).order_by("number"):
        draft.add_release(each)
    folded = draft.fold(
        Kind.RELEASE,
        release.of_all - len(draft.releases),  # type: ignore[attr-defined]  # as it was read
        title=draft.entry.title,
        title_en=draft.entry.title_en,
        key=draft.entry.slug if draft.entry.code else "",
    )
    if folded:
        draft.link(folded, Term.ATTRIBUTED, named(Kind.BODY, draft.entry.provider_id))
        draft.link(folded, Term.DERIVED, named(Kind.ENTRY, draft.entry.pk))
