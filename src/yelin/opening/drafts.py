"""Drafts of applications: what somebody has written so far, no act, and nobody else's to read."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from yelin import gate
from yelin.cases.models import Case
from yelin.cases.procedure import MOST
from yelin.cases.rules import By
from yelin.catalog.models import Entry
from yelin.config import config
from yelin.files.examined import Files
from yelin.files.models import Attachment
from yelin.gate import composed
from yelin.keys.models import DataKey
from yelin.law import clock, duties
from yelin.law.refusals import Incomplete
from yelin.opening.application import Application
from yelin.opening.models import Draft
from yelin.parties.actor import Actor
from yelin.things.models import Thing

PARTS = tuple(Application.model_fields)
MOST_FILES = 20


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
    """Delete what ``actor`` has written for ``entry``, with its files."""
    erase(_own(actor).filter(entry=entry.pk))


def attach(actor: Actor, entry: Entry, files: Files) -> None:
    """Keep files with what ``actor`` has written for ``entry``, each sealed under its own key.

    Raises ``Incomplete`` for more than a draft holds.
    """
    if not files:
        return
    keep(actor, entry, {})
    with transaction.atomic():
        draft = _own(actor).select_for_update().get(entry=entry.pk)
        if draft.thing is None:
            draft.thing = Thing.objects.create(kind="draft")
            draft.save(update_fields=["thing"])
        if _kept([draft.thing.pk]).count() + len(files) > MOST_FILES:
            says = "A draft keeps at most {limit} files. Remove some first."
            raise Incomplete.at("attached", says, duties.OPENING_APPLY, {"limit": MOST_FILES})
        party = Thing.objects.get(pk=draft.party_id)
        Attachment.objects.hang(draft.thing, party, By.APPLICANT, files, at=clock.now())


def files_of(actor: Actor, entry: Entry) -> "QuerySet[Attachment]":
    """Return the files that ``actor`` keeps with what is written for ``entry``."""
    things = _own(actor).filter(entry=entry.pk, thing__isnull=False).values("thing")
    return _kept(things).select_related("sealed_by")


def remove_file(actor: Actor, entry: Entry, pk: UUID) -> bool:
    """Destroy one file of a draft; return whether there was one."""
    with transaction.atomic():
        found = files_of(actor, entry).select_for_update(of=("self",)).filter(pk=pk)
        return bool(_destroy(list(found)))


def hand_over(actor: Actor, entry: Entry, case: Case) -> None:
    """Let the files of a draft hang on the case that it became, within the act that asks."""
    files_of(actor, entry).update(about=case.thing)


def erase(rows: "QuerySet[Draft]") -> None:
    """Delete drafts with their files: no copy of these opens any more."""
    with transaction.atomic():
        # Whoever attaches at this moment does so before, or finds no draft.
        held = list(rows.select_for_update(of=("self",)).order_by("pk"))
        things = [each.thing_id for each in held if each.thing_id]
        _destroy(list(_kept(things).select_related("sealed_by")))
        Draft.objects.filter(pk__in=[each.pk for each in held]).delete()
        Thing.objects.filter(pk__in=things).delete()


def _kept(things: Any) -> "QuerySet[Attachment]":
    return Attachment.objects.kept().filter(about__in=things)


def _destroy(files: list[Attachment]) -> int:
    """Destroy files of drafts and every trace of them: nothing of them was ever an act."""
    ids = [each.pk for each in files]
    for each in files:
        each.remove(clock.now())
    Attachment.objects.filter(pk__in=ids).delete()
    DataKey.objects.filter(thing__in=ids).delete()
    Thing.objects.filter(pk__in=ids).delete()
    return len(ids)


def last_day(draft: Draft) -> date:
    """Return the last day on which an untouched draft is kept."""
    return clock.day_of(draft.changed_at + timedelta(days=config.drafts_kept_days))


def all_of(actor: Actor) -> "QuerySet[Draft]":
    """Return every draft that ``actor`` may go on with, the newest first.

    What is hidden from ``actor`` by now, or no longer applied for, stands in none of them.
    """
    if actor.person_id is None:
        return Draft.objects.none()
    rows = composed.rows(_to_go_on_with, actor)
    return rows.select_related("entry__provider").order_by("-changed_at")


def _to_go_on_with(actor: Actor, at: datetime) -> "QuerySet[Draft]":
    applied_for = gate.condition(actor, "opening.apply", Entry, at=at)
    seen = gate.condition(actor, "entry.see", Entry, at=at)
    return _own(actor).filter(entry__in=Entry.objects.filter(applied_for, seen).values("pk"))


def copy_of(person: UUID) -> list[dict[str, Any]]:
    """Return all drafts of a person, as plain values."""
    return [
        {
            "about": each.entry.code,
            "said": each.said,
            "files": [file.name for file in _kept([each.thing_id])],
            "changed_at": each.changed_at.isoformat(),
        }
        for each in Draft.objects.filter(person=person).select_related("entry").order_by("pk")
    ]
