"""How the workers of a cluster read a sealed file: some row groups each, by its own key alone."""

import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import types
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition

from yelin.files.places import BUFFER, Sealed, opened
from yelin.keys.sealing import FileKey

# Where a row lies, as the embedded engine says it of every file.
FILE, ROW = "file_index", "file_row_number"
_AT_ONCE = 10_000
_TYPES = {
    pa.bool_(): types.BooleanType(),
    pa.date32(): types.DateType(),
    pa.float64(): types.DoubleType(),
    pa.int64(): types.LongType(),
    pa.string(): types.StringType(),
    pa.timestamp("us"): types.TimestampNTZType(),
}


class Untold(Exception):
    """The cluster may not have the file, or nobody knows how it has one of the columns."""


@dataclass(frozen=True)
class Reading(DataSourceReader):  # type: ignore[misc]  # pyspark is an extra
    """A sealed file of Parquet, and the columns that are wanted of it."""

    path: Path
    key: FileKey
    columns: Sequence[str]
    parts: int

    def partitions(self) -> Sequence[InputPartition]:
        """Return which row groups are read together."""
        with self._opened() as file:
            many = pq.ParquetFile(file).num_row_groups
        each = -(-many // self.parts) or 1
        return [InputPartition(range(at, min(at + each, many))) for at in range(0, many, each)]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a partition, each with its place."""
        with self._opened() as file:
            table = pq.ParquetFile(file)
            groups = partition.value
            at = sum(table.metadata.row_group(each).num_rows for each in range(groups.start))
            batches = table.iter_batches(
                _AT_ONCE, row_groups=list(groups), columns=list(self.columns)
            )
            for batch in batches:
                rows = pa.array(range(at, at + len(batch)), pa.int64())
                file_index = pa.repeat(pa.scalar(0, pa.int64()), len(batch))
                at += len(batch)
                yield pa.RecordBatch.from_arrays(
                    [*batch.columns, file_index, rows], [*self.columns, FILE, ROW]
                )

    def schema(self) -> types.StructType:
        """Return the columns as the cluster has them. Raises ``Untold``."""
        with self._opened() as file:
            found = pq.read_schema(file)
        fields = [types.StructField(name, _type(found.field(name).type)) for name in self.columns]
        places = [types.StructField(name, types.LongType()) for name in (FILE, ROW)]
        return types.StructType([*fields, *places])

    def _opened(self) -> io.BufferedReader:
        return io.BufferedReader(opened(self.path, self.key), BUFFER)


def source(place: Sealed, wanted: Collection[str] | None, parts: int) -> type[DataSource]:
    """Return what reads of a sealed file the columns that are ``wanted``, or all.

    It holds the key of this file, and no text says it. Raises ``SealBroken`` and ``Untold``.
    """
    with place.open("rb") as file:
        names = pq.read_schema(file).names
    columns = [name for name in names if wanted is None or name in wanted]
    reading = Reading(place.path.resolve(), place.key(), columns, parts)
    whole = reading.schema()

    class Source(DataSource):  # type: ignore[misc]  # pyspark is an extra
        @classmethod
        def name(cls) -> str:
            return "sealed"

        def schema(self) -> types.StructType:
            return whole

        def reader(self, schema: types.StructType) -> DataSourceReader:
            del schema
            return reading

    return Source


def _type(kind: pa.DataType) -> types.DataType:
    if pa.types.is_decimal(kind):
        return types.DecimalType(kind.precision, kind.scale)
    if kind not in _TYPES:
        raise Untold(str(kind))
    return _TYPES[kind]
