"""Statements that a person keeps under a name: one's own affair, so in no leaf.

What a statement asks may be of people. So it stands in no address and no log: its own address has
but an id that nobody guesses. Whoever keeps it may share it, share it no more and throw it away.
"""

import uuid
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from yelin.law import clock, duties
from yelin.law.refusals import Incomplete
from yelin.parties.models import Person
from yelin.warehouse.unanswerable import MOST_LETTERS

MOST = 100
LONGEST_NAME = 80


class Statement(models.Model):
    """One SELECT under the name that its person gave it, perhaps shared by its address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="statements")
    name = models.CharField(max_length=LONGEST_NAME)
    text = models.TextField()
    shared = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="delivery_statement_named", fields=["person", "name"]),
            models.CheckConstraint(name="delivery_statement_said", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return str(self.pk)


def keep(person: Person, name: str, text: str) -> Statement:
    """Keep a statement, in the place of one that has the name already.

    Raises ``Incomplete`` for what has no name or says nothing, and where one has the most of them.
    """
    name = " ".join(name.split())
    text = text.replace("\r\n", "\n").strip()
    if not 0 < len(name) <= LONGEST_NAME:
        says = "Give it a name of at most {most} letters."
        raise Incomplete.at("name", says, duties.OPEN_DATA_FREE, {"most": LONGEST_NAME})
    if not 0 < len(text) <= MOST_LETTERS:
        says = "A statement has between one and {most} letters."
        raise Incomplete.at("sql", says, duties.OPEN_DATA_FREE, {"most": MOST_LETTERS})
    with transaction.atomic():
        # Of two that are kept at once the second sees the first.
        Person.objects.select_for_update().get(pk=person.pk)
        mine = Statement.objects.filter(person=person)
        if not mine.filter(name=name).exists() and mine.count() >= MOST:
            says = "You keep as many statements as one may. Throw some away first."
            raise Incomplete.at("name", says, duties.OPEN_DATA_FREE)
        said = {"text": text, "at": clock.now()}
        return Statement.objects.update_or_create(person=person, name=name, defaults=said)[0]


def kept(person: Person) -> list[Statement]:
    """Return what a person keeps, by name and without what it says."""
    return list(Statement.objects.filter(person=person).defer("text").order_by("name"))


def opened(pk: uuid.UUID, person: Person | None) -> Statement | None:
    """Return a statement to whom it belongs, or who was given its address while it is shared."""
    mine = Q(shared=True) if person is None else Q(shared=True) | Q(person=person)
    return Statement.objects.filter(mine, pk=pk).first()


def share(person: Person, pk: uuid.UUID, *, shared: bool) -> bool:
    """Share a statement of one's own, or share it no more; return whether there is one."""
    return bool(Statement.objects.filter(person=person, pk=pk).update(shared=shared))


def let_go(person: Person, pk: uuid.UUID) -> bool:
    """Throw a statement of one's own away for good; return whether there was one."""
    gone, _each = Statement.objects.filter(person=person, pk=pk).delete()
    return bool(gone)


def forget(person: uuid.UUID) -> None:
    """Erase what a person kept."""
    Statement.objects.filter(person=person).delete()


def copy_of(person: uuid.UUID) -> list[dict[str, Any]]:
    """Return all that a person keeps."""
    return [
        {"name": row.name, "text": row.text, "shared": row.shared, "at": row.at.isoformat()}
        for row in Statement.objects.filter(person=person).order_by("name")
    ]
