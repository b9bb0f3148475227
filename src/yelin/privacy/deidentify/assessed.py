"""What two measurements of released bytes come to: a level of GB/T 42460, under a threshold."""

from enum import IntEnum

from yelin.privacy.deidentify.measured import Measured
from yelin.privacy.deidentify.roles import Nulls


class Effect(IntEnum):
    """How far de-identification went (去标识化效果, GB/T 42460).

    ``DIRECT``: somebody is told by the row itself. ``RISKY``: direct identifiers are gone, the risk
    is above the threshold. ``ACCEPTABLE``: it is not. ``AGGREGATE``: there are no rows of anybody.
    """

    DIRECT = 1
    RISKY = 2
    ACCEPTABLE = 3
    AGGREGATE = 4


class Disagreement(Exception):
    """Two measurements of the same bytes differ: nothing is said of them."""

    def __init__(self, measures: list[str]) -> None:
        super().__init__("measured differently: " + ", ".join(measures))
        self.measures = tuple(measures)


def assessed(
    first: Measured, second: Measured, *, threshold: float, nulls: Nulls, has_direct: bool = False
) -> Effect:
    """Return the level of rows that were measured twice. Raises ``Disagreement``.

    The risk of a row is by the binding reading of ``nulls``, and never above ``threshold``.
    """
    if measures := first.differences(second):
        raise Disagreement(measures)
    if has_direct:
        return Effect.DIRECT
    k = min(first.by(nulls.binding), second.by(nulls.binding))
    return Effect.ACCEPTABLE if k and 1 / k <= threshold else Effect.RISKY
