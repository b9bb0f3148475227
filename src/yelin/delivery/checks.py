"""What is under check (核查中): a resource, or one record of it, since a doubt was accepted."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q

from yelin.cases.models import Case
from yelin.catalog.models import Entry
from yelin.keys.documents import Document
from yelin.keys.models import DataKey
from yelin.law import clock
from yelin.things.models import Thing
from yelin.warehouse.models import Release


class CheckQuerySet(models.QuerySet["Check"]):
    """Questions about what is under check."""

    def running(self) -> "CheckQuerySet":
        """Return what is under check at this moment."""
        return self.filter(since__isnull=False, until=None)


class Check(models.Model):
    """What one doubt is about: the whole resource, or the record that it names.

    The key of that record lies sealed under a key of the case, which is destroyed once the case is
    closed and all are told; ``digest`` is a keyed one, by which the same record is known again.
    ``release`` is the one that was looked at. It is marked from ``since`` on, ``until`` it is
    settled; the data itself is never touched.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="doubted")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="checks")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="+")
    items = models.JSONField(default=list)
    sealed_by = models.ForeignKey(DataKey, on_delete=models.PROTECT, null=True, related_name="+")
    record_kept = models.JSONField(null=True)
    _record = Document("record_kept")
    digest = models.BinaryField(max_length=32, null=True)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    KIND = "check"

    objects = CheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="delivery_check_ends_after_it_began",
                condition=Q(until=None) | Q(since__isnull=False, until__gte=F("since")),
            ),
            models.CheckConstraint(
                name="delivery_check_names_a_record_under_seal",
                condition=Q(digest=None, record_kept=None)
                | Q(digest__isnull=False, sealed_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="delivery_under_check",
                fields=["entry"],
                condition=Q(since__isnull=False, until=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.entry}"

    @property
    def thing_id(self) -> Any:
        """The thing to which its seal is bound: the case."""
        return self.case_id

    @property
    def is_of_a_record(self) -> bool:
        """Whether it is about one record, and not about the whole resource."""
        return self.digest is not None

    @property
    def record(self) -> dict[str, str] | None:
        """The record by its key items; ``None`` where it is of none, or what it said is gone."""
        return self._record if self.record_kept is not None else None

    def name(self, record: dict[str, str], digest: bytes, thing: Thing, at: datetime) -> None:
        """Be about this record; the row is not saved yet."""
        self.sealed_by = DataKey.objects.of(thing, at)
        self._record = record
        self.digest = digest

    def begin(self) -> bool:
        """Be under check from now on; say whether it was not before."""
        if self.since is not None and self.until is None:
            return False
        self.since, self.until = self.since or clock.now(), None
        self.save(update_fields=["since", "until"])
        return True

    def end(self) -> bool:
        """Be settled; say whether it was under check before."""
        if self.since is None or self.until is not None:
            return False
        self.until = clock.now()
        self.save(update_fields=["until"])
        return True

    def forget(self) -> None:
        """Let the key of the record go for good; that one was named stays."""
        if self.record_kept is None:
            return
        self.record_kept = None
        self.save(update_fields=["record_kept"])
        assert self.sealed_by is not None  # noqa: S101 - what is kept is under seal
        self.sealed_by.destroy(clock.now())
