"""The attacks on a release, drawn: how often each succeeded, beside guessing and what may be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yelin.privacy.deidentify.attacked import Risk
from yelin.privacy.workbench import wording
from yelin.privacy.workbench.attacking import percent


@dataclass(frozen=True, slots=True)
class Drawn:
    """One attack as a line from 0 to 1000: its interval, and ticks; the texts are in percent."""

    title: str
    after: str
    sound: bool
    at: int
    low: int
    width: int
    guess: int
    most: int
    found: str
    bounds: str
    guessed: str
    control: str
    allowed: str


def drawn(measured: Mapping[str, Any], threshold: float) -> Iterator[Drawn]:
    """Yield each attack that was tried; more than ``threshold`` over guessing is too much."""
    for each in measured.get("attacks", {}).get("tried", ()):
        found, guess = each["found"], each["guess"]["share"]
        most = min(1.0, guess + threshold)
        low = round(found["low"] * 1000)
        yield Drawn(
            title=wording.attack(each),
            after=str(wording.AFTER[Risk(each["risk"])]),
            sound=each["gain"] <= threshold,
            at=round(found["share"] * 1000),
            low=low,
            width=max(4, round(found["high"] * 1000) - low),
            guess=round(guess * 1000),
            most=round(most * 1000),
            found=percent(found["share"]),
            bounds=f"{percent(found['low'])}–{percent(found['high'])}",
            guessed=percent(guess),
            control=percent(each["control"]["share"]),
            allowed=percent(most),
        )
