"""Whatever file comes in, every row of it is kept or refused, and what becomes of it is written.

A made corpus, file by file, and the real one beside the project where it is there. Rows are counted
by readers that are not ours. ``PROVE_WRITE=1`` writes docs/outcomes.md.
"""

import csv
import io
import json
import os
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq

from prove.corpus import made
from yelin.warehouse.archive import TABLES
from yelin.warehouse.findings import Unfit
from yelin.warehouse.items import ItemSpec
from yelin.warehouse.pipeline import Prepared, prepare

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs" / "outcomes.md"
REAL = Path(os.environ.get("YELIN_SHARED", ROOT.parent / "shared" / "data"))
LARGEST = 8 << 20
# No tables, and not meant to be read as such.
LEFT_OUT = {"csvw", "tlog-tiles", "merkle-rfc6962", "sm-crypto", "dcat-ap"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file; ``counted`` is what another reader found, where there is one."""

    name: str
    kind: str
    becomes: str
    counted: int | None = None
    reasons: str = ""

    @property
    def loses(self) -> bool:
        """Whether rows that another reader found are neither kept nor refused."""
        if self.counted is None or "+" not in self.becomes:
            return False
        return sum(map(int, self.becomes.split("+"))) != self.counted


def main(scale: float = 1.0) -> None:
    """Bring every file in and compare; below scale 1 only a part of what is made and small."""
    csv.field_size_limit(1 << 30)
    outcomes, wrong = [], []
    for number, each in enumerate(made()):
        if scale < 1 and (each.big or number % round(1 / scale)):
            continue
        outcome = _brought(each.name, each.content())
        outcomes.append(outcome)
        if outcome.becomes != each.becomes or outcome.loses:
            wrong.append(f"{outcome} instead of {each.becomes}")
    print(f"{len(outcomes)} made files: {len(wrong)} otherwise than they must")
    assert not wrong, "\n".join(wrong)
    real: dict[str, list[Outcome]] = defaultdict(list)
    if scale >= 1 and REAL.is_dir():
        real = _real()
    if os.environ.get("PROVE_WRITE"):
        TABLE.write_text(_written(outcomes, real), encoding="utf-8")
    lost = [each for found in real.values() for each in found if each.loses]
    files, rows = sum(map(len, real.values())), _sum(each for f in real.values() for each in f)
    print(f"{files} real files, {rows} rows: {len(lost)} counted otherwise by another reader")
    assert not lost, "\n".join(map(str, lost))
    print("ok: no row is lost in silence")


def _brought(name: str, content: bytes) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / name
        source.write_bytes(content)
        try:
            first = prepare(source, name, Path(folder) / "first")
        except Unfit as unfit:
            return Outcome(name, "–", unfit.code, reasons=str(unfit))
        items = [
            ItemSpec(each.name, each.type, nullable=True) for each in first.proposed if each.name
        ]
        second = prepare(source, name, Path(folder) / "second", items)
        # By its items or without, a file has as many rows.
        assert _all(second) == _all(first), (name, _all(first), _all(second))
        reasons = ", ".join(f"{code} {count}" for code, count in second.reasons.items())
        becomes = f"{second.rows} + {second.refused}"
        # Where quotes do not pair, no other reader finds the rows again.
        counted = None if "quoting" in second.reasons else _counted(content, first)
        return Outcome(name, first.source.kind, becomes, counted, reasons)


def _all(found: Prepared) -> int:
    blank = sum(int(n.params["count"]) for n in found.notices if n.code == "rows.blank")
    return found.rows + found.refused + blank


def _counted(content: bytes, found: Prepared) -> int | None:
    """Return how many rows of data another reader finds below the same header."""
    source = found.source
    if source.kind == "csv" and not source.sheet:
        return _csv(content, found)
    if source.kind == "parquet":
        return int(pq.read_metadata(io.BytesIO(content)).num_rows)
    if source.kind == "ndjson":
        lines = content.decode(source.encoding).lstrip("\ufeff").splitlines()
        return sum(1 for line in lines if line.strip())
    if source.kind in {"json", "geojson"}:
        return _json(content.decode(source.encoding).lstrip("\ufeff"), found)
    if source.kind == "xlsx":
        return _xlsx(content, found)
    return None


def _xlsx(content: bytes, found: Prepared) -> int:
    sheet = openpyxl.load_workbook(io.BytesIO(content))[found.source.sheet]
    first = found.source.header_line
    # Names of several levels are joined; the lowest of each stands in the last row of the header.
    joined = [re.sub(r"_\d+$", "", name) for name in found.header if "/" in name]
    below = first
    for number in range(first, first + 3) if first and joined else ():
        row = next(sheet.iter_rows(min_row=number, max_row=number, values_only=True))
        names = tuple(f"/{str(cell).strip()}" for cell in row if cell is not None)
        if all(name.endswith(names) for name in joined):
            below = number
            break
    rows = sheet.iter_rows(min_row=below + 1, values_only=True)
    return sum(1 for row in rows if any(str(cell).strip() for cell in row if cell is not None))


def _csv(content: bytes, found: Prepared) -> int | None:
    source = found.source
    if len(source.delimiter) != 1 or source.delimiter == "\x1f":
        return None
    text = content.decode(source.encoding.replace("cp950", "big5hkscs"), "replace")
    rows = csv.reader(
        io.StringIO(text.lstrip("\ufeff").replace("\x00", " "), newline=""),
        delimiter=source.delimiter,
        quotechar=source.quote,
    )
    titles = sum(1 for notice in found.notices if notice.code == "title")
    filled = sum(1 for row in rows if any(cell.strip() for cell in row))
    return filled - titles - (1 if source.header_line else 0)


def _json(text: str, found: Prepared) -> int | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    if found.source.kind == "geojson":
        return len(value["features"])
    rest = found.source.sheet
    while rest:
        # A key may have dots of its own.
        key = max((key for key in value if f"{rest}.".startswith(f"{key}.")), key=len)
        value, rest = value[key], rest[len(key) + 1 :]
    if isinstance(value, dict):
        return 1
    is_headed = not isinstance(value[0], dict) and list(found.header) == value[0]
    return len(value) - (1 if is_headed else 0)


def _real() -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = defaultdict(list)
    for path in sorted(REAL.rglob("*")):
        folder = path.relative_to(REAL).parts[0]
        if not path.is_file() or folder in LEFT_OUT or path.parent == REAL:
            continue
        if path.suffix.lower() in TABLES | {".zip"} and path.stat().st_size <= LARGEST:
            found[folder].append(_brought(path.name, path.read_bytes()))
            print(".", end="", file=sys.stderr, flush=True)
    return found


def _sum(outcomes: Iterable[Outcome]) -> int:
    return sum(sum(map(int, each.becomes.split("+"))) for each in outcomes if "+" in each.becomes)


def _written(outcomes: list[Outcome], real: dict[str, list[Outcome]]) -> str:
    lines = [
        "# What becomes of a file",
        "",
        "Written by `PROVE_WRITE=1 .venv/bin/python -m prove outcomes`, which checks it as well; a",
        "part is in `make test`. Every file is brought in twice: to see which items it suggests,",
        "and by them. *Kept + refused* are its rows; *counted* is what another reader finds in it:",
        "Python's `csv` and `json`, openpyxl, pyarrow.",
        "",
        "## Made files",
        "",
        "| file | kind | kept + refused | counted | why |",
        "| --- | --- | --- | --- | --- |",
    ]
    for each in outcomes:
        counted = "–" if each.counted is None else str(each.counted)
        becomes = each.becomes if "+" in each.becomes else f"refused: `{each.becomes}`"
        lines.append(f"| {each.name} | {each.kind} | {becomes} | {counted} | {each.reasons} |")
    if real:
        lines += [
            "",
            "## Real files",
            "",
            "Catalogs, statistics, code tables, maps and the test suites of peers, by folder.",
            "",
            "| folder | files | tables | kept + refused | refused whole | counted otherwise |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
    for folder, found in real.items():
        tables = [each for each in found if "+" in each.becomes]
        kept = sum(int(each.becomes.split("+")[0]) for each in tables)
        refused = sum(int(each.becomes.split("+")[1]) for each in tables)
        codes = Counter(each.becomes for each in found if "+" not in each.becomes)
        why = ", ".join(f"`{code}` {many}" for code, many in sorted(codes.items())) or "–"
        otherwise = sum(1 for each in tables if each.loses) or "–"
        rows = f"{kept:,} + {refused:,}"
        lines.append(f"| {folder} | {len(found)} | {len(tables)} | {rows} | {why} | {otherwise} |")
    return "\n".join(lines) + "\n"
