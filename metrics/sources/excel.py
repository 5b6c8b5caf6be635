"""Excel workbooks (.xlsx, .xlsm), by openpyxl in its streaming mode. The first row is the header."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
from openpyxl.utils.exceptions import InvalidFileException

from metrics.errors import DataError
from metrics.sources.rows import Format, Options, Rows, text_table


@contextmanager
def _sheet(path: Path, options: Options) -> Iterator[Any]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError):
        raise DataError("The workbook cannot be opened.", path.name, "Save it again as .xlsx.") from None
    try:
        names = book.sheetnames
        if options.sheet is not None and options.sheet not in names:
            raise DataError(f"There is no sheet '{options.sheet}'.", path.name, "It has: " + ", ".join(names) + ".")
        if options.sheet is None and len(names) > 1:
            raise DataError(
                "The workbook has several sheets.", path.name, f"Declare 'sheet', one of: {', '.join(names)}."
            )
        sheet = book[options.sheet or names[0]]
        sheet.reset_dimensions()  # what the file says of its own size is often wrong
        yield sheet
    finally:
        book.close()


def _text(value: Any) -> str:
    """A cell as the text a CSV would hold."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, float):
        return plain_number(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def plain_number(value: float) -> str:
    """Digits of a number cell. A fourth decimal says that three are no thousands."""
    text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return text + "0" if len(text.partition(".")[2]) == 3 else text


def header(path: Path, options: Options) -> tuple[str, ...]:
    """Column names, trimmed; trailing empty cells left out."""
    with _sheet(path, options) as sheet:
        first = next(sheet.iter_rows(max_row=1, values_only=True), ())
    names = [_text(c).strip() for c in first]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise DataError("The first row is empty.", path.name, "Put the column names into row 1.")
    return tuple(names)


def read(path: Path, options: Options, columns: Sequence[int]) -> Rows:
    """The columns at these places of the header as text."""
    texts: list[list[str]] = [[] for _ in columns]
    numbers: list[int] = []
    with _sheet(path, options) as sheet:
        for number, cells in enumerate(sheet.iter_rows(min_row=2, values_only=True), start=2):
            numbers.append(number)
            for column, target in zip(columns, texts):
                target.append(_text(cells[column]) if column < len(cells) else "")
    return Rows(text_table(numbers, [pa.array(t, type=pa.string()) for t in texts]))


FORMAT = Format((".xlsx", ".xlsm"), header, read)
