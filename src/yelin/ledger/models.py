"""The rows of the log: leaves, tiles and checkpoints. Only this room writes them."""

from django.db import models
from django.db.models import Q

from yelin.parties.models import Body
from yelin.things.models import Thing


class Leaf(models.Model):
    """One act, refusal or count.

    ``h`` commits to ``payload`` under ``salt``; only ``h`` is published.
    ``index`` is its place in the tree (from 0), given by the sequencer.
    """

    index = models.BigIntegerField(null=True, unique=True)
    h = models.BinaryField(max_length=32, unique=True)
    salt = models.BinaryField(max_length=16)
    payload = models.JSONField()
    act = models.CharField(max_length=64)
    duty = models.CharField(max_length=64)
    refused = models.BooleanField(default=False)
    at = models.DateTimeField()
    subject = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="leaves")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "leaves"
        constraints = [
            models.CheckConstraint(name="ledger_index_from_zero", condition=Q(index__gte=0)),
        ]
        indexes = [
            models.Index(name="ledger_pending", fields=["id"], condition=Q(index=None)),
        ]

    def __str__(self) -> str:
        return f"{self.index if self.index is not None else 'pending'} {self.act}"

    @property
    def receipt_text(self) -> str:
        """The short receipt that a person can copy and paste."""
        return f"YL1-{bytes(self.h).hex()}"


class Tile(models.Model):
    """Up to 256 hashes of tree level ``8 * level``, as C2SP tlog-tiles lays them out."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ledger_one_tile", fields=["level", "index"]),
        ]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed statement of the tree's size and root (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        get_latest_by = "size"

    def __str__(self) -> str:
        return f"{self.size} {bytes(self.root).hex()[:8]}"
