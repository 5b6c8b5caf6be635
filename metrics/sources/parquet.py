"""Parquet files, by Arrow. Row 2 is the first row, as in the other formats."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from metrics.errors import DataError, Place
from metrics.sources.rows import Format, Options, Rows, text_table


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError):
        raise DataError("The file cannot be read as Parquet.", path.name, "Write it again.") from None


def header(path: Path, options: Options) -> tuple[str, ...]:
    """Column names."""
    with _open(path) as file:
        return tuple(file.schema_arrow.names)


def read(path: Path, options: Options, columns: Sequence[int]) -> Rows:
    """The columns at these places as text: numbers plain, times ISO with their offset."""
    with _open(path) as file:
        names = [file.schema_arrow.names[i] for i in columns]
        for name in names:
            if pa.types.is_nested(file.schema_arrow.field(name).type):
                raise DataError(
                    "A column of lists or structs cannot be read.", Place(path.name, None, name), "Flatten it."
                )
        table = file.read(columns=names)
    numbers = np.arange(2, 2 + table.num_rows, dtype=np.int64)
    return Rows(text_table(numbers, [_text(table.column(name)) for name in names]))


def _text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    text = pc.cast(values, pa.string())
    if pa.types.is_floating(values.type) or pa.types.is_decimal(values.type):
        # a fourth decimal says that three are no thousands
        text = pc.replace_substring_regex(text, r"^([+-]?\d+\.\d{3})$", r"\10")
    return text


FORMAT = Format((".parquet",), header, read)
