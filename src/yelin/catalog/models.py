"""Entries of the catalog, their items and their versions."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from yelin.catalog import wording
from yelin.catalog.changes import Change, Touched
from yelin.catalog.codes import Category, CodeCounter, code_of, slug_of
from yelin.catalog.content import (
    EntryContent,
    HandingOver,
    ItemContent,
    OpeningType,
    SharingType,
    UpdateCycle,
    digest,
    kept,
)
from yelin.catalog.findable import Findable, Rewording
from yelin.catalog.revisions import Review, Revision
from yelin.catalog.rules import Way, by_choice, given, ways
from yelin.catalog.states import State
from yelin.catalog.wording import Worded
from yelin.law import clock
from yelin.law.duties import Duty
from yelin.parties.models import Body
from yelin.registers.content import ItemType
from yelin.registers.models import CodeList, DataElement, FundedProject, GovernmentSystem
from yelin.things.models import Evidence, Subject

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Category",
    "Change",
    "CodeCounter",
    "Entry",
    "EntryVersion",
    "Findable",
    "Item",
    "Review",
    "Revision",
    "Rewording",
    "State",
    "Touched",
    "code_of",
    "slug_of",
]


# What an entry says in its own row.
_OWN = set(EntryContent.model_fields) - {"state_secret", "items", "system_ids", "project_ids"}


def _choices(enum: "Iterable[Any]") -> list[tuple[str, str]]:
    return [(member.value, member.name.replace("_", " ").capitalize()) for member in enum]


def _words() -> "ArrayField[Any, Any]":
    return ArrayField(models.CharField(max_length=300), default=list, blank=True)


def _names() -> "ArrayField[Any, Any]":
    return ArrayField(models.CharField(max_length=200), null=True)


class Entry(Subject):
    """One information resource in the catalog (信息资源).

    ``code`` is given at registration, never changed and never reused; ``slug`` is the same with a
    hyphen, for addresses. ``social`` data is kept by an enterprise or association and is no
    government's: its codes begin with a letter.
    """

    KIND = "entry"
    ALONG = ("provider", "revision")
    # What was said or read just now, which need not be read again.
    _said: EntryContent | None = None
    # A revision that was dropped just now: its leaf is about it, and no one else's to open.
    _dropped: "Revision | None" = None

    provider = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="entries")
    social = models.BooleanField(default=False)
    code = models.CharField(max_length=80, unique=True, null=True)  # noqa: DJ001 - a draft has none
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300, blank=True)
    summary = models.TextField(blank=True)
    classification = models.CharField(max_length=40, blank=True)
    formats = _words()
    format_description = models.CharField(max_length=300, blank=True)
    data_scope = models.TextField(blank=True)
    office_duties = models.TextField(blank=True)
    source_scene = models.TextField(blank=True)
    sharing_type = models.CharField(max_length=16, choices=_choices(SharingType))
    sharing_requirements = _words()
    sharing_condition = models.TextField(blank=True)
    sharing_scope = models.TextField(blank=True)
    sharing_basis = models.TextField(blank=True)
    sharing_mode = models.CharField(max_length=300, blank=True)
    sharing_means = _words()
    sharing_explanation = models.TextField(blank=True)
    opening_type = models.CharField(max_length=16, choices=_choices(OpeningType))
    opening_condition = models.TextField(blank=True)
    update_cycle = models.CharField(max_length=16, choices=_choices(UpdateCycle))
    related_codes = _words()
    grade = models.PositiveSmallIntegerField(default=1)
    collection_basis = models.TextField(blank=True)
    themes = _words()
    keywords = _words()
    division = models.CharField(max_length=12, blank=True)
    contact_office = models.CharField(max_length=300, blank=True)
    contact_phone = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=300, blank=True)
    systems = models.ManyToManyField(GovernmentSystem, related_name="entries")
    projects = models.ManyToManyField(FundedProject, related_name="entries")
    # The items that go out by each way, none named while nothing was ever left out.
    open_items = _names()
    applied_items = _names()
    shared_items = _names()
    title_protected_by = models.TextField(blank=True)
    handing_over = models.CharField(max_length=16, choices=_choices(HandingOver), null=True)  # noqa: DJ001 - nothing is asked of a government
    # Whether its rows leave as their subjects agreed alone: of these the warehouse has the sets.
    by_consent = models.BooleanField(default=False)
    # Whether persons were found in any version of its data: what was found, the warehouse knows.
    holds_persons = models.BooleanField(default=False)
    returned_reason = models.TextField(blank=True)
    drafted_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # What awaits confirmation, the entry or its open revision, was sent then, as the how many-th.
    sent_at = models.DateTimeField(null=True)
    sendings = models.PositiveIntegerField(default=0)
    published_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)
    withdrawn_reason = models.TextField(blank=True)
    revision = models.OneToOneField(
        "Revision", on_delete=models.PROTECT, null=True, related_name="open_of"
    )

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.CheckConstraint(
                name="catalog_code_from_registration_on",
                condition=Q(state="draft", code=None)
                | Q(state="dropped")
                | (~Q(state="draft") & Q(code__isnull=False)),
            ),
            models.CheckConstraint(
                name="catalog_no_sharing_has_a_basis",
                condition=Q(state__in=["draft", "dropped"])
                | Q(social=True)
                | ~Q(sharing_type="none")
                | ~Q(sharing_basis=""),
            ),
            models.CheckConstraint(
                name="catalog_social_codes_are_their_own",
                condition=Q(code=None)
                | Q(social=True, code__regex="^[A-Z]")
                | Q(social=False) & ~Q(code__regex="^[A-Z]"),
            ),
            models.CheckConstraint(
                name="catalog_social_is_given_by_choice",
                condition=Q(social=False)
                | Q(state__in=["draft", "dropped"])
                | (Q(sharing_type="none") | Q(handing_over__isnull=False))
                & ~Q(sharing_type="conditional")
                & ~Q(opening_type="conditional"),
            ),
            models.CheckConstraint(
                name="catalog_returned_has_reasons",
                condition=~Q(state="returned") | ~Q(returned_reason=""),
            ),
            models.CheckConstraint(name="catalog_grade", condition=Q(grade__range=(1, 4))),
            models.CheckConstraint(
                name="catalog_open_to_all_is_grade_1",
                condition=Q(state__in=["draft", "dropped"])
                | ~Q(opening_type="unconditional")
                | Q(grade=1),
            ),
            models.CheckConstraint(
                name="catalog_protected_title_is_not_shared",
                condition=Q(state__in=["draft", "dropped"])
                | Q(title_protected_by="")
                | Q(sharing_type="none", opening_type="none"),
            ),
            models.CheckConstraint(
                name="catalog_withdrawn_says_when_and_why",
                condition=Q(state="withdrawn", withdrawn_on__isnull=False, revision=None)
                & ~Q(withdrawn_reason="")
                | ~Q(state="withdrawn") & Q(withdrawn_on=None, withdrawn_reason=""),
            ),
            models.CheckConstraint(
                name="catalog_revision_of_a_confirmed_one",
                condition=Q(revision=None) | Q(state="confirmed"),
            ),
            models.CheckConstraint(
                name="catalog_sent_is_what_awaits",
                condition=Q(state="awaiting", sent_at__isnull=False)
                | Q(state="confirmed")
                | ~Q(state="awaiting") & Q(sent_at=None),
            ),
            models.UniqueConstraint(
                name="catalog_title_unique_inside_provider",
                fields=["provider", "title"],
                condition=~Q(state__in=["withdrawn", "dropped"]),
            ),
        ]
        indexes = [
            GinIndex(name="catalog_related", fields=["related_codes"]),
            models.Index(
                name="catalog_by_category",
                fields=["classification"],
                opclasses=["varchar_pattern_ops"],
            ),
            models.Index(name="catalog_by_state", fields=["state", "-changed_at"]),
            models.Index(name="catalog_by_change", fields=["-changed_at", "-thing"]),
            models.Index(name="catalog_by_publication", fields=["state", "-published_on"]),
            models.Index(
                name="catalog_awaiting", fields=["sent_at"], condition=Q(sent_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        """The code as it stands in addresses; a draft is addressed by its id."""
        return slug_of(self.code) if self.code else str(self.pk)

    def pace(self) -> str | None:
        """Return the update cycle once the entry is confirmed; before, nothing is owed yet.

        Of social data nothing ever is: how often it is brought in is its holder's choice.
        """
        return self.update_cycle if self.state == State.CONFIRMED and not self.social else None

    def own_duty(self, duty: Duty) -> Duty:
        """Return the duty of whoever does this: what departments owe, others do by choice."""
        return by_choice(duty) if self.social else duty

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read the row again, and what it says."""
        self._said = None
        super().refresh_from_db(*args, **kwargs)

    def content(self) -> EntryContent:
        """Return what the entry says now, as plain data."""
        if self._said is None:
            rows = (self.items.all(), self.systems.all(), self.projects.all())
            self._said = self.saying(*rows)
        return self._said

    def saying(
        self,
        items: "Iterable[Item]" = (),
        systems: "Iterable[GovernmentSystem]" = (),
        projects: "Iterable[FundedProject]" = (),
    ) -> EntryContent:
        """Return what the entry says now, with only these of its items and of what feeds it."""
        return EntryContent(
            state_secret=False,
            items=tuple(item.content() for item in items),
            system_ids=tuple(system.pk for system in systems),
            project_ids=tuple(project.pk for project in projects),
            **{name: getattr(self, name) for name in _OWN},
        )

    def say(self, content: EntryContent, at: datetime) -> None:
        """Say ``content`` from now on and be found by it; a registered entry gets a new version."""
        is_new = self.thing_id is None
        is_other = is_new or content != self.content()
        for name, value in content.model_dump(mode="json", include=_OWN).items():
            setattr(self, name, value)
        for way in Way:
            setattr(self, f"{way}_items", given(content, way, before=self.given_by(way)))
        self.changed_at = at
        if self.state != State.DRAFT:
            self.version += 1
        self.save()
        Findable.objects.filter(pk=self.pk).update(**self._worded(content).columns())
        if is_other:
            self._consist_of(content, is_new=is_new)
        self._said = content
        if self.version:
            EntryVersion.objects.create(
                entry=self,
                number=self.version,
                content=content.model_dump(mode="json", exclude={"state_secret"}),
                digest=digest(content),
                at=at,
            )

    def _consist_of(self, content: EntryContent, *, is_new: bool) -> None:
        """Have the items that ``content`` names, and be fed by what it names."""
        if not is_new:
            self.items.all().delete()
        Item.objects.bulk_create(
            Item(entry=self, position=position, **item.model_dump(mode="json"))
            for position, item in enumerate(content.items, start=1)
        )
        if content.system_ids or not is_new:
            self.systems.set(GovernmentSystem.objects.filter(pk__in=content.system_ids))
        if content.project_ids or not is_new:
            self.projects.set(FundedProject.objects.filter(pk__in=content.project_ids))

    def given_by(self, way: Way) -> list[str] | None:
        """Return the names of the items that go out by ``way``; ``None`` where all do."""
        names: list[str] | None = getattr(self, f"{way}_items")
        return names

    def going_out(self, names: "Iterable[str]", *by: Way) -> list[str]:
        """Return those items of ``names`` that go out by every one of the ways ``by``."""
        kept = [set(given) for way in by if (given := self.given_by(way)) is not None]
        return [name for name in names if all(name in given for given in kept)]

    def opened_items(self) -> list[str]:
        """Return the names of the items that the public has, at once or on application."""
        by = Way.OPEN if self.opening_type == OpeningType.UNCONDITIONAL else Way.APPLIED
        return self.going_out(self.items.values_list("name", flat=True), by)

    def items_for_departments(self) -> list[str]:
        """Return the names of the items that other departments may have."""
        return self.going_out(self.items.values_list("name", flat=True), Way.SHARED)

    def in_hand(self) -> EntryContent:
        """Return what is worked on: what the open revision says, or else the entry."""
        return self.revision.said() if self.revision and self.revision.content else self.content()

    def let_go(self) -> None:
        """Have no revision open any more, the last one being dropped; the row is not saved yet."""
        self._dropped, self.revision = self.revision, None

    def withdraw(self, reason: str, at: datetime) -> None:
        """Be withdrawn for ``reason``; the row is not saved yet."""
        self.state, self.changed_at = State.WITHDRAWN, at
        self.withdrawn_on, self.withdrawn_reason = clock.day_of(at), reason

    def confirmed(self, on: date) -> None:
        """Let what the entry says now be what it says to everyone, from the day ``on``."""
        self.state, self.published_on = State.CONFIRMED, on
        self.versions.filter(number=self.version).update(
            confirmed_on=on,
            sharing_type=self.sharing_type,
            opening_type=self.opening_type,
            title_protected_by=self.title_protected_by,
        )

    def reword(self) -> None:
        """Be found by the present names of its provider and of its items' data elements."""
        Findable.objects.filter(pk=self.pk).update(**self._worded(self.content()).columns())

    def _worded(self, content: EntryContent) -> Worded:
        provider = (self.provider.name, self.provider.short_name)
        # Not by an item that some who read the rest do not have: finding would betray it.
        told = set(self.going_out((item.name for item in content.items), *ways(content)))
        items = [item for item in content.items if item.name in told]
        elements = DataElement.objects.named({item.element_id for item in items})
        names = (name for item in items for name in (item.name, item.name_en))
        return wording.worded(
            title=(self.title, self.title_en),
            seen=(*provider, self.code or ""),
            read=(content.summary, *content.keywords, *names, *elements),
        )

    def evidence(self) -> Evidence:
        """Return code, state, version and the digest of what the entry says."""
        facts = {
            "state": self.state,
            "version": self.version,
            "provider": self.provider.credit_code,
            "social": self.social,
            "sharing": self.sharing_type,
            "opening": self.opening_type,
            "content": digest(self.content()).hex(),
        }
        revision = self.revision or self._dropped
        return facts | {"revision": revision.evidence()} if revision else facts


class Item(models.Model):
    """One information item of an entry (信息项), in the order of the table's columns."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=300, blank=True)
    type = models.CharField(max_length=1, choices=_choices(ItemType))
    length = models.CharField(max_length=8, blank=True)
    nullable = models.BooleanField(default=True)
    key = models.BooleanField(default=False)
    unit = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    grade = models.PositiveSmallIntegerField(default=1)
    element = models.ForeignKey(
        DataElement, on_delete=models.PROTECT, null=True, related_name="items"
    )
    code_list = models.ForeignKey(
        CodeList, on_delete=models.PROTECT, null=True, related_name="items"
    )
    # Nothing of its own means as the resource.
    sharing_type = models.CharField(max_length=16, choices=_choices(SharingType), null=True)  # noqa: DJ001 - see above
    opening_type = models.CharField(max_length=16, choices=_choices(OpeningType), null=True)  # noqa: DJ001 - see above

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="catalog_item_name_once", fields=["entry", "name"]),
            models.CheckConstraint(name="catalog_item_grade", condition=Q(grade__range=(1, 4))),
        ]

    def __str__(self) -> str:
        return self.name

    def content(self) -> ItemContent:
        """Return the item as plain data."""
        return ItemContent(**{name: getattr(self, name) for name in ItemContent.model_fields})


class EntryVersion(models.Model):
    """What an entry said at one version; never changed.

    One that was confirmed keeps the day from which it held, and as what: who may read it depends
    on that.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    confirmed_on = models.DateField(null=True)
    sharing_type = models.CharField(max_length=16, blank=True)
    opening_type = models.CharField(max_length=16, blank=True)
    title_protected_by = models.TextField(blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(name="catalog_one_version", fields=["entry", "number"])
        ]
        indexes = [
            models.Index(
                name="catalog_confirmed_versions",
                fields=["entry", "-number"],
                condition=Q(confirmed_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} v{self.number}"

    def said(self) -> EntryContent:
        """Return what the entry said, as plain data."""
        return kept(self.content)
