"""What a reader of one file format gives: the declared columns as text, with the row each stands in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa


class Options(Protocol):
    """How a file is to be opened; None where the reader finds it out."""

    @property
    def sheet(self) -> str | None: ...
    @property
    def delimiter(self) -> str | None: ...
    @property
    def encoding(self) -> str | None: ...


@dataclass(frozen=True)
class Rows:
    """``table``: row_no (int64, spreadsheet row, header = 1) and c0, c1 ... (string), in file order.
    ``broken``: rows with another number of cells than the header. ``blank``: lines without anything."""

    table: pa.Table
    broken: tuple[int, ...] = ()
    blank: int = 0


@dataclass(frozen=True)
class Format:
    """A file format. ``header`` gives the column names as they stand, ``''`` for none; ``read`` the columns at the
    given places of the header and no others. Both raise DataError."""

    endings: tuple[str, ...]
    header: Callable[[Path, Options], tuple[str, ...]]
    read: Callable[[Path, Options, Sequence[int]], Rows]


def text_table(row_no: object, columns: Sequence[pa.Array | pa.ChunkedArray]) -> pa.Table:
    """The table of ``Rows`` from row numbers and text columns."""
    return pa.table(
        [pa.array(row_no, type=pa.int64()), *columns], names=["row_no", *(f"c{i}" for i in range(len(columns)))]
    )
