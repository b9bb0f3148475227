"""Questions of this room: which notices, what was agreed to, and the receipt of it."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Q

from yelin import gate
from yelin.config import config
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.privacy.models import (
    CollectionNotice,
    Consent,
    ConsentList,
    ConsentQuerySet,
    Covering,
    NoticeVersion,
    Purpose,
)
from yelin.warehouse.subjects import SubjectMark

if TYPE_CHECKING:
    from django.db.models import QuerySet

SCHEMA = "ISO/IEC TS 27560:2023"


def published(actor: Actor) -> "QuerySet[CollectionNotice]":
    """Return the notices that were published, as far as ``actor`` may know, the newest first."""
    rows = CollectionNotice.objects.exclude(version=0).select_related("body")
    return gate.visible_to(actor, "collection_notice.see", rows)


def notices_of(actor: Actor, body: Body) -> "QuerySet[CollectionNotice]":
    """Return the notices of ``body`` that ``actor`` may know of, the newest first."""
    own = body.collection_notices.select_related("body")
    return gate.visible_to(actor, "collection_notice.see", own)


def purposes_of(notice: CollectionNotice) -> "QuerySet[Purpose]":
    """Return the living purposes of a notice, with how many agree to each."""
    agree = Count("consents", filter=Q(consents__withdrawn_at=None))
    return notice.purposes.filter(ended_at=None).annotate(agree=agree)


def coverings_of(notice: CollectionNotice) -> "QuerySet[Covering]":
    """Return which resources go out by a notice."""
    rows = Covering.objects.filter(purpose__notice=notice, ended_at=None)
    return rows.select_related("entry", "purpose", "subjects")


def lists_of(notice: CollectionNotice) -> "QuerySet[ConsentList]":
    """Return the lists of who agreed elsewhere to the purposes of a notice."""
    rows = ConsentList.objects.filter(purpose__notice=notice, ended_at=None)
    return rows.select_related("entry", "purpose", "subjects", "taken")


def lists_for_guardians(notice: CollectionNotice) -> "QuerySet[ConsentList]":
    """Return those of them on which children may be, for whom a guardian speaks."""
    return lists_of(notice).filter(purpose__guardians=True)


def listed(digest: str) -> list[ConsentList]:
    """Return the lists on which whoever has this ``digest`` is, and has not objected."""
    living = ConsentList.objects.filter(ended_at=None, taken__isnull=False)
    known = list(living.select_related("purpose__notice__body", "subjects", "taken"))
    marks = {each.subjects.mark_of(digest): each for each in known}
    on = SubjectMark.objects.filter(mark__in=marks, agrees=True).values_list("mark", flat=True)
    return sorted((marks[mark] for mark in on), key=lambda each: (each.begun_at, each.pk))


def consents_of(person: UUID) -> ConsentQuerySet:
    """Return what a person agreed to, for itself and for children, the newest first."""
    rows = Consent.objects.filter(person=person)
    return rows.select_related("purpose__notice__body", "version", "thing")


def receipt(consent: Consent) -> dict[str, Any]:
    """Return the record of a consent with the fields of ISO/IEC TS 27560, as plain data.

    The subject is named by the ends of the number alone, as on the subject's own page.
    """
    purpose, notice = consent.purpose, consent.purpose.notice
    said = purpose.content_kept
    events = [{"event_type": "given", "event_time": consent.given_at.isoformat()}]
    if consent.withdrawn_at is not None:
        events.append({"event_type": "withdrawn", "event_time": consent.withdrawn_at.isoformat()})
    return {
        "schema_version": SCHEMA,
        "record_id": str(consent.pk),
        "pii_principal_id": consent.masked,
        "privacy_notice": {
            "title": notice.title,
            "version": consent.version.number,
            "digest": bytes(consent.version.digest).hex(),
            "url": f"{config.url}/collection-notices/{notice.pk}/",
        },
        "language": "zh-Hans",
        "purpose": purpose.title,
        "lawful_basis": purpose.basis,
        "pii_information": [
            {"pii_type": item["name"], "sensitive_pii_category": item["sensitive"]}
            for item in said["items"]
        ],
        "pii_controllers": [{"name": notice.body.name, "identifier": notice.body.credit_code}],
        "recipient_third_parties": said["recipients"],
        "processing_method": said["use"],
        "retention_period": said["retention"],
        "withdrawal_method": f"{config.url}/account/consents/",
        "consent_type": "expressed",
        "by_guardian": consent.for_child,
        "events": events,
    }


def copy_of(person: UUID) -> dict[str, Any]:
    """Return what is kept of a person in this room, as plain data."""
    return {"consents": [receipt(each) for each in consents_of(person)]}


def version_of(notice: CollectionNotice) -> NoticeVersion:
    """Return what everyone reads. Raises ``Unseen`` where that is nothing."""
    return gate.one_of(notice.versions.order_by("-number"))
