"""A table as an Excel workbook: what it is above, the table with filters below, numbers as numbers."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from math import isfinite
from typing import Any

import xlsxwriter

from metrics.exports.table import Column, Kind, Table, release_mark
from metrics.words import Words

#: Widest column, in characters.
WIDEST = 44


def to_xlsx(table: Table, w: Words) -> bytes:
    """The workbook's bytes, the same for the same table.

    Text is written as text, so nothing in it is ever a formula or a link. The document properties name no person
    and no machine, and its date is the data date, not the clock."""
    out = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    book = xlsxwriter.Workbook(out, options)
    mark = release_mark(table.draft, w)
    created = datetime.fromisoformat(table.as_of).replace(hour=0, minute=0, second=0, microsecond=0)
    book.set_properties(
        {"title": table.title, "subject": mark, "author": "", "manager": "", "company": "", "created": created}
    )
    book.set_custom_property("Draft", "yes" if table.draft else "no", "text")
    bold = book.add_format({"bold": True, "valign": "top"})
    plain = book.add_format({"valign": "top"})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    numbers = {c.digits: book.add_format({"num_format": _format(c), "valign": "top"}) for c in table.columns}
    sheet = book.add_worksheet(w("Table"))
    sheet.write_string(0, 0, table.title, book.add_format({"bold": True, "font_size": 14}))
    line = 1
    if table.draft:
        sheet.write_string(line, 0, w("Draft: nobody has published these numbers; they may still change."), bold)
        line += 1
    for name, value in table.said_once():
        sheet.write_string(line, 0, name, bold)
        _write(sheet, line, 1, value, plain, plain)
        line += 1
    line += 1
    for i, column in enumerate(table.columns):
        sheet.write_string(line, i, column.name, head)
    for offset, row in enumerate(table.rows, start=1):
        for i, (column, cell) in enumerate(zip(table.columns, row)):
            _write(sheet, line + offset, i, cell, numbers[column.digits], plain)
    for i, column in enumerate(table.columns):
        longest = max([len(column.name), 9, *(len(cell) for row in table.rows if isinstance(cell := row[i], str))])
        sheet.set_column(i, i, min(WIDEST, longest + 2))
    if table.rows:
        sheet.autofilter(line, 0, line + len(table.rows), len(table.columns) - 1)
    sheet.freeze_panes(line + 1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{_plain(table.title)}&R{_plain(mark)} · {table.as_of}")
    book.close()
    return out.getvalue()


def _format(column: Column) -> str:
    if column.kind is not Kind.NUMBER:
        return "General"
    return "#,##0" + ("." + "0" * column.digits if column.digits else "")


def _write(sheet: Any, line: int, place: int, cell: Any, number: Any, text: Any) -> None:
    if cell is None or (isinstance(cell, float) and not isfinite(cell)):
        sheet.write_blank(line, place, None, text)
    elif isinstance(cell, str):
        sheet.write_string(line, place, cell, text)
    else:
        sheet.write_number(line, place, cell, number)


def _plain(text: str) -> str:
    """Header and footer texts of a sheet have codes that begin with an ampersand."""
    return text.replace("&", "&&")
