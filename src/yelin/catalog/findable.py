"""The row in which an entry is looked for, apart from what it says and from where it stands."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

from yelin.catalog.states import State
from yelin.parties.models import Body

if TYPE_CHECKING:
    from yelin.catalog.models import Entry

# Who may read what is the gate's to say; this only divides an index, near to where it says so.
READ_BY_EVERYONE = Q(state=State.CONFIRMED, opening_type__in=["unconditional", "conditional"])
# What was withdrawn is in no list any more, whoever asks.
IN_LISTS = ~Q(state=State.WITHDRAWN)


# What a row's facets are made of, in the order in which ``catalog_facets`` takes it.
_FACETS = (
    "provider_id", "social", "opening_type", "sharing_type", "division", "update_cycle", "grade",
    "classification", "themes", "formats", "licence",
)  # fmt: skip
# The same of what a hit tells, in the order in which ``catalog_told`` takes it.
_TOLD = (
    "entry_id", "provider_id", "changed_at", "uses", "social", "opening_type", "sharing_type",
    "state", "title_protected_by", "update_cycle", "grade", "formats", "themes", "division",
    "classification", "licence",
)  # fmt: skip
# A function of the database, which says ``opening:none``, ``theme:transport`` and
# so on: indexed and not stored, so that no writer can forget it.
FACETS_OF_A_ROW = f"catalog_facets({', '.join(f'catalog_findable.{name}' for name in _FACETS)})"
# Ids are drawn by chance, so the lowest of them are those of a sample of all rows. It has indexes
# of its own: of how many there are they tell at a sixteenth of what it takes to find all.
SAMPLE = 16
IN_SAMPLE = Q(entry__lt=UUID(int=2**128 // SAMPLE))


def _words(name: str, tokens: str, condition: Q) -> GinIndex:
    """Return an index that finds words and facets in one look."""
    facets = Func(*map(F, _FACETS), function="catalog_facets")
    return GinIndex(F(tokens), facets, name=name, condition=condition)


def _codes() -> "ArrayField[Any, Any]":
    return ArrayField(models.CharField(max_length=300), default=list)


class Findable(models.Model):
    """What one entry is found by: its words, and those of its facts that every list asks for.

    The facts have the names that they have on the entry, so that the gate's question about entries
    can be asked of these rows as it is. The database repeats them itself, in the transaction that
    changes the entry (a trigger); the words are made by the acts.
    """

    entry = models.OneToOneField("Entry", on_delete=models.CASCADE, primary_key=True)
    provider = models.ForeignKey(
        Body, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    social = models.BooleanField(db_default=False)
    state = models.CharField(max_length=16)
    sharing_type = models.CharField(max_length=16)
    opening_type = models.CharField(max_length=16)
    title_protected_by = models.TextField()
    revision = models.ForeignKey(
        "Revision",
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    changed_at = models.DateTimeField()
    classification = models.CharField(max_length=40)
    update_cycle = models.CharField(max_length=16)
    division = models.CharField(max_length=12)
    grade = models.PositiveSmallIntegerField()
    themes = _codes()
    formats = _codes()
    licence = models.CharField(max_length=300)
    # How often its data was had of late, as far as everyone has it; noted by ``delivery``.
    uses = models.PositiveBigIntegerField(db_default=0)
    # What whoever sees it is told, with what the gate goes by, as one number (``plainly``).
    alike_seen = models.GeneratedField(
        expression=Func(
            *map(F, ("social", "opening_type", "sharing_type", "state", "title_protected_by")),
            function="catalog_alike",
        ),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    # What a hit tells to be ranked and counted, in one piece (``told``).
    told = models.GeneratedField(
        expression=Func(*map(F, _TOLD), function="catalog_told"),
        output_field=models.BinaryField(),
        db_persist=True,
    )
    # Title, provider and code for whoever sees that it exists, all words for whoever may read its
    # metadata, so that no search betrays what a page would hide.
    title_text = models.TextField(db_default="")
    title_sound = models.TextField(db_default="")
    seen_text = models.TextField(db_default="")
    seen_tokens = ArrayField(models.TextField(), db_default=[])
    whole_text = models.TextField(db_default="")
    whole_tokens = ArrayField(models.TextField(), db_default=[])

    class Meta:
        indexes = [
            # Two halves, so that a stranger's words are not even looked for in what strangers never
            # read; there only in what whoever sees an entry sees.
            _words("catalog_open_words", "whole_tokens", READ_BY_EVERYONE),
            _words("catalog_seen_words", "seen_tokens", ~READ_BY_EVERYONE),
            _words("catalog_other_words", "whole_tokens", ~READ_BY_EVERYONE),
            _words("catalog_some_open", "whole_tokens", READ_BY_EVERYONE & IN_SAMPLE),
            _words("catalog_some_seen", "seen_tokens", ~READ_BY_EVERYONE & IN_SAMPLE),
            _words("catalog_some_other", "whole_tokens", ~READ_BY_EVERYONE & IN_SAMPLE),
            models.Index(
                name="catalog_titles", fields=["title_text"], opclasses=["text_pattern_ops"]
            ),
            # The orders in which lists are walked.
            models.Index(name="catalog_found_by_change", fields=["-changed_at", "-entry"]),
            models.Index(name="catalog_by_use", fields=["-uses", "-changed_at", "-entry"]),
            models.Index(name="catalog_by_title", fields=["title_sound", "title_text", "entry"]),
        ]

    def __str__(self) -> str:
        return self.title_text


class Rewording(models.Model):
    """An entry that awaits being found by new words: its provider or a data element is renamed.

    A row of its own, since to mark the entry would cost as much as to word it anew.
    """

    entry = models.OneToOneField(
        "Entry", on_delete=models.CASCADE, primary_key=True, related_name="rewording"
    )

    def __str__(self) -> str:
        return str(self.entry_id)

    @staticmethod
    def await_for(entries: "models.QuerySet[Entry, Any]") -> None:
        """Have ``entries`` worded anew by the next run of the job."""
        ids = entries.values_list("pk", flat=True).iterator()
        waiting = (Rewording(entry_id=pk) for pk in ids)
        Rewording.objects.bulk_create(waiting, ignore_conflicts=True, batch_size=5_000)
