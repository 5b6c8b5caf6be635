"""A table as CSV: UTF-8 with byte order mark, comma, CRLF (RFC 4180), full stops as decimal marks.

It is the form for other programs; the XLSX is the one for people, where the spreadsheet writes numbers in its
reader's way.
"""

from __future__ import annotations

import csv
from io import StringIO
from math import isfinite

from metrics.exports.table import Cell, Table

#: A spreadsheet takes text that begins so for a formula (OWASP, "CSV Injection"), the full-width forms included.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(table: Table) -> bytes:
    """The whole table, every column in every row; nulls are empty, numbers unrounded, text is never a formula."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(c.name) for c in table.columns])
    writer.writerows([_text(cell) for cell in row] for row in table.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def harmless(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe before what could begin a formula, leading blanks or not."""
    return "'" + text if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text


def _text(cell: Cell) -> str:
    if cell is None or (isinstance(cell, float) and not isfinite(cell)):
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    return repr(cell)
