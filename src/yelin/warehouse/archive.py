"""Find the table in a ZIP: the one that it holds, or of several the one that is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from yelin.files.places import Place
from yelin.warehouse import gridded
from yelin.warehouse.findings import Unfit

TABLES = {
    ".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xls", ".ods", ".json", ".ndjson", ".jsonl",
    ".geojson", ".parquet", ".shp",
}  # fmt: skip
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Found:
    """The file that was taken out, which ones there were to choose from, and its own sheet."""

    path: str
    paths: Sequence[str]
    sheet: str | None

    @property
    def is_map(self) -> bool:
        """Whether it is a shapefile, which is read with the files beside it."""
        return PurePosixPath(self.path).suffix.lower() == ".shp"

    def named(self, sheet: str) -> str:
        """Return how one of its own sheets is called from outside."""
        return f"{self.path}/{sheet}" if sheet else self.path


def listed(source: Place, scratch: Place) -> list[str]:
    """Return the paths of all files of a ZIP. Raises ``Unfit``."""
    said = gridded.ask("yelin.warehouse.packed", source, scratch, wanted=[])
    return list(said["paths"])


def take_out(source: Place, target: Place, wanted: str | None) -> Found:
    """Write the table that was wanted, or the first, to ``target``. Raises ``Unfit``."""
    paths = listed(source, target)
    tables = [path for path in paths if PurePosixPath(path).suffix.lower() in TABLES]
    tables = tables or (paths if len(paths) == 1 else [])
    if not tables:
        raise Unfit(
            "zip.tables",
            "The archive holds no table, but {names}",
            {"names": list(paths[:SHOWN]) or "0"},
        )
    path, sheet = _chosen(tables, wanted) if wanted else (tables[0], None)
    found = Found(path, tables, sheet)
    if not found.is_map:
        gridded.ask("yelin.warehouse.packed", source, target, wanted=[path])
    return found


def _chosen(tables: Sequence[str], wanted: str) -> tuple[str, str | None]:
    if wanted in tables:
        return wanted, None
    for path in tables:
        if wanted.startswith(f"{path}/"):
            return path, wanted.removeprefix(f"{path}/")
    raise Unfit(
        "sheet.missing",
        "There is no sheet “{sheet}”; the file has {sheets}",
        {"sheet": wanted, "sheets": list(tables[:SHOWN])},
    )
