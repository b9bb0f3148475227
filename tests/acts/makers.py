"""Acts that take two people, done by both."""

from collections.abc import Callable

import pytest

from yelin.acts import proposals
from yelin.acts.frame import AwaitsSecond
from yelin.acts.models import Proposal
from yelin.parties.actor import Actor


def by_two(second: Actor, propose: Callable[[], object]) -> Proposal:
    """Have ``second`` approve what calling ``propose`` proposes."""
    with pytest.raises(AwaitsSecond) as awaits:
        propose()
    return proposals.approve(actor=second, proposal=awaits.value.proposal)
