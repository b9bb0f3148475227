"""What sharing adds to the way of a datum: the extracts that were issued of it."""

from collections.abc import Iterator, Sequence

from django.db.models import Q

from yelin import gate
from yelin.delivery.tracing.draft import MOST, Draft, contributes, named
from yelin.delivery.tracing.finding import Asked, Found, finds
from yelin.delivery.tracing.graph import Kind, Node, Term
from yelin.exchange.models import Extract
from yelin.warehouse.models import Release


def _extracts(draft: Draft, releases: Sequence[Release]) -> None:
    """Add the extracts that were issued of releases, for whoever issued them."""
    rows = Extract.objects.filter(release__in=[each.pk for each in releases])
    seen = gate.visible_to(draft.actor, "extract.see", rows)
    found = list(seen.select_related("seat__body").order_by("-issued_at", "-pk")[:MOST])
    for each in found:
        node = _node(each)
        draft.link(draft.add(node), Term.DERIVED, named(Kind.RELEASE, str(each.release_id)))
        draft.link(node.id, Term.ATTRIBUTED, draft.add_body(each.seat.body))
    if len(found) == MOST:
        draft.fold(Kind.EXTRACT, seen.count() - MOST)


def _node(each: Extract) -> Node:
    return Node(
        id=named(Kind.EXTRACT, each.pk),
        kind=Kind.EXTRACT,
        title=each.number or "",
        key=str(each.pk),
        thing=each.pk,
        told={"rows": each.rows},
        since=each.issued_at,
    )


def _by_file(asked: Asked) -> Iterator[Found]:
    """Yield the extract of which it is the paper or the statement: who has the file, knows of it.

    What it says is told by neither: it leads to how that extract stands.
    """
    either = Q(paper_digest=asked.sha256) | Q(statement_digest=asked.sha256)
    for each in Extract.objects.filter(either, digest__isnull=False).order_by("pk"):
        form = "pdf" if each.paper_digest and bytes(each.paper_digest) == asked.sha256 else "jws"
        yield Found(_node(each), form, standing=bytes(each.digest or b"").hex())


contributes(_extracts)
finds(_by_file)
