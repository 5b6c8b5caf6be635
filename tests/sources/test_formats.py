"""Three formats give the same rows; spreadsheet rows are counted as a spreadsheet does; nothing else is read."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from metrics.errors import DataError

HEAD = ["id", "opened", "channel", "wait", "done", "order"]
ROWS: list[list[Any]] = [
    [101, datetime(2025, 3, 1, 9, 30), "hotline", 12.5, True, None],
    [102, datetime(2025, 3, 2), "Cửa hàng", 3, False, "A-1"],
    [None, None, None, None, None, None],
    [103, datetime(2025, 3, 3, 23, 59, 59), None, None, None, "A-2"],
]
YAML = """files:
  - file: {file}
    tables:
      - table: contacts
        columns: {{contact_id: id, opened: opened, channel: channel, wait_seconds: wait, resolved: done}}
"""
COLUMNS = ("row_no", "opened", "channel", "wait_seconds", "resolved")


def as_csv() -> bytes:
    def cell(value: Any) -> str:
        return "" if value is None else value.isoformat(" ") if isinstance(value, datetime) else str(value)

    return "\n".join(",".join(map(cell, row)) for row in [HEAD, *ROWS]).encode()


def as_excel() -> bytes:
    book = openpyxl.Workbook()
    for row in [HEAD, *ROWS]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_parquet() -> bytes:
    columns = dict(zip(HEAD, map(list, zip(*ROWS))))
    columns["wait"] = [None if w is None else float(w) for w in columns["wait"]]
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


FILES = {
    "t.csv": as_csv,
    "t.csv.gz": lambda: gzip.compress(as_csv()),
    "t.tsv": lambda: as_csv().replace(b",", b"\t"),
    "t.xlsx": as_excel,
    "t.parquet": as_parquet,
}


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_same_rows(reads: Callable[..., Any], name: str) -> None:
    got = reads(YAML.format(file=name), {name: FILES[name]()})
    assert got.rows("contacts", *COLUMNS) == [
        (2, datetime(2025, 3, 1, 9, 30), "hotline", 12.5, True),
        (3, datetime(2025, 3, 2), "Cửa hàng", 3.0, False),
        (5, datetime(2025, 3, 3, 23, 59, 59), None, None, None),
    ]
    assert got.result.files[0].blank == 1 and got.result.files[0].rows == 3 and not got.rejects()


@pytest.mark.parametrize(
    ("encoding", "declared", "mark"),
    [
        ("utf-8", None, ","),
        ("utf-8-sig", None, ";"),
        ("cp1258", "cp1258", ";"),
        ("cp1252", "cp1252", ","),
        ("utf-16", "utf-16", "|"),
    ],
)
def test_encodings_and_delimiters(reads: Callable[..., Any], encoding: str, declared: str | None, mark: str) -> None:
    channel = "café" if encoding == "cp1252" else "cửa hàng"
    text = f"id,opened,channel,wait,done\n1,2025-03-01,{channel},1,1\n".replace(",", mark)
    if encoding == "cp1258":  # a code page of base letters and combining accents
        data = text.replace("ử", "ư\u0309").replace("à", "à").encode("cp1258")
    else:
        data = text.encode(encoding)
    yaml = YAML.format(file="t.csv") + (f"    encoding: {declared}\n" if declared else "")
    assert reads(yaml, {"t.csv": data}).rows("contacts", "channel") == [channel]


def test_line_breaks_in_quotes_do_not_shift_the_row_numbers(reads: Callable[..., Any]) -> None:
    text = 'id,opened,channel,wait,done\n1,2025-03-01,"cửa\nhàng, 2",1,1\n\n2,never,store,1,1\n'
    got = reads(YAML.format(file="t.csv"), {"t.csv": text})
    assert got.rows("contacts", "row_no", "channel") == [(2, "cửa\nhàng, 2")]
    assert got.rejects() == [("t.csv", 4, "opened", "NOT_TIME")]


def test_a_broken_line_is_set_aside_and_the_rest_is_read(reads: Callable[..., Any]) -> None:
    lines = ["1,2025-03-01,store,1,1", "2,2025-03-02,store", "3,2025-03-03,a,b,1,1,1", "4,2025-03-04,,,"]
    text = "\n".join(["id,opened,channel,wait,done", *lines]) + "\n"
    got = reads(YAML.format(file="t.csv"), {"t.csv": text})
    assert got.rows("contacts", "row_no") == [2, 5]
    assert got.rejects() == [("t.csv", 3, "", "BROKEN"), ("t.csv", 4, "", "BROKEN")]
    assert got.result.files[0].rejected == 2


@pytest.mark.parametrize("swallowed", ['2,"2025-03-02,store,1,1\n', '2,2025-03-02,store,1,"1\n'])
def test_a_quote_never_closed_does_not_swallow_the_rest_of_the_file(reads: Callable[..., Any], swallowed: str) -> None:
    lines = "".join(f"{i},2025-03-01,store,1,1\n" for i in range(3, 9))
    with pytest.raises(DataError, match="A quote is opened and never closed"):
        reads(YAML.format(file="t.csv"), {"t.csv": f"id,opened,channel,wait,done\n{swallowed}{lines}"})


def test_an_inch_mark_is_no_open_quote(reads: Callable[..., Any]) -> None:
    got = reads(YAML.format(file="t.csv"), {"t.csv": 'id,opened,channel,wait,done\n1,2025-03-01,tv 55" led,1,1\n'})
    assert got.rows("contacts", "channel") == ['tv 55" led']


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.parquet"])
def test_undeclared_columns_are_never_read(reads: Callable[..., Any], name: str) -> None:
    head, rows = ["id", "opened", "note"], [[1, "2025-03-01", "Nguyen Planted"], [2, "2025-03-02", "Nguyen Planted"]]
    if name == "t.csv":  # bytes that are no text in any case: reading them would fail
        data = b"id,opened,note\n1,2025-03-01,\xff\xfe Nguyen Planted\n2,2025-03-02,Nguyen Planted\n"
    elif name == "t.xlsx":
        book = openpyxl.Workbook()
        for row in [head, *rows]:
            book.active.append(row)
        out = io.BytesIO()
        book.save(out)
        data = out.getvalue()
    else:
        out = io.BytesIO()
        pq.write_table(pa.table(dict(zip(head, map(list, zip(*rows))))), out)
        data = out.getvalue()
    yaml = f"files: [{{file: {name}, tables: [{{table: contacts, columns: {{contact_id: id, opened: opened}}}}]}}]"
    got = reads(yaml, {name: data})
    assert got.result.files[0].rows == 2 and "Planted" not in got.texts() + repr(got.result)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("t.csv", b"", "The file is empty"),
        ("t.csv", b"id,opened,id\n", "Two columns have the same name"),
        ("t.csv", b"id,opened,channel,wait,done\n1,2025-03-01,caf\xe9,1,1\n", "not UTF-8 text"),
        ("t.csv", "id,opened,chanel,wait,done\n", "no column 'channel'. Did you mean 'chanel'?"),
        ("t.xlsx", b"id,opened\n", "cannot be opened"),
        ("t.parquet", b"id,opened\n", "cannot be read as Parquet"),
        ("t.json", b"{}", "has an ending that is not known"),
        ("t.csv.gz", b"id,opened\n", "header cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_stops_the_build(
    reads: Callable[..., Any], name: str, data: str | bytes, said: str
) -> None:
    with pytest.raises(DataError) as caught:
        reads(YAML.format(file=name), {name: data})
    assert said in str(caught.value) and caught.value.mend


def test_a_missing_file_is_named_with_its_neighbour(reads: Callable[..., Any]) -> None:
    with pytest.raises(
        DataError, match=r"sources.yaml:3:11: There is no file 'ticket.csv'. Did you mean 'tickets.csv'"
    ):
        reads(YAML.format(file="ticket.csv"), {"tickets.csv": as_csv()})


def test_a_sheet_has_to_be_named_where_there_are_several(reads: Callable[..., Any]) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    sheet = book.create_sheet("Tickets")
    for row in [HEAD, *ROWS]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(DataError, match="one of: Notes, Tickets"):
        reads(YAML.format(file="t.xlsx"), {"t.xlsx": out.getvalue()})
    got = reads(YAML.format(file="t.xlsx") + "    sheet: Tickets\n")
    assert got.rows("contacts", "row_no") == [2, 3, 5]


def test_two_sheets_of_a_workbook_are_counted_apart(reads: Callable[..., Any]) -> None:
    book = openpyxl.Workbook()
    book.active.title = "2024"
    second = book.create_sheet("2025")
    for sheet, id in ((book.active, "1"), (second, "2")):
        for row in (HEAD[:2], [id, "2025-03-01"], [id + "x", "soon"]):
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    table = "tables: [{table: contacts, columns: {contact_id: id, opened: opened}}]"
    yaml = "".join(f"  - {{file: t.xlsx, sheet: '{sheet}', {table}}}\n" for sheet in ("2024", "2025"))
    got = reads("files:\n" + yaml, {"t.xlsx": out.getvalue()})
    assert [(f.file, f.rows, f.rejected) for f in got.result.files] == [("t.xlsx", 1, 1), ("t.xlsx", 1, 1)]
    assert [r.file for r in got.result.rejects] == ["t.xlsx [2024]", "t.xlsx [2025]"]
