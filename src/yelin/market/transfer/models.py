"""Transfers: what a consumer's connector takes under a contract, and the keys by which it does."""

from datetime import timedelta

from django.db import models
from django.db.models import Q

from yelin.delivery import secrets
from yelin.delivery.models import Holder
from yelin.law import clock
from yelin.market.contract.models import Contract
from yelin.market.contract.rules import Side
from yelin.market.transfer.rules import OPEN, State
from yelin.parties.models import Body
from yelin.things.models import Evidence, Subject

# A key opens for so long; who comes later asks how the transfer stands, and has another.
KEY_LASTS = timedelta(minutes=15)
_STATES = [(each.value, each.name.capitalize()) for each in State]
_SIDES = [(each.value, each.name.capitalize()) for each in Side]


class Transfer(Subject, Holder):
    """That a consumer's connector takes what a contract gives (数据传输).

    Whoever asked for it is its holder: data leaves to it as they stand now. ``known_as`` is what
    the consumer's own system calls it. The side ``by`` moved it where it stands, ``since`` when,
    and ``because`` of what; it was ``begun`` so often.
    """

    KIND = "transfer"
    ALONG = ("contract__provider", "contract__consumer", "contract__negotiation__listing__product")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="transfers")
    consumer = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    known_as = models.CharField(max_length=200)
    way = models.CharField(max_length=40)
    purpose = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=16, choices=_STATES, default=State.REQUESTED)
    by = models.CharField(max_length=16, choices=_SIDES, default=Side.CONSUMER)
    because = models.CharField(max_length=500, blank=True)
    begun = models.PositiveIntegerField(default=0)
    requested_at = models.DateTimeField()
    since = models.DateTimeField()

    class Meta:
        ordering = ["-requested_at", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="market_transfer_known_once", fields=["consumer", "known_as"]
            ),
            models.CheckConstraint(name="market_transfer_has_a_name", condition=~Q(known_as="")),
        ]
        indexes = [
            models.Index(
                name="market_open_transfers",
                fields=["contract"],
                condition=Q(state__in=[each.value for each in OPEN]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"

    def evidence(self) -> Evidence:
        """Return of which contract, how it is taken, where it stands and by which side."""
        return {
            "number": self.number,
            "contract": self.contract.number,
            "way": self.way,
            "state": str(self.state),
            "by": str(self.by),
            "begun": self.begun,
        }


class TransferKey(models.Model):
    """A secret by which a transfer's data is taken for a short while; stored is its digest."""

    PREFIX = "yld_"

    digest = models.BinaryField(primary_key=True, max_length=32)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="keys")
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="market_keys_that_end", fields=["until"])]

    def __str__(self) -> str:
        return f"key of {self.transfer_id}"

    @classmethod
    def fresh(cls, transfer: Transfer) -> "tuple[str, TransferKey]":
        """Make a key of a transfer; return its secret, which is stored nowhere, and the key."""
        secret = secrets.fresh(cls.PREFIX)
        until = clock.now() + KEY_LASTS
        digest = secrets.digest_of(secret)
        return secret, cls.objects.create(digest=digest, transfer=transfer, until=until)
