"""Evidence as this asker may have it: bundles of leaves that prove themselves elsewhere."""

from collections.abc import Iterable

from django.db.models import Q

from yelin import gate
from yelin.cases.models import Case
from yelin.files.models import Attachment
from yelin.ledger.bundle import Bundle
from yelin.ledger.bundling import Head, NothingSigned
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.surface.receipts import find
from yelin.things.models import Subject

__all__ = ["NothingSigned", "gather", "of_case", "parts_of"]


def gather(
    actor: Actor, *, subjects: Iterable[Subject] = (), receipts: Iterable[str] = ()
) -> Bundle:
    """Return the bundle of what ``actor`` may open about things, and of the leaves of receipts.

    A leaf that a short receipt names and the asker may not open goes in by its hash alone. One
    about a thing stays out altogether: that it is about this thing is a part of what it says.

    Raises ``Unseen`` and ``entry.Malformed`` as ``receipts.find``, and ``NothingSigned``.
    """
    named = {find(text).pk for text in receipts}
    asked = Q(pk__in=named) | Q(subject__in=[subject.pk for subject in subjects])
    leaves = Leaf.objects.filter(asked, shredded_at=None)
    opened = {leaf.pk: leaf for leaf in gate.visible_to(actor, "leaf.open", leaves)}
    closed = Leaf.objects.filter(pk__in=named - opened.keys())
    return Head.now().bundle([*opened.values(), *closed], opened.keys())


def of_case(actor: Actor, case: Case) -> Bundle:
    """Return the bundle of what ``actor`` may open of a case: course, steps, grants, attachments.

    Which terms ran in it until when stands in the leaves. Raises ``NothingSigned``.
    """
    return gather(actor, subjects=parts_of(case))


def parts_of(case: Case) -> list[Subject]:
    """Return everything of a case about which there are leaves."""
    return [case, *case.steps.all(), *case.grants(), *Attachment.objects.filter(about=case.pk)]
