"""What examinations of leaked files said: which recipients' copies they were made of, if any."""

from collections.abc import Iterable
from uuid import UUID

from django.db import models

from yelin.catalog.models import Entry
from yelin.parties.models import Seat
from yelin.things.models import Evidence, Subject
from yelin.warehouse.models import Release


class Attribution(Subject):
    """A leaked file beside the release that it came from (泄露溯源).

    ``file`` is its SHA-256; of its ``rows`` so many ``met`` the release, told apart ``by`` these
    items. ``evidence`` has for each recipient, or pair, how many of those its copies lack, and how
    likely that is by chance.
    """

    KIND = "attribution"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="attributions")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="attributions")
    file = models.CharField(max_length=64)
    rows = models.BigIntegerField()
    met = models.BigIntegerField()
    by = models.JSONField()
    weighed = models.JSONField()
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="attributions")
    found_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="delivery_attributed", fields=["entry", "-found_at"])]

    def __str__(self) -> str:
        return f"{self.entry} {self.found_at:%Y-%m-%d}"

    @property
    def named(self) -> list[UUID]:
        """The recipients whose copies it was made of, the most certain first."""
        said: Iterable[str] = (
            whose for each in self.weighed if each["names"] for whose in each["whose"]
        )
        return [UUID(each) for each in dict.fromkeys(said)]

    def evidence(self) -> Evidence:
        """Return which file, beside which release, and whom it names."""
        return {
            "entry": self.entry.code,
            "release": self.release.number,
            "file": self.file,
            "rows": self.rows,
            "met": self.met,
            "named": [str(each) for each in self.named],
        }
