"""Who agreed elsewhere: a resource of the collector lists them; whoever is on it may object."""

from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q

from yelin.catalog.models import Entry
from yelin.parties.models import Person
from yelin.things.models import Evidence, Subject
from yelin.warehouse.models import Release
from yelin.warehouse.subjects import SubjectSet


class ConsentList(Subject):
    """That a collector's resource lists who agreed to a purpose, on paper or elsewhere (同意名录).

    ``subjects`` are those on it as of ``taken``, its newest release that was read, ``counted`` of
    them, but for whoever objected. It is ``behind`` where other data goes out by it since.
    """

    KIND = "consent_list"
    ALONG = ("purpose__notice__body", "entry", "subjects")

    purpose = models.ForeignKey(
        "privacy.Purpose", on_delete=models.PROTECT, related_name="consent_lists"
    )
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="consent_lists")
    subjects = models.OneToOneField(SubjectSet, on_delete=models.PROTECT, related_name="listed")
    taken = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")
    counted = models.PositiveIntegerField(default=0)
    behind = models.BooleanField(default=False)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="privacy_one_living_list", fields=["purpose"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.entry}"

    def strike(self, digest: str, person: UUID, at: datetime) -> None:
        """Let whoever has this ``digest`` agree by the list no more, whatever it says later."""
        said = {"person_id": person, "since": at}
        self.objections.get_or_create(digest=digest, defaults=said)
        self.subjects.say(digest, agrees=False)

    def evidence(self) -> Evidence:
        """Return of which purpose, and how many are on it: of whom and where from, nothing."""
        return {
            "purpose": str(self.purpose_id),
            "counted": self.counted,
            "objections": self.objections.count(),
            "ended": self.ended_at is not None,
        }


class Objection(models.Model):
    """That a subject on a list does not agree (any more), whatever the list says from now on.

    ``digest`` is that by which the platform knows the identity number.
    """

    of = models.ForeignKey(ConsentList, on_delete=models.PROTECT, related_name="objections")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="privacy_objected_once", fields=["of", "digest"]),
        ]

    def __str__(self) -> str:
        return f"{self.of_id} {self.since:%Y-%m-%d}"
