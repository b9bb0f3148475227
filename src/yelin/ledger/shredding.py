"""Take from a leaf what it said, so that its hash stays in the tree and proves nothing more."""

from collections.abc import Iterator
from datetime import date

from yelin.law import clock, duties
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.ledger import log
from yelin.ledger.models import Ground, Leaf, Shredding

# The act that shreds; its leaves are what says that a leaf was emptied rightly.
ACT = "ledger.shred"


def shred(index: int, ground: str) -> Shredding:
    """Destroy salt, payload, and all that the row repeats of them; the caller holds the act.

    Only what is under a signed checkpoint can go: an unsigned leaf would leave no trace at all.
    Raises ``Incomplete`` for no such leaf or ground, ``OutOfTurn`` for one that was shredded.
    """
    if ground not in Ground.values:
        raise Incomplete.at("ground", "Say on which ground it must be deleted.", duties.ERASE)
    rows = Leaf.objects.select_for_update(no_key=True)
    leaf = rows.filter(index=index, index__lt=log.published_size()).first()
    if leaf is None:
        raise Incomplete.at(
            "index", "No leaf under a signed checkpoint has this number.", duties.ERASE
        )
    if leaf.shredded_at is not None:
        raise OutOfTurn("This leaf was shredded already.")
    if leaf.act == ACT:
        raise Incomplete.at(
            "index", "The leaf of a shredding stays: it is the only word of it.", duties.ERASE
        )
    shredding = Shredding(leaf=leaf, ground=ground)
    shredding.save()
    leaf.salt, leaf.payload, leaf.act, leaf.duty = b"", {}, "", ""
    leaf.body, leaf.subject, leaf.shredded_at = None, shredding.thing, clock.now()
    leaf.save()
    return shredding


def shredded() -> Iterator[tuple[int, date]]:
    """Yield place and day of every leaf that was shredded, in the order of the log."""
    emptied = Leaf.objects.exclude(shredded_at=None).order_by("index")
    for leaf in emptied.only("index", "shredded_at").iterator():
        if leaf.index is not None and leaf.shredded_at is not None:
            yield leaf.index, clock.day_of(leaf.shredded_at)


def unaccounted() -> Iterator[str]:
    """Say of each emptied leaf that no act in the log accounts for, which one it is."""
    told = Leaf.objects.filter(act=ACT, refused=False)
    accounted = set(told.values_list("payload__facts__index", flat=True))
    for index, _ in shredded():
        if index not in accounted:
            yield f"entry {index}: its words were destroyed, and no act in the log says so"
