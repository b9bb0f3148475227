"""What privacy adds to the way of a datum: notices, work on the bench, certificates."""

from collections.abc import Iterator, Sequence

from django.db.models import Q, QuerySet

from yelin import gate
from yelin.catalog.models import Entry
from yelin.collecting.models import CollectionForm
from yelin.delivery.tracing.draft import MOST, Draft, contributes, named
from yelin.delivery.tracing.finding import Asked, Found, finds
from yelin.delivery.tracing.graph import Kind, Node, Term
from yelin.privacy.models import CollectionNotice, Covering
from yelin.privacy.workbench.models import Certificate, Deidentification
from yelin.warehouse.models import Release


def _notices(draft: Draft, releases: Sequence[Release]) -> None:
    """Add the notices under which rows were collected and leave, and their forms."""
    entries = {each.entry_id for each in releases} | {draft.entry.pk}
    rows = Covering.objects.filter(entry__in=entries)
    seen = gate.visible_to(draft.actor, "covering.see", rows)
    of = dict(seen.values_list("purpose__notice", "entry")[:MOST])
    notices = CollectionNotice.objects.filter(pk__in=of)
    for notice in gate.visible_to(draft.actor, "collection_notice.see", notices):
        draft.link(
            named(Kind.ENTRY, of[notice.pk]), Term.DERIVED, draft.add(_node(Kind.NOTICE, notice))
        )
    forms = CollectionForm.objects.filter(collection_notices__in=of)
    for form in gate.visible_to(draft.actor, "collection_form.see", forms.distinct()):
        draft.add(_node(Kind.FORM, form))
    for notice_id, form_id in notices.filter(form__isnull=False).values_list("pk", "form"):
        draft.link(named(Kind.NOTICE, notice_id), Term.DERIVED, named(Kind.FORM, str(form_id)))


def _node(kind: Kind, thing: CollectionNotice | CollectionForm) -> Node:
    return Node(
        id=named(kind, thing.pk), kind=kind, title=thing.title, key=str(thing.pk), thing=thing.pk
    )


def _work(draft: Draft, releases: Sequence[Release]) -> None:
    """Add what was made of releases on the bench, and of what they were made, as far as known."""
    rows = Deidentification.objects.filter(
        Q(source__in=[each.pk for each in releases])
        | Q(upload__in=[each.upload_id for each in releases])
    )
    seen = gate.visible_to(draft.actor, "deidentification.see", rows)
    found = list(seen.select_related("entry__provider").order_by("-begun_at", "pk")[:MOST])
    around = Release.objects.filter(
        Q(upload__in=[each.upload_id for each in found if each.upload_id])
        | Q(pk__in=[each.source_id for each in found])
    )
    made = {each.upload_id: each for each in _readable(draft, around)}
    for each in found:
        node = Node(
            id=named(Kind.WORK, each.pk),
            kind=Kind.WORK,
            title=each.entry.title,
            title_en=each.entry.title_en,
            key=str(each.pk),
            thing=each.pk,
            told={"makes": each.makes, "state": each.state, "sharing": each.sharing},
            since=each.begun_at,
            until=each.changed_at,
        )
        source = named(Kind.RELEASE, each.source_id)
        draft.link(draft.add(node), Term.USED, source)
        draft.link(node.id, Term.INFORMED, named(Kind.PUBLICATION, each.source_id))
        draft.link(node.id, Term.ASSOCIATED, draft.add_body(each.entry.provider))
        release = made.get(each.upload_id)
        if each.upload_id:
            draft.link(named(Kind.UPLOAD, each.upload_id), Term.GENERATED, node.id)
        if release is not None:
            draft.link(named(Kind.RELEASE, release.pk), Term.DERIVED, source)
            draft.link(named(Kind.PUBLICATION, release.pk), Term.INFORMED, node.id)
    for release in made.values():
        draft.add_release(release)
    if len(found) == MOST:
        draft.fold(Kind.WORK, seen.count() - MOST)


def _readable(draft: Draft, rows: "QuerySet[Release]") -> list[Release]:
    """Return those of releases whose entry's metadata the actor may read."""
    found = list(rows.select_related("entry__provider").defer("manifest_kept"))
    entries = Entry.objects.filter(pk__in={each.entry_id for each in found})
    may_read = set(gate.visible_to(draft.actor, "entry.read", entries).values_list("pk", flat=True))
    return [each for each in found if each.entry_id in may_read]


def _certificates(draft: Draft, releases: Sequence[Release]) -> None:
    """Add the certificates of releases: its own body's, and for everyone those that stand.

    That one came of another resource shows where that resource is on the way, too.
    """
    rows = Certificate.objects.filter(
        Q(release__in=[each.pk for each in releases]) | Q(source__in=[each.pk for each in releases])
    )
    own = gate.visible_to(draft.actor, "certificate.see", rows).values("pk")
    # A page of versions shows whoever may read of the entry that its newest release bears one.
    of_shown = rows.standing().filter(release__in=[each.pk for each in releases]).values("pk")
    seen = rows.filter(Q(pk__in=own) | Q(pk__in=of_shown))
    seen = seen.select_related("release__entry__provider", "seat__body").order_by("-issued_at")
    found = list(seen[:MOST])
    for each in found:
        node = _paper(each)
        draft.link(draft.add(node), Term.DERIVED, named(Kind.RELEASE, each.release_id))
        draft.link(node.id, Term.GENERATED, named(Kind.WORK, each.work_id))
        draft.link(node.id, Term.ATTRIBUTED, draft.add_body(each.seat.body))
    if len(found) == MOST:
        draft.fold(Kind.CERTIFICATE, seen.count() - MOST)


def _paper(each: Certificate) -> Node:
    return Node(
        id=named(Kind.CERTIFICATE, each.pk),
        kind=Kind.CERTIFICATE,
        title=each.number,
        key=bytes(each.digest).hex(),
        thing=each.pk,
        told={"form": each.form, "sharing": each.sharing, "ended": each.ended_by},
        since=each.issued_at,
        until=each.ended_at,
    )


def _by_file(asked: Asked) -> Iterator[Found]:
    """Yield the certificate of which it is the paper or the statement: it is there to be shown."""
    either = Q(paper_digest=asked.sha256) | Q(statement_digest=asked.sha256)
    for each in Certificate.objects.filter(either).order_by("pk"):
        form = "pdf" if bytes(each.paper_digest or b"") == asked.sha256 else "jws"
        yield Found(_paper(each), form)


for _add in (_notices, _work, _certificates):
    contributes(_add)
finds(_by_file)
