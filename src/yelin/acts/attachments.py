"""Acts about files that hang on things: attach one, remove it."""

from yelin.acts import attaching
from yelin.acts.frame import act
from yelin.files.examined import Examined
from yelin.files.models import Attachment
from yelin.law import clock, duties
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor, Surface
from yelin.things.models import Subject


@act(
    "files.attach",
    duty=duties.STORE_SAFELY,
    subject="about",
    surface={Surface.PAGE, Surface.ROUTE},
)
def attach(*, actor: Actor, about: Subject, examined: Examined) -> Attachment:
    """Attach a file to a thing (附件).

    Raises ``Incomplete`` where as many hang there as may.
    """
    (made,) = attaching.hang(about, actor, [examined])
    attaching.tell(about, made.side)
    return made


@act("files.remove", duty=duties.ERASE, subject="attachment", surface=OUTSIDE)
def remove(*, actor: Actor, attachment: Attachment) -> Attachment:
    """Remove a file that one attached, for good: no copy of it opens any more (删除附件).

    Raises ``OutOfTurn`` for one that is removed already.
    """
    del actor
    if attachment.removed_at is not None:
        raise OutOfTurn("This file is removed already.")
    attachment.remove(clock.now())
    return attachment
