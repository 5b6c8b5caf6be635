"""CSV files: any delimiter and encoding, gzip, line breaks in quotes, broken lines set aside.

Parsed by Arrow, which reads the asked columns only; the header by Python's csv module, as Arrow cannot tell how
many lines it takes.
"""

from __future__ import annotations

import csv
import gzip
import io
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from metrics.errors import DataError, Place
from metrics.sources.rows import Format, Options, Rows, text_table

DELIMITERS = ",;\t|"
_SENTINEL = "end of file reached outside quotes"


def _open(path: Path) -> Any:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def _lines(path: Path, options: Options) -> Iterator[str]:
    """Lines as they stand; bytes of another encoding are kept, since they may lie in columns that nobody asks for."""
    with (
        _open(path) as file,
        io.TextIOWrapper(file, encoding=_encoding(options), errors="surrogateescape", newline="") as text,
    ):
        yield from text


def _encoding(options: Options) -> str:
    return (
        "utf-8-sig"
        if (options.encoding or "utf-8").lower().replace("_", "-") in ("utf-8", "utf8")
        else (options.encoding or "utf-8-sig")
    )


def _first_record(path: Path, options: Options) -> tuple[list[str], str, int]:
    """(header cells, delimiter, number of the header's row, counted from 0)."""
    try:
        best: tuple[list[str], str, int] = ([], ",", 0)
        for delimiter in options.delimiter or DELIMITERS:
            for number, cells in enumerate(csv.reader(_lines(path, options), delimiter=delimiter)):
                if any(c.strip() for c in cells):
                    if len(cells) > len(best[0]):
                        best = (cells, delimiter, number)
                    break
    except LookupError:
        raise DataError(
            f"Unknown encoding '{options.encoding}'.", path.name, "Use one that Python knows, such as cp1258."
        ) from None
    except (csv.Error, EOFError, OSError):
        raise DataError("The header cannot be read.", Place(path.name, 1), "Save it again as CSV.") from None
    if not best[0]:
        raise DataError("The file is empty.", path.name, "Export it again, with its header row.")
    if any("\udc80" <= letter <= "\udcff" for cell in best[0] for letter in cell):
        raise _not_text(path, options)
    return best


def _not_text(path: Path, options: Options) -> DataError:
    return DataError(
        f"The file is not {options.encoding or 'UTF-8'} text.",
        path.name,
        "Save it as UTF-8, or declare its 'encoding' (often cp1258 or cp1252).",
    )


def header(path: Path, options: Options) -> tuple[str, ...]:
    """Column names, trimmed."""
    return tuple(c.strip() for c in _first_record(path, options)[0])


def read(path: Path, options: Options, columns: Sequence[int]) -> Rows:
    """The columns at these places of the header as text. Raises DataError for text of another encoding and for a
    quote that is never closed, since it would swallow rows."""
    cells, delimiter, skipped = _first_record(path, options)
    _quotes_closed(path, options, delimiter)
    broken: list[int] = []
    empty: list[int] = []

    def aside(row: Any) -> str:
        (broken if row.text.strip() else empty).append(row.number)
        return "skip"

    names = [f"c{i}" for i in range(len(cells))]
    wanted = [names[i] for i in columns]
    encoding = _encoding(options)
    try:
        table = arrow_csv.read_csv(
            path,
            read_options=arrow_csv.ReadOptions(
                use_threads=False,  # row numbers of broken lines are known only then
                column_names=names,
                skip_rows_after_names=skipped + 1,
                encoding="utf8" if encoding == "utf-8-sig" else encoding,
                block_size=1 << 26,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=aside
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=wanted, column_types=dict.fromkeys(wanted, pa.string()), strings_can_be_null=False
            ),
        )
    except UnicodeDecodeError:
        raise _not_text(path, options) from None
    except (pa.ArrowInvalid, OSError) as error:
        if "UTF8" in str(error) or "decode" in str(error):
            raise _not_text(path, options) from None
        raise DataError("The file cannot be read as CSV.", path.name, "Save it again as CSV.") from None
    numbers = np.arange(skipped + 2, skipped + 2 + table.num_rows + len(broken) + len(empty), dtype=np.int64)
    aside_rows = np.array(broken + empty, dtype=np.int64)
    kept = numbers[~np.isin(numbers, aside_rows)] if len(aside_rows) else numbers
    return Rows(text_table(kept, table.columns), tuple(broken), len(empty))


def _quotes_closed(path: Path, options: Options, delimiter: str) -> None:
    """A quote without its partner swallows everything up to the next quote, or to the end of the file."""
    quotes = 0
    with _open(path) as file:
        while block := file.read(1 << 24):
            quotes += block.count(b'"')
    if quotes % 2 == 0:
        return
    last: list[str] = []
    number = 0
    try:
        lines = itertools.chain(_lines(path, options), [_SENTINEL])
        for number, last in enumerate(csv.reader(lines, delimiter=delimiter)):  # noqa: B007
            pass
    except csv.Error:
        last = []
    if last != [_SENTINEL]:
        raise DataError(
            "A quote is opened and never closed, so rows run together.",
            Place(path.name, number + 1),
            "Close the quote in the source, or export the file again.",
        )


FORMAT = Format((".csv", ".csv.gz", ".tsv", ".txt"), header, read)
