"""Stage maps as tables with a column of shapes, in longitude and latitude of the earth."""

import re
from collections.abc import Collection
from dataclasses import replace

from yelin.files.places import Place
from yelin.warehouse import gridded
from yelin.warehouse.datum import EARTH, MOVES
from yelin.warehouse.engine import Engine
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.grid import SHAPE
from yelin.warehouse.gridded import Gridded, Report
from yelin.warehouse.staged import Staged

# What names a system in a shapefile's .prj or in GeoJSON that is older than RFC 7946.
_SAID = (
    (re.compile(r"PROJCS\[|PROJCRS\[", re.IGNORECASE), ""),
    (
        re.compile(r"China.?Geodetic.?Coordinate.?System.?2000|CGCS.?2000|\b4490\b", re.IGNORECASE),
        "cgcs2000",
    ),
    (re.compile(r"WGS.?(19)?84|CRS84|\b4326\b", re.IGNORECASE), "wgs84"),
)
_NAME = re.compile(r'\["([^"]+)"')


def datum_of(said: str, chosen: str | None) -> str:
    """Return which coordinate system a map is in: what a steward says goes before what it says.

    Raises ``Unfit`` for one that is none of those taken, and where nobody says.
    """
    if chosen:
        if chosen not in MOVES:
            raise Unfit(
                "map.datum",
                "The coordinate system {datum} is not known; choose one of {known}",
                {"datum": chosen, "known": list(MOVES)},
            )
        return chosen
    if not said:
        raise Unfit("map.datum", "The map does not say in which coordinate system it is; choose it")
    found = next((name for pattern, name in _SAID if pattern.search(said)), "")
    if not found:
        called = _NAME.search(said)
        raise Unfit(
            "map.datum",
            "The map is in the coordinate system {datum}; save it in longitude and latitude of"
            " CGCS2000",
            {"datum": called[1] if called else said[:100]},
        )
    return found


def located(staged: Staged, datum: str) -> Staged:
    """Return the table with its column of shapes named, and say where they were moved from."""
    notices = list(staged.notices)
    if MOVES[datum]:
        notices.append(
            Notice(
                "map.moved",
                "The coordinates were brought from {datum} to CGCS2000",
                {"datum": datum.upper()},
                column=SHAPE,
            )
        )
    return replace(
        staged,
        shape=SHAPE,
        datum=EARTH if MOVES[datum] else datum,
        loose=False,
        notices=tuple(notices),
    )


def stage(
    source: Place,
    path: str,
    work: Place,
    engine: Engine,
    *,
    datum: str | None,
    expected: Collection[str] = (),
    report: Report = lambda _done: None,
) -> Staged:
    """Stage the shapefile that is called ``path`` in a ZIP. Raises ``Unfit``."""
    grid = work / "grid.ndjson"
    module = "yelin.warehouse.shapes"
    try:
        said = gridded.ask(module, source, grid, path=path, datum=None)["prj"]
        system = datum_of(said, datum)
        found = gridded.ask(module, source, grid, report, path=path, datum=system)
        names = [*found["header"], SHAPE]
        table = Gridded(grid, names, len(names))
        staged = gridded.stage(table, work, engine, expected, report)
    finally:
        grid.unlink(missing_ok=True)
    return located(staged, system)
