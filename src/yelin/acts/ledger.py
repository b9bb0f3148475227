"""The act by which what a leaf said is destroyed.

It stands here and not in the room ``ledger``, because that room lies beneath the frame.
"""

from yelin.acts.frame import act
from yelin.acts.step_up import StepUp
from yelin.law import duties
from yelin.ledger import shredding
from yelin.ledger.models import Shredding
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.models import Body


@act(
    shredding.ACT,
    duty=duties.ERASE,
    subject="keeper",
    surface=OUTSIDE,
    step_up=StepUp.SECOND_PERSON,
    makes=True,
)
def shred(*, actor: Actor, keeper: Body, index: int, ground: str) -> Shredding:
    """Destroy salt and payload of leaf ``index``: its hash stays, and proves nothing more (刪除).

    ``keeper`` is the body that keeps the ledger. Raises ``Incomplete`` for no such leaf or ground,
    ``OutOfTurn`` for a leaf that was shredded already.
    """
    del actor, keeper
    return shredding.shred(index, ground)
