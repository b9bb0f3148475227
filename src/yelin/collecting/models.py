"""Collection forms, what they ask although others have it, and by which names others have what."""

from datetime import datetime
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from yelin.catalog.models import Entry
from yelin.collecting import names
from yelin.collecting.content import FormContent
from yelin.collecting.rules import Why, pairs
from yelin.parties.models import Body
from yelin.things.models import Evidence, Subject, Thing


class State(models.TextChoices):
    """Where a collection form stands on its way."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    APPROVED = "approved", "Approved"
    RETURNED = "returned", "Returned"


class CollectionForm(Subject):
    """A form by which a body collects data from others (数据采集表), reviewed before it is used.

    ``content`` is a ``FormContent``.
    """

    KIND = "collection_form"
    ALONG = ("body",)

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="collection_forms")
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    content_kept = models.JSONField()
    returned_reason = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    approved_on = models.DateField(null=True)

    class Meta:
        ordering = ["-changed_at", "pk"]
        constraints = [
            models.UniqueConstraint(name="collecting_title_once", fields=["body", "title"]),
            models.CheckConstraint(
                name="collecting_returned_has_reasons",
                condition=~Q(state="returned") | ~Q(returned_reason=""),
            ),
            models.CheckConstraint(
                name="collecting_approved_has_its_day",
                condition=Q(state="approved", approved_on__isnull=False)
                | (~Q(state="approved") & Q(approved_on=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def content(self) -> FormContent:
        """What the form says."""
        return FormContent.model_validate(self.content_kept)

    def say(self, content: FormContent, at: datetime) -> None:
        """Say ``content`` from now on."""
        self.content_kept = content.model_dump(mode="json")
        self.title = content.title
        self.changed_at = at
        self.save()

    def evidence(self) -> Evidence:
        """Return the body, the state, and how much is asked."""
        return {
            "body": self.body.credit_code,
            "state": self.state,
            "items": len(self.content_kept["items"]),
        }


class Answer(models.TextChoices):
    """How a body answers that others have what it asks."""

    OPEN = "", "Not answered"
    USE = "use", "Taken through sharing"
    REASON = "reason", "Collected all the same"


class Repeat(Subject):
    """That something is asked again which sharing gives already (重复采集).

    ``about`` is the thing that asks, an entry or a collection form; ``held`` and ``held_item`` are
    what gives it, ``why`` and ``score`` how that was found.
    """

    KIND = "repeat"
    ALONG = ("body", "held__provider")

    about = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="repeats")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="repeats")
    item = models.CharField(max_length=200)
    held = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="gives")
    held_item = models.CharField(max_length=200)
    why = models.CharField(max_length=8, choices=[(each.value, each.name) for each in Why])
    score = models.DecimalField(max_digits=3, decimal_places=2)
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)
    reason = models.TextField(blank=True)
    found_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-score", "item"]
        constraints = [
            models.UniqueConstraint(name="collecting_item_once", fields=["about", "item"]),
            models.CheckConstraint(
                name="collecting_answer_is_whole",
                condition=Q(answer="", reason="", answered_at=None)
                | Q(answer="use", reason="", answered_at__isnull=False)
                | (Q(answer="reason", answered_at__isnull=False) & ~Q(reason="")),
            ),
        ]
        indexes = [
            models.Index(
                name="collecting_reasons", fields=["-answered_at"], condition=Q(answer="reason")
            ),
        ]

    def __str__(self) -> str:
        return self.item

    def evidence(self) -> Evidence:
        """Return what is asked again of whom, how sure that is, and the answer's kind."""
        return {
            "about": str(self.about_id),
            "held": self.held.code,
            "score": str(self.score),
            "why": self.why,
            "answer": self.answer,
        }


class Known(models.Model):
    """One item of a shared entry under the name by which it is looked for; made anew at will."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="known_items")
    item = models.CharField(max_length=200)
    plain = models.CharField(max_length=500)
    """The item's own name, in its one spelling."""
    whole = models.CharField(max_length=500)
    """The same with what its table is about, where it says nothing alone."""
    tokens = ArrayField(models.CharField(max_length=2))
    element_id = models.UUIDField(null=True)

    class Meta:
        verbose_name_plural = "known"
        indexes = [
            models.Index(name="collecting_known_plain", fields=["plain"]),
            models.Index(name="collecting_known_whole", fields=["whole"]),
            models.Index(
                name="collecting_known_element",
                fields=["element_id"],
                condition=Q(element_id__isnull=False),
            ),
            GinIndex(name="collecting_known_tokens", fields=["tokens"]),
        ]

    def __str__(self) -> str:
        return self.whole

    @classmethod
    def of(cls, entry: Entry, name: str, element_id: UUID | None) -> "Known":
        """Return the row for an item of ``entry``; it is not saved yet."""
        whole = names.whole(name, entry.title)
        written_out = names.joined(names.subject(entry.title), names.plain(name))
        return cls(
            entry=entry,
            item=name,
            plain=names.plain(name),
            whole=whole,
            tokens=sorted({*pairs(whole), *pairs(written_out)}),
            element_id=element_id,
        )
