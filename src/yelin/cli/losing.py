"""``yelin ledger accept-loss``: what one officer proposes where the log is broken for good."""

import sys

from django.db import transaction
from django.urls import reverse
from django.utils import translation

from yelin.acts import ledger
from yelin.acts.frame import AwaitsSecond
from yelin.cli import refusing
from yelin.config import config
from yelin.ledger import sequencer
from yelin.parties.models import Body
from yelin.surface import actor as asking
from yelin.surface import problems


def propose(cause: str, token: str) -> int:
    """Say what is broken and propose to accept it; return the exit status."""
    with transaction.atomic():
        fault = sequencer.fault()
    if fault is None:
        print("The log goes on from what was signed: there is no loss to accept.", file=sys.stderr)
        return 1
    print(f"The log is broken: {fault}")
    with translation.override("en"):
        try:
            actor = asking.of_token(token).actor
            keeper = Body.objects.get(pk=actor.body_id)
            ledger.accept_loss(actor=actor, keeper=keeper, cause=cause)
        except AwaitsSecond as awaits:
            print("It is proposed to take over what is left of it. A second officer approves it at")
            print(config.url + reverse("desk:proposal", args=[awaits.proposal.pk]))
            return 0
        except problems.FORESEEN as error:
            refusing.tell(problems.of(error))
    return 1
