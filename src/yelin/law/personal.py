"""What a pack says of personal information: its kinds, their grade, on what ground it is open."""

from typing import Literal

from pydantic import Field

from yelin.law.statute import Fixed, Named


class PersonalKind(Named):
    """One kind that detectors tell, and the least ``grade`` of what holds it, from 1 to 4.

    It is taken as found from the sureness ``sure`` on.
    """

    key: str = Field(pattern=r"^[a-z_]{1,16}$")
    sensitive: bool = False
    grade: int = Field(ge=1, le=4)
    sure: Literal["low", "medium", "high"]
    basis: str
    unconfirmed: bool = False
    note: str = ""


class PublicGround(Named):
    """One ground on which personal information is open to everyone (公开依据).

    It ``carries`` sensitive kinds, or ordinary ones alone; one that ``denies`` says it is none.
    """

    key: str = Field(pattern=r"^[a-z_]{1,16}$")
    carries: Literal["ordinary", "sensitive"]
    denies: bool = False
    basis: str
    unconfirmed: bool = False
    note: str = ""


class Personal(Fixed):
    """All that is said of it."""

    kinds: tuple[PersonalKind, ...]
    grounds: tuple[PublicGround, ...]

    def kind(self, key: str) -> PersonalKind | None:
        """Return the kind that a detector calls ``key``."""
        return next((each for each in self.kinds if each.key == key), None)

    def ground(self, key: str) -> PublicGround | None:
        """Return the ground called ``key``."""
        return next((each for each in self.grounds if each.key == key), None)
