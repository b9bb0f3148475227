"""What an act asks of an address to which a body wants to be told: that a way out leads there."""

from uuid import UUID

from yelin.law import clock, duties
from yelin.law.refusals import Incomplete
from yelin.outbound.models import Purpose
from yelin.outbound.rules import NotSent
from yelin.outbound.sending import reaches


def require_way(url: str, *, body: UUID, purpose: Purpose) -> None:
    """Demand that a rule of ``body`` in force leads to ``url``. Raises ``Incomplete``."""
    try:
        led = reaches(url, body=body, purpose=purpose, on=clock.today())
    except NotSent:
        raise Incomplete.at(
            "address", "Write a whole address that begins with https://, without a password."
        ) from None
    if not led:
        raise Incomplete.at(
            "address",
            "No way out of your body leads to this host. An officer of your body asks for one.",
            duties.PROTECT,
        )
