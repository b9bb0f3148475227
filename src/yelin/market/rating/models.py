"""Ratings of what was bought: one for each contract, answered once, hidden with a reason."""

from django.db import models
from django.db.models import Q

from yelin.market.contract.models import Contract
from yelin.market.listing.models import Listing
from yelin.things.models import Evidence, Subject

MOST = 5


class Seen(models.TextChoices):
    """Whether everyone reads a rating."""

    SHOWN = "shown", "Shown"
    HIDDEN = "hidden", "Hidden"


class Rating(Subject):
    """That whoever bought under a contract rates what is listed (交易评价); who it was is not told.

    ``stars`` are 1 to 5. ``hidden_because`` is why whoever runs the platform hid it.
    """

    KIND = "rating"
    ALONG = ("contract__provider", "contract__consumer", "listing__platform__operator")

    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="rating")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="ratings")
    stars = models.PositiveSmallIntegerField()
    says = models.CharField(max_length=1000, blank=True)
    rated_at = models.DateTimeField()
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, choices=Seen.choices, default=Seen.SHOWN)
    hidden_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-rated_at"]
        constraints = [
            models.CheckConstraint(
                name="market_one_to_five_stars", condition=Q(stars__gte=1, stars__lte=MOST)
            ),
            models.CheckConstraint(
                name="market_rating_answered_when",
                condition=Q(answer="", answered_at=None)
                | ~Q(answer="") & Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="market_hidden_rating_says_why",
                condition=Q(state="hidden") & ~Q(hidden_because="")
                | Q(state="shown", hidden_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing_id} {self.stars}"

    def evidence(self) -> Evidence:
        """Return of what is listed, how many stars, and whether it is answered and shown."""
        return {
            "listing": self.listing.registration,
            "contract": self.contract.number,
            "stars": self.stars,
            "answered": bool(self.answer),
            "state": str(self.state),
        }
