"""What market-based operation adds to the way of a datum: the arrangements that reach it."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Max

from yelin.delivery.tracing.draft import MOST, Draft, contributes, named
from yelin.delivery.tracing.graph import Kind, Node, Term
from yelin.law import clock
from yelin.market import reads
from yelin.market.models import Arrangement
from yelin.warehouse.models import Release


def _arrangements(draft: Draft, releases: Sequence[Release]) -> None:
    """Add the arrangements that reach the entries, with both sides, and what they granted."""
    entries = {each.entry_id for each in releases} | {draft.entry.pk}
    reaching = {"scope__entry__in": entries, "scope__dropped_on": None}
    seen = reads.public(draft.actor).filter(**reaching).annotate(reached_by=Max("scope__pk"))
    found = list(seen[:MOST])
    for each in found:
        node = _node(each)
        operator = draft.add_body(each.operator)
        draft.link(draft.add(node), Term.ASSOCIATED, operator)
        draft.link(operator, Term.ON_BEHALF, draft.add_body(each.body))
        for reach in reads.reached_of(each):
            if reach.entry_id in entries:
                draft.link(node.id, Term.USED, named(Kind.ENTRY, reach.entry_id))
            if reach.grant_id:
                draft.link(named(Kind.GRANT, reach.grant_id), Term.GENERATED, node.id)
    if len(found) == MOST:
        draft.fold(Kind.ARRANGEMENT, seen.count() - MOST)


def _node(each: Arrangement) -> Node:
    over = each.ended_on or each.until
    return Node(
        id=named(Kind.ARRANGEMENT, each.pk),
        kind=Kind.ARRANGEMENT,
        title=each.title,
        key=each.number,
        thing=each.pk,
        told={"way": each.way, "state": each.standing()},
        since=clock.beginning_of(each.since),
        until=clock.beginning_of(over + timedelta(days=1)),
    )


contributes(_arrangements)
