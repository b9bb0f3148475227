"""Both sides are told of inspections that concern them."""

from yelin.market.contract.telling import tell
from yelin.notices.events import event

INSPECT = event(
    "trade.inspect", "Inspect what contract {code} delivered: see what was measured.", urgent=True
)
ACCEPTED = event("trade.accepted", "The other side accepted what {code} delivered.")
REFUSED = event(
    "trade.refused", "The other side refused what {code} delivered: see why.", urgent=True
)
DEEMED = event("trade.deemed", "What {code} delivered counts as accepted: nobody refused it.")

__all__ = ["ACCEPTED", "DEEMED", "INSPECT", "REFUSED", "tell"]
