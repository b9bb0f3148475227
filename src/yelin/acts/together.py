"""Many things done by one act: all at once, and where one of them cannot be done, each alone."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from yelin.gate import Refused
from yelin.law.refusals import Fault, Incomplete, OutOfTurn, Unlawful

T = TypeVar("T")

# What a kill undoes, and what has to be done again one by one where one of them is at fault.
AT_ONCE = 50


def together(
    some: Sequence[T],
    do: Callable[[Sequence[T]], None],
    turn_back: Callable[[T, Sequence[Fault]], None],
) -> None:
    """Have ``do`` do all of ``some`` in one transaction, or else each in its own.

    What cannot be done alone either is turned back with its faults. Raises ``Refused`` where the
    actor may not do this at all.
    """
    try:
        do(some)
    except (Incomplete, OutOfTurn, Unlawful, Refused) as error:
        if len(some) > 1:
            for each in some:
                together([each], do, turn_back)
        elif isinstance(error, Refused):
            raise
        else:
            turn_back(some[0], error.faults)
