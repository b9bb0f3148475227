"""Entries become cards, each as far as the asker may know it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from yelin import gate
from yelin.catalog import reads
from yelin.catalog.models import Entry
from yelin.parties.actor import Actor
from yelin.warehouse import reads as warehouse
from yelin.warehouse.models import Release
from yelin.web import refusals
from yelin.web.names import area_name
from yelin.web.portal.shapes import Card
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name, title_of


def cards(
    actor: Actor,
    entries: Sequence[Entry],
    *,
    uses: Mapping[UUID, int] | None = None,
    ways: Sequence[Link] = (),
) -> list[Card]:
    """Return the cards of entries that ``actor`` sees; two queries in all."""
    decisions = gate.decide_each(actor, "entry.read", entries)
    readable = [e for e, decision in zip(entries, decisions, strict=True) if decision.allowed]
    latest = warehouse.latest_releases(readable)
    return [
        _readable(entry, decision, latest.get(entry.pk), (uses or {}).get(entry.pk))
        if decision.allowed
        else _closed(entry, decision, ways)
        for entry, decision in zip(entries, decisions, strict=True)
    ]


def _readable(
    entry: Entry, decision: gate.Decision, release: Release | None, uses: int | None
) -> Card:
    return Card(
        title=title_of(entry),
        url=reverse("portal:resource", args=[entry.slug]),
        provider=body_name(entry.provider),
        opening_type=entry.opening_type,
        social=entry.social,
        summary=entry.summary,
        area=area_name(entry.division),
        updated=release.released_at if release else None,
        rows=release.rows if release else None,
        columns=reads.columns(decision, release.columns) if release else None,
        formats=[name.upper() for name in entry.formats],
        uses=uses,
        slug=entry.slug if release else "",
    )


def _closed(entry: Entry, decision: gate.Decision, ways: Sequence[Link]) -> Card:
    return Card(
        title=title_of(entry),
        url=reverse("portal:resource", args=[entry.slug]),
        provider=body_name(entry.provider),
        opening_type=entry.opening_type,
        social=entry.social,
        refusal=refusals.of(decision, ways, _("In the public catalog only")),
    )
