"""The rows of the log: leaves, tiles and checkpoints. Only this room writes them."""

from django.db import models
from django.db.models import F, Q

from yelin.parties.models import Body
from yelin.things.models import Evidence, Subject, Thing


class Leaf(models.Model):
    """One act, refusal or count.

    ``h`` commits to ``payload`` under ``salt``; only ``h`` is published.
    ``index`` is its place in the tree (from 0), given by the sequencer. A shredded leaf keeps
    index, hash and moment, and its subject is the ``Shredding`` that emptied it.
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
    shredded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "leaves"
        constraints = [
            models.CheckConstraint(name="ledger_index_from_zero", condition=Q(index__gte=0)),
            models.CheckConstraint(
                name="ledger_shredded_keeps_nothing",
                condition=Q(shredded_at=None)
                | Q(salt=b"", payload={}, act="", duty="", body=None, index__isnull=False),
            ),
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


class Ground(models.TextChoices):
    """Why personal information must go (PIPL 47), in the order of the law's items."""

    PURPOSE_MET = "purpose_met", "The purpose is met, or can no longer be"
    TERM_ENDED = "term_ended", "The service has ended, or the term of keeping"
    CONSENT_WITHDRAWN = "consent_withdrawn", "The person has withdrawn consent"
    UNLAWFUL = "unlawful", "It was handled against the law or an agreement"
    OTHER_LAW = "other_law", "Another law or administrative regulation says so"


class Shredding(Subject):
    """The destruction of one leaf's salt and payload: its hash stays, and proves nothing more."""

    KIND = "shredding"

    leaf = models.OneToOneField(Leaf, on_delete=models.PROTECT)
    ground = models.CharField(max_length=32, choices=Ground.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ledger_ground_is_one", condition=Q(ground__in=Ground.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leaf.index} {self.ground}"

    def evidence(self) -> Evidence:
        """Return the place of the leaf and the ground, nothing of what it said."""
        return {"index": self.leaf.index, "ground": self.ground}


class Batch(models.Model):
    """The hashes of the calls that one leaf stands for, in order: 32 bytes a call.

    ``about`` is the subject of that leaf.
    """

    about = models.OneToOneField(Thing, on_delete=models.PROTECT, primary_key=True)
    hashes = models.BinaryField()

    class Meta:
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return f"{len(self.hashes) // 32} calls"


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
    """A signed statement of the tree's size and root (C2SP tlog-checkpoint).

    ``era`` counts the losses that were accepted before it: each began a log under another key.
    """

    era = models.PositiveSmallIntegerField(default=0)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        get_latest_by = "size"
        constraints = [
            models.UniqueConstraint(name="ledger_one_head", fields=["era", "size"]),
        ]

    def __str__(self) -> str:
        return f"{self.size} {bytes(self.root).hex()[:8]}"


class Cause(models.TextChoices):
    """Why a log does not go on from what was signed, as far as its keepers know."""

    RESTORED = "restored", "The database was restored from an older copy"
    DAMAGED = "damaged", "Disk or database were damaged"
    TAMPERED = "tampered", "Somebody changed the database"
    UNKNOWN = "unknown", "Nobody knows yet"


class Loss(Subject):
    """That two people accepted what a broken log lost: the log goes on under another key.

    ``note`` is the last checkpoint of the broken log, which ``vkey`` signed. What is left of it up
    to leaf ``agreed`` is as signed, up to ``kept`` it stands in its place; ``findings`` name the
    rest.
    """

    KIND = "loss"

    era = models.PositiveSmallIntegerField(unique=True)
    vkey = models.TextField()
    note = models.TextField()
    kept = models.BigIntegerField()
    agreed = models.BigIntegerField()
    findings = models.JSONField()
    cause = models.CharField(max_length=16, choices=Cause.choices)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "losses"
        ordering = ["era"]
        constraints = [
            models.CheckConstraint(
                name="ledger_loss_begins_an_era", condition=Q(era__gte=1, agreed__lte=F("kept"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.era} {self.cause}"

    def evidence(self) -> Evidence:
        """Return the last checkpoint of the broken log, and what is left of it: the binding."""
        return {
            "checkpoint": self.note,
            "vkey": self.vkey,
            "kept": self.kept,
            "agreed": self.agreed,
            "findings": self.findings,
            "cause": self.cause,
        }
