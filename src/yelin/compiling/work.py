"""What goes on with a catalog in the background: who set it going, and how far it is."""

from django.db import models

from yelin.parties.actor import Actor, Surface
from yelin.parties.models import Deputy, Seat
from yelin.things.models import Subject


class Work(Subject):
    """A catalog that a job reads, enters or writes; ``attempt`` names the job that counts."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, null=True, related_name="+")
    via = models.CharField(max_length=8, blank=True)
    attempt = models.CharField(max_length=36, blank=True)
    rows = models.PositiveIntegerField(default=0)
    fraction = models.FloatField(default=0)
    rows_per_second = models.FloatField(null=True)
    seconds_left = models.FloatField(null=True)

    class Meta:
        abstract = True

    def set_going(self, actor: Actor) -> None:
        """Begin anew, for ``actor``; the row is not saved yet."""
        self.seat_id, self.deputy_id, self.via = actor.seat_id, actor.deputy_id, actor.via
        self.begin_anew()

    def begin_anew(self) -> None:
        """Count from nothing again; the row is not saved yet."""
        self.attempt, self.rows, self.fraction = "", 0, 0
        self.rows_per_second = self.seconds_left = None

    def actor(self) -> Actor:
        """Return who set it going, as still standing. Raises ``ValueError``."""
        if self.seat is None:
            raise ValueError("nobody set this going")
        actor = Actor.of(self.seat, self.deputy)
        return actor.by_token() if self.via == Surface.API else actor
