"""Every file that is downloaded: unzipped, hidden sheets, properties, names, comments and formulas looked for."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from typer.testing import CliRunner

from metrics.__main__ import app
from metrics.answers import Answer, Grain, Request, ask, views_of
from metrics.build import build
from metrics.build.report import lines
from metrics.errors import Refusal
from metrics.exports.csv import to_csv
from metrics.exports.json_answer import answer_object
from metrics.exports.table import of_answers
from metrics.exports.xlsx import to_xlsx
from metrics.release import Release
from metrics.words import Words
from tests.attacks.canary import Company, tables
from tests.attacks.conftest import Tell
from tests.attacks.oracles import Canaries
from tests.build.small import STRATEGY, write_company
from tests.conftest import AUDIT

RUN = CliRunner()
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
INJECTED = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    " =1",
    "\t=1",
    '=HYPERLINK("http://x","y")',
    "<b>=1",
]


def asked(release: Release) -> Iterator[Answer]:
    for kpi, grain in product(release.strategy.kpis, Grain if AUDIT else (Grain.BLOCK, Grain.ALL)):
        requests = [Request(kpi.id, grain=grain)]
        requests += [Request(kpi.id, dims[:d], grain=grain) for _, dims in views_of(release, kpi.id) for d in (1, 2)]
        for request in requests:
            try:
                yield ask(release, request)
            except Refusal:
                continue


def files(release: Release) -> Iterator[tuple[str, bytes]]:
    """(kind, bytes) of every CSV and XLSX of every answer, in both languages."""
    for answer, lang in product(asked(release), ("en", "vi")):
        w = Words(lang)
        table = of_answers([answer], release.strategy, w)
        yield "csv", to_csv(table)
        yield "xlsx", to_xlsx(table, w)


def hidden(data: bytes) -> list[str]:
    """What stands in a workbook beside the one sheet that is seen."""
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        names = file.namelist()
        parts = {name: file.read(name).decode("utf-8", "ignore") for name in names if name.endswith((".xml", ".rels"))}
    for word in (
        "vbaProject",
        "externalLink",
        "comments",
        "customXml",
        "printerSettings",
        "media",
        "drawing",
        "connections",
    ):
        found += [name for name in names if word.lower() in name.lower()]
    found += [f"{name}: formula" for name, text in parts.items() if re.search(r"<f[ >]", text)]
    found += [f"{name}: link" for name, text in parts.items() if re.search('<hyperlink\\b|TargetMode="External"', text)]
    book = openpyxl.load_workbook(io.BytesIO(data))
    found += [f"sheet {s.title} is {s.sheet_state}" for s in book.worksheets if s.sheet_state != "visible"]
    found += ["more than one sheet"] if len(book.sheetnames) > 1 else []
    found += [f"name {name}" for name in book.defined_names]
    for sheet in book.worksheets:
        found += [
            f"name {name}" for name in sheet.defined_names if name not in ("_xlnm._FilterDatabase", "_xlnm.Print_Area")
        ]
        found += [f"hidden row {i}" for i, d in sheet.row_dimensions.items() if d.hidden]
        found += [f"hidden column {i}" for i, d in sheet.column_dimensions.items() if d.hidden]
        found += [f"comment at {c.coordinate}" for row in sheet.iter_rows() for c in row if c.comment]
        found += ["validation"] if sheet.data_validations.dataValidation else []
    p = book.properties
    texts = (p.creator, p.lastModifiedBy, p.keywords, p.category, p.description, p.identifier, p.contentStatus)
    found += [f"property {text}" for text in texts if text]
    return found


def run_by_a_spreadsheet(data: bytes) -> list[str]:
    """Cells of a CSV that a spreadsheet takes for a formula."""
    cells = [c for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for c in row]
    numbers = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
    return [c for c in cells if c.lstrip(" ").startswith(FORMULAS) and not numbers.fullmatch(c)]


def test_no_file_holds_a_person_or_anything_hidden(canary: Company, tell: Tell) -> None:
    release, known = Release(canary.release), canary.known
    made = list(files(release))
    assert {kind for kind, _ in made} == {"csv", "xlsx"} and len(made) >= 40
    for kind, data in made if AUDIT else made[::5]:
        assert not known.in_bytes(data), kind
    for kind, data in made:
        assert not (hidden(data) if kind == "xlsx" else run_by_a_spreadsheet(data))
    texts = [str(answer_object(answer)) for answer in asked(release)]
    assert not known.in_text("\n".join(texts))
    tell(files=len(made), leaks=0)
    release.close()


def _planted(change: Any) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["a", 1])
    change(book)
    out = io.BytesIO()
    book.properties.creator = book.properties.creator if book.properties.creator != "openpyxl" else ""
    book.save(out)
    return out.getvalue()


PLANTED: dict[str, Any] = {
    "hidden sheet": lambda b: setattr(b.create_sheet("raw"), "sheet_state", "hidden"),
    "very hidden sheet": lambda b: setattr(b.create_sheet("raw"), "sheet_state", "veryHidden"),
    "comment": lambda b: setattr(b.active["A1"], "comment", Comment("x", "y")),
    "author": lambda b: setattr(b.properties, "creator", "Lan"),
    "defined name": lambda b: b.defined_names.add(DefinedName("staff", attr_text='"NV-1"')),
    "hidden column": lambda b: setattr(b.active.column_dimensions["A"], "hidden", True),
    "formula": lambda b: b.active.append(["=1+1"]),
}


@pytest.mark.parametrize("what", PLANTED)
def test_what_is_hidden_in_a_workbook_is_seen(what: str) -> None:
    assert not hidden(_planted(lambda book: None))
    assert hidden(_planted(PLANTED[what]))


def test_a_formula_in_the_strategy_runs_nowhere(tmp_path: Path) -> None:
    """Names of KPIs, values and the organisation that a spreadsheet would run."""
    text = STRATEGY
    for old, new in zip(
        ("complaints\n    metric", "Store, matches", "Hotline}", "Keep\n    statement", "Homes}"), INJECTED
    ):
        word = re.match(r"\w+", old)
        assert word is not None and f"name: {old}" in text
        text = text.replace(f"name: {old}", "name: '" + new.replace("'", "''") + "'" + old[word.end() :])
    assert text.count("'=cmd") == 1
    out = tmp_path / "out" / "release.duckdb"
    build(*write_company(tmp_path, tables(), strategy=text), out)
    release = Release(out)
    made = list(files(release))
    assert any(b"cmd|" in data for kind, data in made if kind == "csv"), "it is there, as text"
    for kind, data in made:
        assert not (hidden(data) if kind == "xlsx" else run_by_a_spreadsheet(data))
    release.close()
    assert run_by_a_spreadsheet(b"\xef\xbb\xbfa,=1+1\r\n") and run_by_a_spreadsheet("a,＝1\r\n".encode())


def test_what_the_command_line_prints_names_nobody(canary: Company, tmp_path: Path) -> None:
    known: Canaries = canary.known
    at = ["--release", str(canary.release)]
    said = [
        RUN.invoke(app, ["show", "happy", "--by", "channel", "--format", f, *at]).output
        for f in ("csv", "json", "table")
    ]
    said += [RUN.invoke(app, ["show", name, *at]).output for name in canary.staff[:3]]
    said += [RUN.invoke(app, ["show", "happy", "--by", name, *at]).output for name in canary.staff[:3]]
    report = build(canary.strategy, canary.sources, tmp_path / "release.duckdb")
    said += ["\n".join(lines(report)), repr(report)]
    assert all(said) and not known.in_text("\n".join(said).replace(str(tmp_path), ""))
