"""By which name a person was verified to be who acts (实名): kept without the document's number."""

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from stdnum.iso7064 import mod_11_2

from yelin.keys.digests import keyed

# Of so many characters at each end a number is shown; the rest stands as stars.
SHOWN_BEFORE, SHOWN_AFTER = 3, 2
# Under which purpose the digests of numbers are made.
PURPOSE = "yelin.parties.Identity"
LONGEST = 32
BLANKS = " -\t"
_ONLY_LETTERS = str.maketrans("", "", BLANKS)


class IdentityQuerySet(models.QuerySet["Identity"]):
    """Questions about identities."""

    def living(self, at: datetime) -> "IdentityQuerySet":
        """Return those that hold at a moment."""
        return self.filter(Q(until=None) | Q(until__gt=at))


class Identity(models.Model):
    """That a person was verified; of the document's number a keyed digest and its ends are kept."""

    person = models.OneToOneField(
        "parties.Person", on_delete=models.PROTECT, related_name="identity"
    )
    name = models.CharField(max_length=80)
    masked = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "identities"
        indexes = [models.Index(name="parties_identities_of_one", fields=["digest"])]

    def __str__(self) -> str:
        return f"{self.person_id} {self.since:%Y-%m-%d}"


def plain(number: str) -> str:
    """Return a number in the one spelling in which it is known again."""
    return number.translate(_ONLY_LETTERS).upper()[:LONGEST]


def digest_of(number: str) -> str:
    """Return by what a number is known again; without our secret nobody finds it by trying."""
    return keyed(PURPOSE, number).hex()


def born(number: str) -> date | None:
    """Return the day of birth in the number of a resident identity card; nothing for no such one.

    That its area is still a division is not asked: the number outlives it (GB 11643).
    """
    if len(number) != 18 or not number[:17].isdecimal() or not mod_11_2.is_valid(number):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def masked(number: str) -> str:
    """Return a number as people see it: its ends, and stars for the rest."""
    hidden = max(0, len(number) - SHOWN_BEFORE - SHOWN_AFTER)
    return f"{number[:SHOWN_BEFORE]}{'*' * hidden}{number[-SHOWN_AFTER:]}"
