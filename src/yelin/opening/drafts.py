"""Drafts of applications: what somebody has written so far, no act, and nobody else's to read."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from yelin import gate
from yelin.cases.procedure import MOST
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.law import clock
from yelin.opening.application import Application
from yelin.opening.models import Draft
from yelin.parties.actor import Actor

PARTS = tuple(Application.model_fields)


def _own(actor: Actor) -> "QuerySet[Draft]":
    """Return what the person wrote as the party for which it acts now."""
    return Draft.objects.filter(person=actor.person_id, party=actor.party_id)


def of(actor: Actor, entry: Entry) -> dict[str, str]:
    """Return what ``actor`` has written of an application for ``entry``."""
    found = _own(actor).filter(entry=entry.pk).first()
    return dict(found.said) if found else {}


def keep(actor: Actor, entry: Entry, said: Mapping[str, str]) -> dict[str, str]:
    """Keep these parts beside those of before, as they are written; return all of them."""
    written = {name: said[name].replace("\x00", "")[:MOST] for name in PARTS if name in said}
    kept = of(actor, entry) | written
    Draft.objects.update_or_create(
        person_id=actor.person_id,
        party_id=actor.party_id,
        entry=entry,
        defaults={"said": kept, "changed_at": clock.now()},
    )
    return kept


def throw_away(actor: Actor, entry: Entry) -> None:
    """Delete what ``actor`` has written for ``entry``."""
    _own(actor).filter(entry=entry.pk).delete()


def last_day(draft: Draft) -> date:
    """Return the last day on which an untouched draft is kept."""
    return clock.day_of(draft.changed_at + timedelta(days=config.drafts_kept_days))


def all_of(actor: Actor) -> "QuerySet[Draft]":
    """Return every draft that ``actor`` may go on with, the newest first.

    What is hidden from ``actor`` by now, or no longer applied for, stands in none of them.
    """
    if actor.person_id is None:
        return Draft.objects.none()
    entries = gate.visible_to(actor, "opening.apply", Entry.objects.all())
    seen = gate.visible_to(actor, "entry.see", entries)
    rows = _own(actor).filter(entry__in=seen.values("pk"))
    return rows.select_related("entry__provider").order_by("-changed_at")


def copy_of(person: UUID) -> list[dict[str, Any]]:
    """Return all drafts of a person, as plain values."""
    return [
        {"about": each.entry.code, "said": each.said, "changed_at": each.changed_at.isoformat()}
        for each in Draft.objects.filter(person=person).select_related("entry").order_by("pk")
    ]
