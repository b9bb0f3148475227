"""How a pack says that quality is measured: dimensions, indicators, weights, grades, made rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from pydantic import Field

from yelin.law.statute import Fixed, Named


class Made(StrEnum):
    """What can be asked of any release, from what its entry says; the pack has words for each."""

    CARRIED = "carried"
    DESCRIBED = "described"
    LISTED = "listed"
    REQUIRED = "required"
    FILLED = "filled"
    KEPT = "kept"
    TYPED = "typed"
    SIZED = "sized"
    CREDIT_CODE = "credit_code"
    RESIDENT_ID = "resident_id"
    DATED = "dated"
    ONCE = "once"
    UNIQUE = "unique"
    READABLE = "readable"
    IN_TIME = "in_time"
    READ_BACK = "read_back"


class Dimension(Named):
    """One side of quality (质量维度), with its weight in the whole.

    A note says what its score leaves out.
    """

    code: str = Field(pattern=r"^\d{2}$")
    weight: int = Field(ge=1, le=100)
    note_zh: str = ""
    note_en: str = ""


class Indicator(Named):
    """One indicator of a dimension (评价指标), whose code begins with the dimension's."""

    code: str = Field(pattern=r"^\d{4}$")


class Grade(Named):
    """What a score of ``least`` points or more is called (质量等级)."""

    least: int = Field(ge=0, le=100)


class MadeRule(Named):
    """A rule that is made for every release it fits; ``{items}`` stands for the items."""

    kind: str
    indicator: str
    weight: int = Field(ge=1, le=10)
    veto: bool = False


class Basis(Fixed):
    """On what the whole rests; a failed veto caps the score at ``cap`` points.

    A made rule that scores less than ``found_below`` points is found fault with.
    """

    basis: str
    cap: int = Field(ge=0, le=100)
    found_below: int = Field(ge=0, le=100)
    unconfirmed: bool = False
    note: str = ""


@dataclass(frozen=True)
class Scheme:
    """The whole way of measuring that holds in a province."""

    basis: Basis
    dimensions: tuple[Dimension, ...]
    indicators: tuple[Indicator, ...]
    grades: tuple[Grade, ...]
    rules: tuple[MadeRule, ...]

    @cached_property
    def made(self) -> Mapping[Made, MadeRule]:
        """What is made from entries, by kind."""
        return {Made(rule.kind): rule for rule in self.rules}

    @cached_property
    def named(self) -> Mapping[str, Dimension | Indicator]:
        """Dimensions and indicators by code."""
        sides = {each.code: each for each in self.dimensions}
        return {**sides, **{each.code: each for each in self.indicators}}

    def grade(self, hundredths: int) -> Grade:
        """Return what a score, in hundredths of a point, is called."""
        return next(grade for grade in self.grades if hundredths >= grade.least * 100)
