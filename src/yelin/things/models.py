"""The one row that every subject of an act shares.

Grants, holds, clocks, cases and leaves point at a ``Thing``, so they have real foreign keys and
no row ever points upward.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar

from django.db import models

from yelin.things.prepared import Prepared

Evidence = dict[str, Any]


class Thing(models.Model):
    """What an act can be about: an entry, a release, a body, a seat.

    It is a subject itself where an act is about any of them.
    """

    KIND: ClassVar[str] = "thing"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=32)
    code = models.CharField(max_length=80, unique=True, null=True)  # noqa: DJ001 - a draft has none, and NULLs do not collide

    class Meta:
        constraints = [
            models.CheckConstraint(name="things_code_not_blank", condition=~models.Q(code="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code or self.id}"

    @property
    def thing(self) -> "Thing":
        """Itself, as a subject's thing."""
        return self

    def read_again(self, *, hold: bool = False) -> None:
        """Become what the row is now; with ``hold`` nobody else changes it until commit."""
        rows = Thing.objects.select_for_update(no_key=True) if hold else Thing.objects.all()
        self.refresh_from_db(from_queryset=rows)

    def own_duty(self, duty: Any) -> Any:
        """Return the duty that an act on this carries out: the act's own."""
        return duty

    def evidence(self) -> Evidence:
        """Return nothing: kind and code stand in every leaf."""
        return {}


class Subject(models.Model):
    """A row that stands one to one above its ``Thing`` and may be the subject of an act."""

    KIND: ClassVar[str]
    # Rows that are read with this one whenever it is read for an act: Django's paths.
    ALONG: ClassVar[tuple[str, ...]] = ()

    thing = models.OneToOneField(Thing, on_delete=models.PROTECT, primary_key=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; a new one makes its thing first."""
        if self.thing_id is None:
            self.thing = Thing.objects.create(kind=self.KIND)
            # Django would look for a row with this id first, and there can be none.
            kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def take_code(self, code: str | None) -> None:
        """Be known by ``code`` from now on: in leaves, and wherever things are named by theirs."""
        self.thing.code = code
        self.thing.save(update_fields=["code"])

    def read_again(self, *, hold: bool = False) -> None:
        """Become what the row is now, with the rows that go along with it, in one query.

        With ``hold`` nobody else holds its thing, or changes it, until commit.
        """
        rows = _reading(type(self), hold=hold)
        # Where the wait was for somebody who led the row elsewhere, what goes along with it is
        # looked for where it was, and found by asking again.
        found = rows.ask(self.pk) or rows.ask(self.pk)
        if not found:
            raise type(self).DoesNotExist
        vars(self).clear()
        vars(self).update(vars(found[0]))

    def own_duty(self, duty: Any) -> Any:
        """Return the duty that an act on this carries out: ``duty``, or its own in that place."""
        return duty

    def evidence(self) -> Evidence:
        """Return what a leaf says of this subject: codes, states, digests; no personal data."""
        return {}

    def pace(self) -> str | None:
        """Return the cycle by which a clock on this subject runs, or nothing where none does."""
        return None


@contextmanager
def as_they_were_if_it_fails(*subjects: Subject) -> Iterator[None]:
    """Take back in memory what the database takes back: pages show these very rows after it."""
    before = [dict(vars(subject)) for subject in subjects]
    try:
        yield
    except BaseException:
        for subject, was in zip(subjects, before, strict=True):
            vars(subject).clear()
            vars(subject).update(was)
        raise


@cache
def _reading(model: type[Subject], *, hold: bool) -> Prepared[Subject]:
    """Return how a row of ``model`` is read by its id, with what goes along with it."""

    def rows() -> models.QuerySet[Subject]:
        along = model._default_manager.select_related("thing", *model.ALONG)
        held = along.select_for_update(of=("thing", "self"), no_key=True) if hold else along
        return held.filter(pk=uuid.UUID(int=0))

    return Prepared(rows)
