"""Stage JSON, as an array of objects or of rows, or as a value on each line."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from yelin.files.places import Place
from yelin.warehouse import gridded, maps
from yelin.warehouse.decode import Decoded
from yelin.warehouse.engine import Engine
from yelin.warehouse.findings import Notice, Unfit
from yelin.warehouse.gridded import Gridded, Report
from yelin.warehouse.staged import Staged

MOST_NOTICES = 20
_BEGINS = re.compile(rb'\s*(?:\{\s*["}]|\[\s*[\[{"\]\d-])')
_HEAD = 4_096


def is_json(decoded: Decoded) -> bool:
    """Say whether a text begins as JSON does."""
    with decoded.path.open("rb") as stream:
        stream.seek(decoded.start)
        return _BEGINS.match(stream.read(_HEAD)) is not None


def stage(
    decoded: Decoded,
    work: Place,
    engine: Engine,
    *,
    sheet: str | None = None,
    header_line: int | None = None,
    datum: str | None = None,
    expected: Collection[str] = (),
    report: Report = lambda _done: None,
) -> tuple[str, Staged]:
    """Stage the chosen array of a document, or its longest; return which kind of JSON it is.

    What a value holds inside stays JSON text. An object with a key twice, and a line that is no
    JSON, are refused. Raises ``Unfit`` for a document that is not whole.
    """
    grid = work / "grid.ndjson"
    ask = partial(
        gridded.ask,
        "yelin.warehouse.objects",
        decoded.path,
        grid,
        start=decoded.start,
        sheet=sheet,
        headed=header_line != 0,
        bad_lines=decoded.bad_lines,
    )
    system = None
    try:
        found = ask(report=report, datum=None)
        if "crs" in found:
            # GeoJSON that says nothing is of WGS 84 (RFC 7946, 4).
            system = maps.datum_of(found["crs"] or "WGS84", datum)
            found = ask(report=report, datum=system)
        if decoded.bad_lines and not found["lines"]:
            raise _mixed(decoded)
        names = list(expected) if found["header"] is None else found["header"]
        staged = gridded.stage(
            Gridded(grid, names, found["width"], encoding=decoded.encoding),
            work,
            engine,
            expected,
            report,
        )
    except Unfit as unfit:
        # What is in another encoding breaks the document, too.
        if decoded.bad_lines and unfit.code == "json.broken":
            raise _mixed(decoded) from None
        raise
    finally:
        grid.unlink(missing_ok=True)
    notices = (*staged.notices, *_notices(found, staged.header))
    kind = "geojson" if system else "ndjson" if found["lines"] else "json"
    if system:
        staged = maps.located(replace(staged, notices=notices), system)
        notices = staged.notices
    return kind, replace(
        staged,
        sheet=found["sheet"],
        sheets=tuple(found["sheets"]),
        loose=False,
        notices=notices,
    )


def _mixed(decoded: Decoded) -> Unfit:
    line = decoded.bad_lines[0][0]
    return Unfit(
        "encoding.mixed",
        "Line {line} is not {encoding}, as the rest of the JSON is; save all of it as UTF-8",
        {"line": line, "encoding": decoded.encoding},
        line=line,
    )


def _notices(found: dict[str, Any], header: tuple[str, ...]) -> Iterator[Notice]:
    if len(found["sheets"]) > 1:
        others = [name for name in found["sheets"] if name != found["sheet"]]
        yield Notice(
            "sheet.others",
            "The sheet “{sheet}” was read; the file also has {others}",
            {"sheet": found["sheet"], "others": others},
        )
    if not found["lines"]:
        yield Notice(
            "rows.counted", "The rows are counted as they stand in the file: line 3 is the third"
        )
    ragged = [
        (name, many)
        for name, many in zip(header, found["filled"], strict=False)
        if many < found["seen"]
    ]
    for name, many in ragged[:MOST_NOTICES]:
        yield Notice(
            "keys.ragged",
            "“{column}” stands in {count} of {rows}; in the other objects it is empty",
            {"column": name, "count": many, "rows": found["seen"]},
            column=name,
        )
    if len(ragged) > MOST_NOTICES:
        yield Notice(
            "keys.ragged_more",
            "Keys in all that stand in some objects only: {count}",
            {"count": len(ragged)},
        )
    for name, many in zip(header, found["nested"], strict=False):
        if many:
            yield Notice(
                "values.nested",
                "Values of “{column}” that hold others inside and are kept as JSON text: {count}",
                {"column": name, "count": many},
                column=name,
            )
