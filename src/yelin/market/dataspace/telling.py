"""People of a consumer are told when calls do not reach their connector."""

from yelin.law import clock
from yelin.market.contract.callbacks import Callback
from yelin.market.contract.models import Negotiation
from yelin.market.seats import people_of
from yelin.market.transfer.models import Transfer
from yelin.notices import telling
from yelin.notices.events import event

UNREACHED = event(
    "connector.unreached",
    "Your connector did not take what it was told of {code}: let it ask here how it stands.",
    urgent=True,
)


def dead(callback: Callback, about: Negotiation | Transfer) -> None:
    """Tell those who sit for the consumer that a call about something was given up."""
    telling.tell(
        UNREACHED,
        to=people_of(callback.body_id),
        about=about,
        at=clock.now(),
        params={"code": about.number},
    )
