"""The acts by which what a leaf said is destroyed, and by which a loss is accepted.

They stand here and not in the room ``ledger``, because that room lies beneath the frame.
"""

from yelin.acts.frame import act
from yelin.acts.step_up import StepUp
from yelin.law import duties
from yelin.ledger import loss, shredding
from yelin.ledger.models import Loss, Shredding
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
    """Destroy salt and payload of leaf ``index``: its hash stays, and proves nothing more (删除).

    ``keeper`` is the body that keeps the ledger. Raises ``Incomplete`` for no such leaf or ground,
    ``OutOfTurn`` for a leaf that was shredded already.
    """
    del actor, keeper
    return shredding.shred(index, ground)


@act(
    loss.ACT,
    duty=duties.TRACE,
    subject="keeper",
    surface=OUTSIDE,
    step_up=StepUp.SECOND_PERSON,
    makes=True,
)
def accept_loss(*, actor: Actor, keeper: Body, cause: str) -> Loss:
    """Let a broken log go on under another key, its loss on record for everyone.

    ``keeper`` is the body that keeps the ledger. Raises ``Incomplete`` for no such cause,
    ``OutOfTurn`` where there is nothing to accept.
    """
    del actor, keeper
    return loss.accept(cause)
