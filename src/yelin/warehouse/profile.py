"""Propose information items from a whole table, for the steward to correct."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from yelin.warehouse import exact, values
from yelin.warehouse.engine import Engine
from yelin.warehouse.findings import Notice
from yelin.warehouse.staged import Staged, set_aside, some_at_once, source, stays, turns

# A column is of a type only if the whole file says so; a sample may rule a type out, never in.
SAMPLE = 20_000
LONG_TEXT = 1_000

_YES_NO = ("是", "否", "true", "false")
_YEARS = (1900, 2100)


@dataclass(frozen=True, slots=True)
class ProposedItem:
    """One item as the data suggests it, with what was seen and what the steward should decide."""

    name: str
    type: str
    length: str | None
    nullable: bool
    key: bool
    present: int
    distinct: int
    notes: tuple[Notice, ...] = ()


@dataclass(slots=True)
class _Guess:
    place: int
    name: str
    alive: set[str]
    facts: dict[str, int] = field(default_factory=dict)

    @property
    def tidy(self) -> str:
        return f"t{self.place}"

    @property
    def cell(self) -> str:
        return f"c{self.place}"


_NUMBERS = {"I": values.INTEGER, "N": values.DECIMAL, "F": values.FLOAT}
_TIMES = {"D": False, "T": True}


def propose(
    staged: Staged,
    engine: Engine,
    *,
    report: Callable[[float], None] = lambda _done: None,
) -> list[ProposedItem]:
    """Return one proposed item a column, judged by every row.

    A leading zero anywhere, or sixteen digits, makes a column text; dates whose day and month
    could be either stay text with a note that asks.
    """
    aside = set_aside(engine, staged)
    guesses = [
        _Guess(place, name, {"I", "N", "F", "L", "D", "T", "dmy", "mdy"})
        for place, name in enumerate(staged.header)
        if name
    ]
    if staged.rows > SAMPLE:
        _ask(staged, engine, guesses, aside=bool(aside), limit=SAMPLE)
        for guess in guesses:
            guess.alive = {kind for kind in guess.alive if _holds(guess, kind)}
        report(0.2)
    _ask(staged, engine, guesses, aside=bool(aside), limit=None)
    report(0.8)
    rows = staged.rows - aside
    proposed = [
        # The guide has no letter for shapes; its general type holds what is no plain value.
        replace(each, type="G", length=None) if each.name == staged.shape else each
        for each in (_proposed(guess, rows) for guess in guesses)
    ]
    return _with_key(staged, engine, guesses, proposed, rows)


def _ask(
    staged: Staged, engine: Engine, guesses: list[_Guess], *, aside: bool, limit: int | None
) -> None:
    for some in some_at_once(guesses):
        _ask_some(staged, engine, some, aside=aside, limit=limit)


def _ask_some(
    staged: Staged, engine: Engine, guesses: Sequence[_Guess], *, aside: bool, limit: int | None
) -> None:
    asked: list[str] = []
    answers: list[tuple[_Guess, str]] = []
    for guess in guesses:
        for name, sql in _questions(guess).items():
            asked.append(sql)
            answers.append((guess, name))
        guess.facts = {}
    tidy = ", ".join(f"{values.tidied(guess.cell)} AS {guess.tidy}" for guess in guesses)
    where = f"WHERE {stays('aside')}" if aside else ""
    cut = f"LIMIT {limit}" if limit else ""
    row = engine.run(
        f"SELECT {', '.join(asked)} FROM "  # noqa: S608 - columns are ours
        f"(SELECT *, {tidy} FROM {source(staged)} {where} {cut})"
    )[0]
    for (guess, name), value in zip(answers, row, strict=True):
        guess.facts[name] = int(value or 0)


def _questions(guess: _Guess) -> dict[str, str]:
    cell, tidy = guess.cell, guess.tidy
    here = values.present(tidy)
    asked = {
        "filled": f"count({values.kept(cell)})",
        "longest": f"max(length({cell}))",
        "distinct": f"approx_count_distinct({cell})",
    }
    if not guess.alive:
        return asked
    asked["present"] = f"count_if({here})"
    asked["wide"] = f"count_if({here} AND {tidy} <> {cell})"
    if guess.alive & set(_NUMBERS):
        # Every whole number is a decimal and every decimal a float: each cell is tried once.
        tried = " ".join(
            f"WHEN {values.matches(tidy, pattern)} THEN {rank}"
            for rank, pattern in enumerate(_NUMBERS.values(), 1)
        )
        rank = f"CASE {tried} END"
        for place, kind in enumerate(_NUMBERS, 1):
            asked[kind] = f"count_if({rank} <= {place})"
        asked["zeros"] = f"count_if({values.matches(tidy, values.LEADING_ZERO)})"
        asked["scale"] = f"max(CASE WHEN {rank} <= 2 THEN {values.decimals(tidy)} END)"
        asked["least"] = f"min(CASE WHEN {rank} <= 2 THEN {values.decimals(tidy)} END)"
        asked["whole"] = f"max(CASE WHEN {rank} <= 2 THEN {values.whole_digits(tidy)} END)"
    if "L" in guess.alive:
        words = ", ".join(f"'{word}'" for word in _YES_NO)
        asked["L"] = f"count_if(lower({tidy}) IN ({words}))"
    for kind in guess.alive & set(_TIMES):
        moment = values.moment(tidy, "ymd", timed=_TIMES[kind])
        asked[kind] = f"count_if(year({moment}) BETWEEN {_YEARS[0]} AND {_YEARS[1]})"
    if guess.alive & {"dmy", "mdy"}:
        last = values.year_last(tidy, timed=True)
        asked["last"] = f"count_if({last})"
        asked["clock"] = f"count_if({last} AND NOT {values.year_last(tidy, timed=False)})"
        for order in guess.alive & {"dmy", "mdy"}:
            asked[order] = f"count({values.moment(tidy, order, timed=True)})"
    return asked


def _holds(guess: _Guess, kind: str) -> bool:
    facts = guess.facts
    return facts.get(kind, -1) == facts.get("present", 0)


def _proposed(guess: _Guess, rows: int) -> ProposedItem:
    facts = guess.facts
    kind, length, notes = _kind(guess)
    present = facts["filled"] if kind in "CM" else facts["present"]
    return ProposedItem(
        name=guess.name,
        type=kind,
        length=length,
        nullable=present < rows or not rows,
        key=False,
        present=present,
        distinct=min(facts["distinct"], present),
        notes=tuple(notes),
    )


def _kind(guess: _Guess) -> tuple[str, str | None, list[Notice]]:
    """Return the type letter, the length and the notes of one column."""
    facts, name = guess.facts, guess.name
    if not facts.get("filled"):
        return "C", None, [_note("profile.empty", "“{column}” is empty in every row", name)]
    if not facts.get("present"):
        return _text(guess), str(facts["longest"]), []
    fits = {kind for kind in guess.alive if _holds(guess, kind)}
    if not fits:
        return _text(guess), str(facts["longest"]), []
    notes = []
    if facts["wide"]:
        notes.append(
            _note(
                "profile.wide", "Some values of “{column}” have full-width digits or blanks", name
            )
        )
    if fits & set(_NUMBERS) and "D" not in fits:
        return _number(guess, fits, notes)
    if fits & {"L", "D", "T"}:
        return next(kind for kind in "LDT" if kind in fits), None, notes
    return _year_last(guess, fits, notes)


def _number(
    guess: _Guess, fits: set[str], notes: list[Notice]
) -> tuple[str, str | None, list[Notice]]:
    facts, name = guess.facts, guess.name
    whole, scale = facts["whole"], facts["scale"]
    if facts.get("zeros"):
        notes = [
            _note("profile.zeros", "“{column}” has leading zeros, so it is kept as text", name)
        ]
    elif whole > exact.DIGITS:
        notes = [
            _note(
                "profile.digits",
                "“{column}” has numbers of more than 15 digits, so it is kept as text",
                name,
            )
        ]
    elif "I" in fits:
        return "I", None, notes
    elif "N" in fits:
        # Only where every number is written with so many places does the item promise them.
        places = f",{scale}" if facts["least"] == scale else ""
        return "N", f"{max(1, whole) + scale}{places}", notes
    else:
        return "F", None, notes
    return _text(guess), str(facts["longest"]), notes


def _year_last(
    guess: _Guess, fits: set[str], notes: list[Notice]
) -> tuple[str, str | None, list[Notice]]:
    kind = "T" if guess.facts["clock"] else "D"
    if {"dmy", "mdy"} <= fits:
        note = _note(
            "profile.ambiguous",
            "The dates of “{column}” can be read with the day or the month first; choose the date "
            "order and make the item a date",
            guess.name,
        )
        return "C", str(guess.facts["longest"]), [note]
    order = "dmy" if "dmy" in fits else "mdy"
    message = (
        "The dates of “{column}” have the day first"
        if order == "dmy"
        else "The dates of “{column}” have the month first"
    )
    return kind, None, [*notes, _note(f"profile.{order}", message, guess.name)]


def _text(guess: _Guess) -> str:
    return "M" if guess.facts["longest"] > LONG_TEXT else "C"


def _note(code: str, message: str, name: str) -> Notice:
    return Notice(code, message, {"column": name}, column=name)


def _with_key(
    staged: Staged,
    engine: Engine,
    guesses: list[_Guess],
    proposed: list[ProposedItem],
    rows: int,
) -> list[ProposedItem]:
    """Mark the first column that is never empty and never twice the same as the key."""
    for place, (guess, item) in enumerate(zip(guesses, proposed, strict=True)):
        # The estimate is within a few per cent: it only spares the exact count where hopeless.
        if item.type not in "CI" or item.nullable or rows < 2 or item.distinct < rows * 0.9:
            continue
        doubled = any(
            engine.rows(
                f"SELECT 1 FROM {source(staged)} WHERE {guess.cell} IS NOT NULL AND {turn} "  # noqa: S608 - ours
                f"GROUP BY {guess.cell} HAVING count(*) > 1 LIMIT 1"
            )
            for turn in turns(guess.cell, rows)
        )
        if not doubled:
            key = replace(item, key=True, distinct=rows)
            return [*proposed[:place], key, *proposed[place + 1 :]]
    return proposed
