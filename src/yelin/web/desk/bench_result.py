"""What came of the work on the bench: what is left, rows before and after, risks, attacks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from yelin import gate
from yelin.parties.actor import Actor
from yelin.privacy.deidentify.attacked import Risk
from yelin.privacy.deidentify.roles import Nulls
from yelin.privacy.workbench import wording
from yelin.privacy.workbench.attacking import percent
from yelin.privacy.workbench.models import Deidentification


def found(work: Deidentification) -> dict[str, Any]:
    """Return what the search found, with the rows that stay."""
    told = work.found
    return told | {"kept_rows": told["rows"] - told["left_out"]} if told else {}


def kept(work: Deidentification) -> list[dict[str, Any]]:
    """Return of each column how much of it is left, in percent, with its commonest labels."""
    return [
        each | {"kept": round((1 - each["lost"]) * 100)} for each in work.found.get("columns", ())
    ]


def pairs(work: Deidentification) -> list[dict[str, Any]]:
    """Return the columns that went together most, before and after, to a hundredth."""
    return [
        each | {when: f"{each[when]:.2f}" for when in ("before", "after")}
        for each in work.found.get("pairs", ())
    ]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a row; ``dropped`` where its column does not leave, ``changed`` where it does."""

    text: str | None
    changed: bool = False
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the source beside what becomes of it; ``after`` is empty where it is left out."""

    before: list[Cell]
    after: list[Cell]


@dataclass(frozen=True, slots=True)
class Rows:
    """A few rows of the source, with the names of its columns."""

    names: list[str]
    rows: list[Row]


def rows(actor: Actor, work: Deidentification) -> Rows | None:
    """Return a few rows before and after, for whoever may read the whole source alone."""
    shown = work.found.get("shown")
    if not shown or work.source.is_destroyed:
        return None
    decision = gate.decide(actor, "resource.read", work.source.entry)
    if not decision.allowed or decision.obligations.hides:
        return None
    columns: list[tuple[str, bool]] = shown["columns"]
    return Rows([name for name, _ in columns], [_row(columns, each) for each in shown["rows"]])


def _row(columns: list[tuple[str, bool]], each: dict[str, Any]) -> Row:
    before, left = each["before"], iter(each["after"] or ())
    after = []
    for (_name, dropped), was in zip(columns, before, strict=True):
        if dropped:
            after.append(Cell(None, dropped=True))
        else:
            text = next(left, None)
            after.append(Cell(text, changed=text != was))
    return Row([Cell(text) for text in before], after if each["after"] is not None else [])


def measured(work: Deidentification) -> dict[str, Any]:
    """Return what both programs measured, told for people."""
    if not (told := work.measured):
        return {}
    first = told["first"]
    by = ((Nulls.EQUAL, "k"), (Nulls.NONE, "k_nulls_alone"), (Nulls.ALL, "k_nulls_anything"))
    return {
        "first": first,
        "second": told["second"],
        "effect": wording.EFFECTS[told["effect"]],
        "sound": told["effect"] >= 3,
        "risk": f"{first['prosecutor']:.3g}",
        "marketer": f"{first['marketer']:.3g}",
        "unique": f"{first['unique'] * 100:.3g}",
        "k": [(wording.NULLS[nulls], first[name]) for nulls, name in by],
        "linked": told["linked"],
        "presence": _presence(told.get("presence")),
        "by": ("DuckDB", "pyarrow"),
    }


def _presence(told: dict[str, Any] | None) -> dict[str, str]:
    if not told:
        return {}
    shares = "–".join(percent(told[each]) for each in ("least", "most"))
    return {"shares": shares, "journalist": f"{told['journalist']:.3g}"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One attack as a line from 0 to 1000: its interval, and ticks; the texts are in percent."""

    title: str
    after: str
    sound: bool
    low: int
    width: int
    guess: int
    most: int
    found: str
    bounds: str
    guessed: str
    control: str
    allowed: str
    guesses_better: bool
    """Whether guessing surely succeeds more often than the attack on whoever is not in it."""


def attacks(work: Deidentification) -> Iterator[Drawn]:
    """Yield each attack that was tried; more than the threshold over guessing is too much."""
    threshold = work.bears.risk
    for each in work.measured.get("attacks", {}).get("tried", ()):
        succeeded, guess = each["found"], each["guess"]["share"]
        most = min(1.0, guess + threshold)
        low = round(succeeded["low"] * 1000)
        yield Drawn(
            title=wording.attack(each),
            after=str(wording.AFTER[Risk(each["risk"])]),
            sound=each["gain"] <= threshold,
            low=low,
            width=max(4, round(succeeded["high"] * 1000) - low),
            guess=round(guess * 1000),
            most=round(most * 1000),
            found=percent(succeeded["share"]),
            bounds=f"{percent(succeeded['low'])}–{percent(succeeded['high'])}",
            guessed=percent(guess),
            control=percent(each["control"]["share"]),
            allowed=percent(most),
            guesses_better=guess > each["control"]["high"],
        )
