""" "Table · Download" under a chart: the numbers behind it, and the files to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from metrics.answers import Answer
from metrics.exports.csv import to_csv
from metrics.exports.table import Cell, Column, Kind, Table, of_answers
from metrics.exports.xlsx import to_xlsx
from metrics.words import DASH, Words
from pages.parts.cards import esc, show
from pages.parts.frame import Page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 400
"""Rows drawn on the page; the files hold all."""


def table_and_download(page: Page, answers: Sequence[Answer], key: str) -> None:
    """The line under a chart that shows these answers; ``key`` is unique on the page. Nothing without answers."""
    if answers:
        table_line(page, lambda: of_answers(answers, page.strategy, page.w), key)


def table_line(page: Page, make: Callable[[], Table], key: str) -> None:
    """A closed line that opens to the table and its two files. Closed it costs one element and builds nothing;
    the files are made when their button is pressed."""
    w = page.w
    with st.container(key=f"table-{key}"):
        box = st.expander(w("Table · Download"), key=f"open-{key}", on_change="rerun")
        if not box.open:
            return
        table = make()
        with box:
            show(table_html(table, w))
            with st.container(horizontal=True, key=f"files-{key}"):
                name = file_name(table)
                st.download_button(
                    w("Download XLSX"),
                    lambda: to_xlsx(table, w),
                    file_name=f"{name}.xlsx",
                    mime=XLSX,
                    key=f"xlsx-{key}",
                    on_click="ignore",
                )
                st.download_button(
                    w("Download CSV"),
                    lambda: to_csv(table),
                    file_name=f"{name}.csv",
                    mime="text/csv",
                    key=f"csv-{key}",
                    on_click="ignore",
                )


def file_name(table: Table) -> str:
    return f"{table.name}-draft" if table.draft else table.name


def table_html(table: Table, w: Words) -> str:
    """What is the same for all rows in words above, the rest as a table with figures of equal width at the right."""
    places = table.per_row()
    above = " · ".join(f"{esc(name)}: <b>{esc(cell_text(value, w))}</b>" for name, value in _once(table, w))
    head = "".join(_head(table.columns[i]) for i in places)
    body = "".join(
        "<tr>" + "".join(_cell(row[i], table.columns[i], first=n == 0, w=w) for n, i in enumerate(places)) + "</tr>"
        for row in table.rows[:MOST]
    )
    rest = len(table.rows) - MOST
    more = f'<div class="foot2"><span>{esc(w("{count} more rows in the files.", count=w.number(rest)))}</span></div>'
    return (
        f'<div class="sub">{above}</div><div class="tw" tabindex="0" role="region" aria-label="{esc(table.title)}">'
        f'<table class="t n"><caption class="vh">{esc(table.title)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{more if rest > 0 else ''}"
    )


def cell_text(cell: Cell, w: Words, column: Column | None = None) -> str:
    """A cell as the page says it: rounded, in the reader's number format; an en dash where nothing stands."""
    if cell is None:
        return "–"
    if column and column.kind is Kind.PERIOD:
        return DASH.join(w.period(part) for part in str(cell).split("/"))
    if column and column.kind is Kind.DAY:
        return w.day(date.fromisoformat(str(cell)))
    if isinstance(cell, str):
        return cell
    return w.number(cell, column.digits if column else 0)


def _once(table: Table, w: Words) -> list[tuple[str, Cell]]:
    by_name = {c.name: c for c in table.columns}
    return [(name, cell_text(value, w, by_name[name])) for name, value in table.said_once()]


def _head(column: Column) -> str:
    side = ' class="r"' if column.kind is Kind.NUMBER else ""
    return f'<th scope="col"{side}>{esc(column.name)}</th>'


def _cell(cell: Cell, column: Column, first: bool, w: Words) -> str:
    text = esc(cell_text(cell, w, column))
    if column.kind is Kind.NUMBER:
        return f'<td class="r">{text}</td>'
    return f'<th scope="row">{text}</th>' if first else f"<td>{text}</td>"
