"""Whose rows leave: keyed sets of subjects, by what they said last (同意名单).

Of a subject there is only a mark: an HMAC under a key of its set, over the digest by which the
platform knows an identity number. Nobody finds the number by trying, or one subject in two sets.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q

from yelin.catalog.models import Entry
from yelin.gate import OwnBody
from yelin.gate.asked import Asked
from yelin.gate.obligations import AGREED, NONE, Obligations, RowFilter
from yelin.keys.digests import keyed
from yelin.law import clock
from yelin.warehouse.marks import packed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_AT_ONCE = 100_000

_PUT = """
    WITH now AS (
        UPDATE warehouse_subjectset SET state = state + 1, changed_at = %s
         WHERE id = %s RETURNING id, state
    )
    INSERT INTO warehouse_subjectmark AS had (of_id, mark, agrees, state)
    SELECT now.id, mark, %s, now.state FROM now, unnest(%s::uuid[]) AS mark
    ON CONFLICT (of_id, mark) DO UPDATE SET agrees = excluded.agrees, state = excluded.state
     WHERE had.agrees <> excluded.agrees
"""
_TAKE = """
    WITH now AS (
        UPDATE warehouse_subjectset SET state = state + 1, changed_at = %(now)s
         WHERE id = %(of)s RETURNING id, state
    ),
    gone AS (
        UPDATE warehouse_subjectmark AS had SET agrees = false, state = now.state FROM now
         WHERE had.of_id = now.id AND had.agrees AND had.mark <> ALL(%(keep)s::uuid[])
           AND NOT EXISTS (SELECT FROM come WHERE come.mark = had.mark)
    )
    INSERT INTO warehouse_subjectmark AS had (of_id, mark, agrees, state)
    SELECT now.id, mark, true, now.state FROM now, come
     WHERE mark <> ALL(%(against)s::uuid[])
    ON CONFLICT (of_id, mark) DO UPDATE SET agrees = true, state = excluded.state
     WHERE NOT had.agrees
"""


class SubjectSet(models.Model):
    """Who agreed that rows of ``entry`` go out for ``uses`` (none named: any).

    The subject of a row is whoever ``item`` names by an identity number. ``state`` grows with each
    change. A set that ``lets_out`` nothing only knows whom the rows name.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="subject_sets")
    item = models.CharField(max_length=200)
    uses = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    lets_out = models.BooleanField(default=True)
    state = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                name="warehouse_living_sets", fields=["entry"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.state}"

    def mark_of(self, digest: str) -> uuid.UUID:
        """Return the mark of the subject whose number has this ``digest`` (``identity``)."""
        return uuid.UUID(bytes=keyed(purpose_of(str(self.pk)), digest)[:16])

    def end(self, at: datetime) -> None:
        """Let no row go out by it from ``at`` on."""
        self.ended_at = self.changed_at = at
        self.save(update_fields=["ended_at", "changed_at"])

    def put(self, marks: Iterable[uuid.UUID], *, agrees: bool) -> None:
        """Let these subjects agree from now on, or no more; the caller's transaction says when."""
        some = list(marks)
        with connection.cursor() as cursor:
            for at in range(0, len(some), _AT_ONCE):
                cursor.execute(_PUT, [clock.now(), self.pk, agrees, some[at : at + _AT_ONCE]])

    def say(self, digest: str, *, agrees: bool) -> None:
        """Let whoever has this ``digest`` agree from now on, or no more."""
        self.put([self.mark_of(digest)], agrees=agrees)

    def take(
        self,
        marks: "NDArray[np.uint8]",
        *,
        against: Sequence[uuid.UUID] = (),
        keep: Sequence[uuid.UUID] = (),
    ) -> None:
        """Let those with ``marks`` agree from now on, but for ``against``, and of others ``keep``.

        ``marks`` are rows of 16 bytes, each there once; the caller's transaction says when.
        """
        values: dict[str, Any] = {"now": clock.now(), "of": self.pk}
        values |= {"against": [*against], "keep": [*keep]}
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE come (mark uuid PRIMARY KEY) ON COMMIT DROP")
            with cursor.copy("COPY come FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(packed(marks))
            cursor.execute(_TAKE, values)
            cursor.execute("DROP TABLE come")


class SubjectMark(models.Model):
    """What one subject of a set said last, at which state of it."""

    of = models.ForeignKey(SubjectSet, on_delete=models.CASCADE, related_name="marks")
    mark = models.UUIDField()
    agrees = models.BooleanField()
    state = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="warehouse_mark_once", fields=["of", "mark"]),
        ]
        indexes = [models.Index(name="warehouse_marks_by_state", fields=["of", "state"])]

    def __str__(self) -> str:
        return str(self.mark)


def purpose_of(of: str) -> str:
    """Return under which purpose the marks of the set ``of`` are made."""
    return f"yelin.warehouse.SubjectSet {of}"


def borne_by(asked: Asked, entry: Entry, purpose: str) -> Obligations:
    """Return which rows alone others have of ``entry``, taken for ``purpose``.

    The state is part of it, so that whatever is kept for whoever bears one is for nobody who bears
    the next. Whoever provides the data has collected it; without a set for the purpose nobody
    agreed to it.
    """
    if not entry.by_consent or OwnBody("provider_id").holds(asked, entry):
        return NONE
    living = asked.once(_living).get(entry.pk, [])
    found = next((each for each in living if purpose and purpose in each.uses), None)
    found = found or next((each for each in living if not each.uses), None)
    item, said = (living[0].item if living else ""), ("", "0")
    if found is not None:
        item, said = found.item, (str(found.pk), str(found.state))
    return Obligations(row_filters=frozenset({RowFilter(item, AGREED, said)}))


def _living(things: Sequence[models.Model]) -> Mapping[uuid.UUID, Sequence[SubjectSet]]:
    """Return the sets of each of ``things`` that goes out by consent."""
    some = [each.pk for each in things if isinstance(each, Entry) and each.by_consent]
    found: defaultdict[uuid.UUID, list[SubjectSet]] = defaultdict(list)
    living = SubjectSet.objects.filter(entry__in=some, ended_at=None, lets_out=True)
    for each in living.order_by("pk"):
        found[each.entry_id].append(each)
    return found
