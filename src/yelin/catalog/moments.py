"""What rooms above do when an entry comes so far, in the act's own transaction.

They declare it here, and nothing here looks upward.
"""

from collections import defaultdict
from collections.abc import Callable
from enum import StrEnum

from yelin.catalog.models import Entry
from yelin.parties.actor import Actor

Doing = Callable[[Actor, Entry], None]


class Moment(StrEnum):
    """How far an entry has come; what is done at ``CONFIRMING`` may refuse."""

    SUBMITTED = "submitted"
    CONFIRMING = "confirming"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


_doing: defaultdict[Moment, list[Doing]] = defaultdict(list)


def when(moment: Moment, do: Doing) -> None:
    """Declare that ``do`` happens whenever an entry comes so far, and falls with the act."""
    _doing[moment].append(do)


def come(moment: Moment, actor: Actor, entry: Entry) -> None:
    """Do what was declared for ``moment``."""
    for do in _doing[moment]:
        do(actor, entry)
