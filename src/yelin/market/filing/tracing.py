"""What the market adds to the way of a datum: where it was offered, agreed on, and traded."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import JSONObject

from yelin.delivery.tracing.draft import MOST, Draft, contributes, named
from yelin.delivery.tracing.graph import Kind, Node, Term
from yelin.gate.models import Grant
from yelin.law import clock
from yelin.market.contract import reads as contracts
from yelin.market.contract.models import Contract
from yelin.market.filing import reads
from yelin.market.filing.models import Filing
from yelin.market.listing import reads as listings
from yelin.market.listing.models import Listing, Source
from yelin.warehouse.models import Release

_OF = JSONObject(entry="entry", release="release", grant="grant")


def _market(draft: Draft, releases: Sequence[Release]) -> None:
    """Add the listings made of the entries, the contracts about these, and the trades on file.

    A trade is on file for everybody; with whom it was made, its two sides and the agency know.
    """
    offered = _listings(draft, {each.entry_id for each in releases} | {draft.entry.pk})
    if offered:
        _trades(draft, offered, _contracts(draft, offered))


def _listings(draft: Draft, entries: Collection[UUID]) -> Sequence[Listing]:
    made_of = _sources(entries)
    agreed = Contract.objects.filter(pk=draft.asked).values("negotiation__listing")
    asked = Listing.objects.filter(Q(pk=draft.asked) | Q(pk__in=agreed)).values("pk")
    seen = listings.seen(draft.actor).filter(Exists(made_of))
    rows = seen.annotate(made_of=ArraySubquery(made_of.values(each=_OF)))
    found = list(rows.order_by(_first(pk__in=asked), "-listed_on", "-pk")[:MOST])
    for each in found:
        node = draft.add(
            Node(
                id=named(Kind.LISTING, each.pk),
                kind=Kind.LISTING,
                title=each.description.title,
                key=each.registration or str(each.pk),
                thing=each.pk,
                told={"registration": each.registration or "", "state": each.standing()},
                since=_moment(each.listed_on),
                until=_moment(each.stopped_on),
            )
        )
        draft.link(node, Term.ATTRIBUTED, draft.add_body(each.product.owner))
        for source in each.made_of:
            for kind in (Kind.ENTRY, Kind.RELEASE, Kind.GRANT):
                draft.link(node, Term.DERIVED, named(kind, source[kind]))
    if len(found) == MOST:
        draft.fold(Kind.LISTING, seen.count() - MOST)
    return found


def _sources(entries: Collection[UUID]) -> QuerySet[Source]:
    """Return what a listing is made of, of these entries: now, or when it was listed."""
    was_offered = Q(dropped_on=None) | Q(dropped_on__gte=OuterRef("listed_on"))
    return Source.objects.filter(was_offered, product=OuterRef("product"), entry__in=entries)


def _contracts(draft: Draft, offered: Collection[Listing]) -> dict[UUID, Contract]:
    about = contracts.contracts(draft.actor).filter(negotiation__listing__in=offered)
    found = list(about.order_by(_first(pk=draft.asked), "-drawn_at", "-pk")[:MOST])
    for each in found:
        node = draft.add(
            Node(
                id=named(Kind.CONTRACT, each.pk),
                kind=Kind.CONTRACT,
                title=each.title,
                key=each.number,
                thing=each.pk,
                told={"state": each.standing},
                since=clock.beginning_of(each.since),
                until=clock.beginning_of(each.until + timedelta(days=1)),
            )
        )
        draft.link(node, Term.DERIVED, named(Kind.LISTING, each.negotiation.listing_id or ""))
        for side in (each.provider, each.consumer):
            draft.link(node, Term.ATTRIBUTED, draft.add_body(side))
    if len(found) == MOST:
        draft.fold(Kind.CONTRACT, about.count() - MOST)
    return {each.pk: each for each in found}


def _trades(draft: Draft, offered: Collection[Listing], agreed: Mapping[UUID, Contract]) -> None:
    filed = reads.on_file(draft.actor).filter(contract__negotiation__listing__in=offered)
    filed = filed.select_related("contract__provider", "contract__negotiation")
    filed = filed.defer(*contracts.PAPERS_ALONG)
    gave = Grant.objects.filter(given_in=OuterRef("contract")).values("pk")
    filed = filed.annotate(gave=ArraySubquery(gave))
    found = list(filed.order_by(_first(contract=draft.asked), "-filed_on", "-number")[:MOST])
    for each in found:
        node = draft.add(_trade(each))
        draft.link(node, Term.USED, named(Kind.LISTING, each.contract.negotiation.listing_id or ""))
        draft.link(node, Term.USED, named(Kind.CONTRACT, each.contract_id))
        draft.link(node, Term.ASSOCIATED, draft.add_body(each.contract.provider))
        if each.contract_id in agreed:
            draft.link(node, Term.ASSOCIATED, draft.add_body(agreed[each.contract_id].consumer))
            for grant in each.gave:
                draft.link(named(Kind.GRANT, grant), Term.GENERATED, node)
    if len(found) == MOST:
        draft.fold(Kind.TRADE, filed.count() - MOST)


def _trade(filing: Filing) -> Node:
    """Return what everyone may read of a trade."""
    told = filing.told
    return Node(
        id=named(Kind.TRADE, filing.pk),
        kind=Kind.TRADE,
        title=told["title"],
        key=filing.number or "",
        thing=filing.pk,
        told={"price_mode": told["price_mode"] or "", "ways": ",".join(told["delivery"])},
        since=_moment(filing.filed_on),
    )


def _moment(day: date | None) -> datetime | None:
    return clock.beginning_of(day) if day else None


def _first(**asked: Any) -> Case:
    """Return by what to order so that what was asked about is told, however many there are."""
    return Case(When(**asked, then=0), default=1)


contributes(_market)
