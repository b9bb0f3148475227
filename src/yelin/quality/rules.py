"""What a rule asks of data, what came of asking, and the score that follows (GB/T 36344)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from yelin.law.quality import Scheme

WHOLE = 10_000
"""A full score, in hundredths of a point."""


class Written(StrEnum):
    """What a rule that somebody wrote asks."""

    HOLDS = "holds"
    REFERS = "refers"


@dataclass(frozen=True, slots=True)
class Reference:
    """The item of another resource in which a value has to be found, in its ``release``."""

    code: str
    item: str
    release: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is asked of a release; ``code`` is the same in every release.

    ``kind`` is one of those that are made from the entry, or ``Written``.
    """

    code: str
    kind: str
    indicator: str
    items: tuple[str, ...]
    weight: int
    zh: str
    en: str
    veto: bool = False
    expression: str = ""
    refers_to: Reference | None = None

    @property
    def dimension(self) -> str:
        """The code of the dimension that its indicator belongs to."""
        return self.indicator[:2]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a rule: of ``evaluated`` elements ``satisfying`` meet it (X = A/B)."""

    rule: Rule
    satisfying: int
    evaluated: int

    @property
    def failing(self) -> int:
        """How many do not meet it."""
        return self.evaluated - self.satisfying

    @property
    def score(self) -> int:
        """A/B in hundredths of a point; full only where all meet it."""
        return WHOLE * self.satisfying // self.evaluated if self.evaluated else WHOLE

    def said(self) -> dict[str, Any]:
        """Return it as a manifest says it."""
        said = asdict(self.rule) | {"items": list(self.rule.items)}
        left_out = {"expression"} if not self.rule.expression else set()
        left_out |= {"refers_to"} if not self.rule.refers_to else set()
        kept = {name: value for name, value in said.items() if name not in left_out}
        return kept | {"satisfying": self.satisfying, "evaluated": self.evaluated}

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> "Result":
        """Return what a manifest says."""
        known = dict(said)
        satisfying, evaluated = known.pop("satisfying"), known.pop("evaluated")
        refers_to = known.pop("refers_to", None)
        rule = Rule(
            **known | {"items": tuple(known["items"])},
            refers_to=Reference(**refers_to) if refers_to else None,
        )
        return cls(rule, satisfying, evaluated)


@dataclass(frozen=True, slots=True)
class Side:
    """The score of one dimension, with the weight by which it counts in the whole."""

    code: str
    score: int
    weight: int


@dataclass(frozen=True, slots=True)
class Score:
    """The whole, in hundredths of a point; none where nothing was evaluated.

    ``vetoes`` are the rules that failed and cap it.
    """

    total: int | None
    sides: tuple[Side, ...]
    vetoes: tuple[str, ...] = ()


def score(results: Iterable[Result], scheme: Scheme, weights: Mapping[str, int]) -> Score:
    """Return the weighted score; ``weights`` go before those of the scheme.

    A rule that met nothing to evaluate does not count, nor does a dimension without rules: the
    other weights are then the whole.
    """
    by_side: defaultdict[str, list[Result]] = defaultdict(list)
    vetoes = []
    for result in results:
        if not result.evaluated:
            continue
        by_side[result.rule.dimension].append(result)
        if result.rule.veto and result.failing:
            vetoes.append(result.rule.code)
    sides = tuple(
        Side(side.code, _mean(by_side[side.code]), weights.get(side.code, side.weight))
        for side in scheme.dimensions
        if by_side[side.code]
    )
    whole = sum(side.weight for side in sides)
    if not whole:
        return Score(None, sides, tuple(vetoes))
    total = sum(side.score * side.weight for side in sides) // whole
    if vetoes:
        total = min(total, scheme.basis.cap * 100)
    return Score(total, sides, tuple(vetoes))


def _mean(results: Iterable[Result]) -> int:
    kept = list(results)
    weight = sum(result.rule.weight for result in kept)
    return sum(result.score * result.rule.weight for result in kept) // weight
