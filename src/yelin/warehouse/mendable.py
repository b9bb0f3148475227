"""Give refused rows back whole, each with its line and its reasons, to be mended and sent alone.

Their own columns follow upon ours, and what has no column follows upon these. Where such a file
comes back, our columns are known by their names and are no part of it.
"""

import csv
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yelin.files.places import Place

LINE, REASON, REASON_EN = "※原行号", "※未收原因", "※reason"
_SPARE = "※多出"
_OURS = re.compile(f"{LINE}|{REASON}|{REASON_EN}|{_SPARE}[0-9]+")
_AT_ONCE = 2_000
Cells = list[str | None]


def is_ours(name: str) -> bool:
    """Say whether a column is called as those that we put beside refused rows."""
    return _OURS.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Mendable:
    """The refused rows of a file whose columns are called as ``header`` says.

    A row that never was divided into cells is so by ``delimiter`` and ``quote``; of these the file
    had ``nameless`` ones besides, at these places.
    """

    rejected: Place
    header: Sequence[str]
    nameless: Collection[int]
    delimiter: str
    quote: str

    def write(self, target: Place) -> int:
        """Write them as Parquet of text, one row for each line; return their number.

        Of rows that were erased nothing is kept, so these are not among them.
        """
        spare = max((len(cells) for cells in self._undivided()), default=0) - len(self.header)
        names = [REASON, REASON_EN, *self.header, *(f"{_SPARE}{n + 1}" for n in range(spare))]
        kinds: dict[str, pa.DataType] = {LINE: pa.int64()}
        schema = pa.schema(kinds | dict.fromkeys(names, pa.string()))
        count = 0
        with target.open("wb") as sink, pq.ParquetWriter(sink, schema, compression="zstd") as file:
            rows, width = self._rows(), len(schema.names)
            while some := list(islice(rows, _AT_ONCE)):
                padded = (row + [None] * (width - len(row)) for row in some)
                columns = [list(column) for column in zip(*padded, strict=True)]
                file.write_table(pa.table(columns, schema=schema))
                count += len(some)
        return count

    def _undivided(self) -> Iterator[Cells]:
        """Yield the cells of the rows that were refused before they had any."""
        for each in self._refused(["raw"]):
            if isinstance(raw := json.loads(each["raw"]), str):
                yield self._divided(raw)

    def _rows(self) -> Iterator[list[Any]]:
        names = ["line", "column", "reason_zh", "reason_en", "raw"]
        for line, faults in groupby(self._refused(names), itemgetter("line")):
            every = list(faults)
            raw = json.loads(every[0]["raw"])
            cells = self._divided(raw) if isinstance(raw, str) else [*map(raw.get, self.header)]
            reasons = (
                mark.join(dict.fromkeys(_told(each, reason, colon) for each in every))
                for reason, mark, colon in (("reason_zh", "；", "："), ("reason_en", "; ", ": "))
            )
            yield [line, *reasons, *cells]

    def _refused(self, names: list[str]) -> Iterator[dict[str, Any]]:
        with self.rejected.open("rb") as source, pq.ParquetFile(source) as file:
            for batch in file.iter_batches(_AT_ONCE, columns=names):
                yield from (each for each in batch.to_pylist() if each["raw"] is not None)

    def _divided(self, raw: str) -> Cells:
        """Return the cells of a row as far as they can be told apart; what is one text is spare."""
        cells = raw.split("\t")
        if self.delimiter:
            try:
                (cells,) = csv.reader(
                    [raw], delimiter=self.delimiter, quotechar=self.quote, strict=True
                )
            except (csv.Error, TypeError, ValueError):
                cells = [raw]
        if len(cells) == 1 < len(self.header):
            return [*[None] * len(self.header), raw]
        return [cell or None for n, cell in enumerate(cells) if n not in self.nameless]


def _told(refused: dict[str, Any], reason: str, colon: str) -> str:
    return f"{refused['column']}{colon}{refused[reason]}" if refused["column"] else refused[reason]
