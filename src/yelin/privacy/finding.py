"""Every place that holds a subject, found from lineage: versions, copies, consents, recipients.

What cannot be opened now is listed too: it may hold the subject, and is tried until it is known.
"""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import structlog
from django.db.models import Exists, OuterRef

from yelin import gate
from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.delivery.models import Delivery, Subscription, Taken
from yelin.keys.models import Destroyed
from yelin.law import duties
from yelin.law.models import Clock
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.privacy.models import Consent
from yelin.privacy.requested import Kind, State, SubjectRequest, Target, TargetQuerySet
from yelin.warehouse.held import Held
from yelin.warehouse.models import Release
from yelin.warehouse.subjects import SubjectSet

log = structlog.get_logger(__name__)
_ALONG = ("entry__provider", "request__case__handler", "party__body", "thing")


def entries_of(case: Case) -> list[Entry]:
    """Return the resources that a request is about and whose rows are known by their subjects."""
    about = case.matter
    found = Entry.objects.filter(subject_sets__isnull=False).distinct()
    found = found.filter(provider=about) if isinstance(about, Body) else found.filter(pk=about.pk)
    return list(found.order_by("code").select_related("provider"))


def held_in(release: Release, request: SubjectRequest) -> Held | None:
    """Return what ``release`` holds of the subject of a request, to be asked; its entry is read.

    The newest set of the entry counts: all of them name the subjects by one item.
    """
    newest = SubjectSet.objects.filter(entry=release.entry_id).order_by("-changed_at", "pk").first()
    return Held(release, newest, request.digest) if newest else None


def releases_of(entry: Entry) -> Iterator[Release]:
    """Yield the releases of ``entry`` whose files are there, the newest first."""
    rows = Release.objects.with_files().filter(entry=entry, columns__gt=0)
    for release in rows.select_related("sealed_by", "upload").order_by("-number"):
        release.entry = entry
        yield release


def rows_in(release: Release, request: SubjectRequest) -> int | None:
    """Return how many rows of the subject a release holds; ``None`` where that is not known now."""
    held = held_in(release, request)
    if held is None:
        return 0
    try:
        held.require_there()
        return held.rows()
    except Destroyed:
        return 0
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with it, it may hold the subject
        log.warning("release_not_opened", release=str(release.pk), fault=type(fault).__name__)
        return None


def targets_of(request: SubjectRequest) -> Iterator[Target]:
    """Yield every place that holds the subject, not saved yet."""
    entries = entries_of(request.case)
    for entry in entries:
        holding = [
            (release, rows)
            for release in releases_of(entry)
            if (rows := rows_in(release, request)) != 0
        ]
        for release, rows in holding:
            yield Target(
                request=request, kind=Kind.RELEASE, entry=entry, release=release, rows=rows
            )
        if holding:
            yield Target(request=request, kind=Kind.COPIES, entry=entry)
            for party in _recipients(entry, [release for release, _ in holding], request):
                yield Target(request=request, kind=Kind.RECIPIENT, entry=entry, party_id=party)
    yield from _consents(request, {entry.pk: entry for entry in entries})


def _recipients(
    entry: Entry, holding: Sequence[Release], request: SubjectRequest
) -> Sequence[UUID]:
    """Return the parties that took any of these releases, or subscribed to what becomes of them."""
    of = {"release__in": holding}
    took = {*Delivery.objects.filter(**of).values_list("party", flat=True).distinct()}
    took |= {*Taken.objects.filter(**of).values_list("party", flat=True).distinct()}
    subscribed = Subscription.objects.live().filter(entry=entry)
    took |= {*subscribed.values_list("seat__body", flat=True)}
    return sorted(took - {entry.provider_id, request.person_id})


def _consents(request: SubjectRequest, entries: Mapping[UUID, Entry]) -> Iterator[Target]:
    """Yield what the subject agreed to for the resources, once for each consent."""
    living = Consent.objects.living().filter(digest=request.digest)
    covering = living.filter(
        purpose__coverings__entry__in=entries, purpose__coverings__ended_at=None
    )
    pairs = covering.values_list("pk", "purpose__coverings__entry").order_by("pk")
    first = {consent: entry for consent, entry in reversed(pairs) if entry in entries}
    for consent, entry in first.items():
        yield Target(request=request, kind=Kind.CONSENT, entry=entries[entry], consent_id=consent)


def asked_bodies() -> list[Body]:
    """Return the bodies that are known to hold rows of people, by their names."""
    holding = SubjectSet.objects.values("entry__provider")
    return list(Body.objects.filter(pk__in=holding, until=None).order_by("name"))


def told(party: UUID | None) -> TargetQuerySet:
    """Return what a party was told to delete, the newest first; a stranger nothing."""
    rows = Target.objects.filter(
        party=party, party__isnull=False, state__in=(State.TOLD, State.CONFIRMED)
    )
    return rows.select_related(*_ALONG).order_by("-since", "pk")


def unconfirmed(actor: Actor) -> TargetQuerySet:
    """Return the recipients that did not confirm in time, as far as ``actor`` may know."""
    late = Clock.objects.running().filter(
        thing=OuterRef("pk"), duty=duties.SUBJECT_CONFIRM.name, lapsed_at__isnull=False
    )
    rows = Target.objects.filter(Exists(late), state=State.TOLD)
    found: TargetQuerySet = gate.visible_to(actor, "subject_target.see", rows)  # type: ignore[assignment]  # a filtered set is of the same kind
    return found.select_related(*_ALONG).order_by("since", "pk")
