"""Stage one sheet of a workbook as text, as ``parse`` stages a text file."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from yelin.files.places import Place
from yelin.warehouse import gridded, titles
from yelin.warehouse.engine import Engine
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.gridded import Gridded, Report
from yelin.warehouse.items import fold
from yelin.warehouse.layout import HEADER_WITHIN
from yelin.warehouse.staged import Staged

LEVELS = 3

Cells = list[str | None]


@dataclass(slots=True)
class _Top:
    """The first rows of a sheet, by their number, and the merged ranges among them."""

    rows: dict[int, Cells]
    merges: list[tuple[int, int, int, int]]
    width: int

    def spread(self, number: int) -> Cells:
        """Return a row with the value of every merged range in each of its cells."""
        cells = list(self.rows.get(number, []))
        cells += [None] * (self.width - len(cells))
        for top, left, bottom, right in self.merges:
            if top <= number <= bottom:
                owner = self.rows.get(top, [])
                value = owner[left] if left < len(owner) else None
                for place in range(left, min(right + 1, self.width)):
                    cells[place] = value
        return cells


def stage(
    source: Place,
    kind: str,
    work: Place,
    engine: Engine,
    *,
    sheet: str | None = None,
    header_line: int | None = None,
    expected: Collection[str] = (),
    report: Report = lambda _done: None,
) -> Staged:
    """Stage the chosen sheet, or the first visible one that has rows.

    A workbook is read by a child process with limits on memory and time, for it may be hostile.
    Cells whose stored value is not what was meant (numbers beyond fifteen digits, failed
    formulas) refuse their row. Raises ``Unfit``.
    """
    grid = work / "grid.ndjson"
    try:
        found = gridded.ask(
            "yelin.warehouse.workbook", source, grid, report, kind=kind, sheet=sheet
        )
        return _stage(found, grid, work, engine, header_line, expected, report)
    finally:
        grid.unlink(missing_ok=True)


def _stage(
    found: dict[str, Any],
    grid: Place,
    work: Place,
    engine: Engine,
    header_line: int | None,
    expected: Collection[str],
    report: Report,
) -> Staged:
    top = _top(found, grid)
    wanted = {fold(name) for name in expected}
    first, last, passed = _header_rows(top, header_line, wanted)
    names = list(expected) if header_line == 0 else _names(top, first, last, wanted)
    table = Gridded(grid, names, found["width"], last)
    staged = gridded.stage(table, work, engine, expected, report)
    return replace(
        staged,
        header_line=first,
        sheet=found["sheet"],
        sheets=(*found["sheets"], *found["hidden"]),
        merges=tuple((a, b, c, d) for a, b, c, d in found["merges"] if a > last and c > a),
        notices=(*_notices(found, top, passed), *staged.notices),
    )


def _top(found: dict[str, Any], grid: Place) -> _Top:
    rows = {}
    with grid.open("rb") as stream:
        for line in islice(stream, HEADER_WITHIN + LEVELS):
            row = json.loads(line)
            rows[int(row["r"])] = row["c"]
    highest = max(rows)
    merges = [tuple(merge) for merge in found["merges"] if merge[0] <= highest]
    return _Top(rows, merges, found["width"])


def _header_rows(
    top: _Top, header_line: int | None, wanted: Collection[str]
) -> tuple[int, int, list[int]]:
    """Return the first and last row of the header (0 where there is none) and the rows above it."""
    numbers = sorted(top.rows)
    if header_line == 0:
        return 0, 0, []
    if header_line is not None:
        if header_line not in top.rows:
            raise Unfit(
                "header.line",
                "Line {line} is not among the first lines of the table",
                {"line": header_line},
                line=header_line,
            )
        first = header_line
    else:
        above = titles.above([*map(top.spread, numbers)], wanted, spread=True)
        below = [number for place, number in enumerate(numbers) if place not in above]
        first = _likeliest(top, below or numbers, wanted)
    last = min(first + _depth(top, first) - 1, numbers[-1])
    return first, last, [number for number in numbers if number < first]


def _likeliest(top: _Top, numbers: Sequence[int], wanted: Collection[str]) -> int:
    if wanted:

        def hits(number: int, depth: int) -> int:
            names = _names(top, number, number + depth - 1, wanted)
            return len({fold(name) for name in names} & set(wanted))

        def named(number: int) -> tuple[int, int]:
            # By its own depth first: a title above the header shares in the names of a deeper one.
            return hits(number, _depth(top, number)), max(
                hits(number, depth) for depth in range(1, LEVELS + 1)
            )

        best = max(numbers, key=named)
        if any(named(best)):
            return best
    for number in numbers:
        cells = top.spread(number)
        filled = [cell for cell in cells if cell and cell.strip()]
        if len(filled) * 2 >= top.width and len({*filled}) * 3 >= min(top.width, 6):
            return number
    return numbers[0]


def _depth(top: _Top, first: int) -> int:
    """Return over how many rows a header goes, as its merged cells tell."""
    last = max((bottom for at, _, bottom, _ in top.merges if at == first), default=first)
    while last - first + 1 < LEVELS and _is_parted(top, last):
        last += 1
    return min(LEVELS, last - first + 1)


def _is_parted(top: _Top, number: int) -> bool:
    """Whether a cell of this row goes over columns that have names of their own below it."""
    across = any(at == bottom == number and right > left for at, left, bottom, right in top.merges)
    below = [cell for cell in top.rows.get(number + 1, ()) if cell]
    return across and bool(below) and not any(titles.NUMBER.fullmatch(cell) for cell in below)


def _names(top: _Top, first: int, last: int, wanted: Collection[str]) -> list[str]:
    """Return one name a column; levels are joined as 上/下 unless the lower one alone is wanted."""
    levels = [top.spread(number) for number in range(first, last + 1)]
    names = []
    for column in zip(*levels, strict=True):
        parts: list[str] = []
        for cell in column:
            text = (cell or "").strip()
            if text and text not in parts[-1:]:
                parts.append(text)
        names.append("/".join(parts))
    if wanted and last > first:
        lowest = [name.rpartition("/")[2] for name in names]
        names = [
            low
            if fold(low) in wanted and fold(name) not in wanted and lowest.count(low) == 1
            else name
            for name, low in zip(names, lowest, strict=True)
        ]
    return names


def _notices(found: dict[str, Any], top: _Top, passed: Sequence[int]) -> list[Notice]:
    notices = []
    others = [name for name in found["sheets"] if name != found["sheet"]]
    if others:
        notices.append(
            Notice(
                "sheet.others",
                "The sheet “{sheet}” was read; the file also has {others}",
                {"sheet": found["sheet"], "others": list(others)},
            )
        )
    if found["hidden"]:
        notices.append(
            Notice(
                "sheet.hidden",
                "The workbook has hidden sheets: {hidden}",
                {"hidden": list(found["hidden"])},
            )
        )
    notices += [
        Notice(
            "title",
            "Line {line} above the header was skipped: {text}",
            {"line": line, "text": " ".join(cell for cell in top.rows[line] if cell)[:200]},
            line=line,
        )
        for line in passed
    ]
    return notices
