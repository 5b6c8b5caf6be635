"""Downloads say what the screen says, carry what the numbers are, and run nothing in a spreadsheet."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest

from metrics.answers import Answer, Grain, Request, Row, Status
from metrics.exports.csv import harmless, to_csv
from metrics.exports.json_answer import answer_object
from metrics.exports.table import Column, Kind, Table, of_answers
from metrics.exports.xlsx import to_xlsx
from metrics.kpis.nps import NPS
from metrics.strategy.model import Strategy
from metrics.words import Words

EN, VI = Words("en"), Words("vi")


@pytest.fixture
def strategy() -> Strategy:
    return Strategy.model_validate(
        {
            "version": 1,
            "used_for": "strategy",
            "organisation": {"name": "Shop"},
            "goals": [
                {
                    "id": "keep",
                    "name": {"en": "Keep customers", "vi": "Giữ chân khách"},
                    "statement": "Keep",
                    "sponsor": "Operations",
                }
            ],
            "journey": [{"id": "buy", "name": "Buy", "customer_goal": "Pay", "owner": "Sales"}],
            "dimensions": [
                {
                    "id": "channel",
                    "name": {"en": "Channel", "vi": "Kênh"},
                    "values": [
                        {"id": "store", "name": {"en": "Store", "vi": "Cửa hàng"}},
                        {"id": "website", "name": "Website"},
                        {"id": "facebook", "name": "Facebook"},
                    ],
                },
                {"id": "segment", "name": "Segment", "values": [{"id": "young", "name": "Young"}]},
            ],
            "kpis": [
                {"id": "tnps", "name": "=cmd|' /C calc'!A0", "metric": "nps", "goal": "keep", "direction": "up"},
                {"id": "rnps", "name": "Recommend", "metric": "nps", "goal": "keep", "direction": "up"},
            ],
        }
    )


def channel(*values: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (("channel", values),)


@pytest.fixture
def answer() -> Answer:
    rows = (
        Row("2025-Q4", channel("store"), -24.123456789, -30.5, -18.0, 412, Status.FIRM, False),
        Row("2025-Q4", channel("website", "facebook"), 31.0, 12.0, 50.0, 28, Status.INDICATIVE, True),
        Row("2025-Q4", channel("other"), None, None, None, None, Status.WITHHELD, False),
    )
    request = Request("tnps", by=("channel",), start="2025-10", end="2025-12", grain=Grain.BLOCK)
    return Answer("tnps", "keep", NPS, NPS.unit, request, "2026-04-05", "block", True, 0.94, rows)


def read(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_copied_line_still_says_what_it_is(answer: Answer, strategy: Strategy) -> None:
    """Each line carries KPI, goal, filters, interval, n, unit, data date and draft mark: none can pass as another."""
    lines = read(to_csv(of_answers([answer], strategy, EN)))
    assert len(lines) == 3
    for line in lines:
        assert line["Goal"] == "Keep customers"
        assert line["Filters"] == "All customers · Oct 2025–Dec 2025 · by Channel"
        assert (line["Period"], line["Unit"], line["As of"]) == ("2025-Q4", "points", "2026-04-05")
        assert line["Release"] == "Draft, not published"
    store, pooled, withheld = lines
    numbers = ("Value", "Low (95%)", "High (95%)", "n")
    assert [store[c] for c in numbers] == ["-24.123456789", "-30.5", "-18.0", "412"]
    assert (store["Channel"], store["Pooled"], store["Standing of the number"]) == ("Store", "no", "firm")
    assert (pooled["Channel"], pooled["Pooled"]) == ("Website and Facebook", "pooled")
    assert pooled["Standing of the number"] == "indicative"
    assert [withheld[c] for c in numbers] == ["", "", "", ""]
    assert withheld["Standing of the number"] == "withheld"


def test_filters_name_the_group_that_was_asked_for(answer: Answer, strategy: Strategy) -> None:
    request = Request("tnps", by=("segment", "channel"), within=(("segment", "young"),))
    table = of_answers([replace(answer, request=request)], strategy, EN)
    assert read(to_csv(table))[0]["Filters"] == "Segment: Young · by Segment, Channel"


@pytest.mark.parametrize(
    ("start", "end", "period"),
    [
        ("2025-10", "2025-12", "2025-Q4"),
        ("2025-01", "2025-12", "2025"),
        ("2025-07", "2025-12", "2025-H2"),
        ("2025-02", "2025-02", "2025-02"),
        ("2025-02", "2025-05", "2025-02/2025-05"),
        (None, None, "all"),
    ],
)
def test_one_quarter_is_not_called_the_whole_time(
    answer: Answer, strategy: Strategy, start: str | None, end: str | None, period: str
) -> None:
    """Asked as one figure over some months, an answer labels its row "all"; the file must say which months."""
    row = replace(answer.rows[0], period="all")
    asked = replace(answer, rows=(row,), request=Request("tnps", start=start, end=end, grain=Grain.ALL))
    assert read(to_csv(of_answers([asked], strategy, EN)))[0]["Period"] == period


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1+1", "\r=1"])
def test_text_is_never_a_formula(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["Store", "−24", "", "Cửa hàng - Hà Nội"])
def test_other_text_is_left_alone(text: str) -> None:
    assert harmless(text) == text


def test_a_kpi_named_like_a_formula_runs_nowhere_and_negative_numbers_stay_numbers(
    answer: Answer, strategy: Strategy
) -> None:
    table = of_answers([answer], strategy, EN)
    assert all(line["KPI"].startswith("'=") for line in read(to_csv(table)))
    sheet = openpyxl.load_workbook(BytesIO(to_xlsx(table, EN))).active
    cells = [c for row in sheet.iter_rows() for c in row if c.value is not None]
    assert not [c for c in cells if c.data_type == "f"]
    assert -24.123456789 in [c.value for c in cells]


def test_the_workbook_holds_the_numbers_of_the_csv(answer: Answer, strategy: Strategy) -> None:
    table = of_answers([answer, replace(answer, kpi="rnps")], strategy, VI)
    sheet = openpyxl.load_workbook(BytesIO(to_xlsx(table, VI))).active
    rows = [list(r) for r in sheet.iter_rows(values_only=True)]
    start = rows.index([c.name for c in table.columns])
    body = [tuple(r) for r in rows[start + 1 :]]
    assert body == [tuple(r) for r in table.rows]
    above = {r[0]: r[1] for r in rows[:start] if r[0]}
    assert above["Mục tiêu"] == "Giữ chân khách"
    assert "KPI" not in above, "two KPIs cannot be said once for all"
    assert any(str(r[0]).startswith("Bản nháp") for r in rows[:start])


def test_a_published_release_bears_no_draft_mark(answer: Answer, strategy: Strategy) -> None:
    table = of_answers([replace(answer, draft=False)], strategy, EN)
    assert {line["Release"] for line in read(to_csv(table))} == {"Published"}
    assert b"Draft" not in zipfile.ZipFile(BytesIO(to_xlsx(table, EN))).read("xl/sharedStrings.xml")


@pytest.mark.parametrize(("draft", "said"), [(True, "yes"), (False, "no")])
def test_the_document_itself_says_whether_it_is_a_draft(
    answer: Answer, strategy: Strategy, draft: bool, said: str
) -> None:
    """Read by programs that never look into the sheet."""
    table = of_answers([replace(answer, draft=draft)], strategy, EN)
    book = openpyxl.load_workbook(BytesIO(to_xlsx(table, EN)))
    assert book.custom_doc_props["Draft"].value == said
    assert book.properties.subject == ("Draft, not published" if draft else "Published")
    assert answer_object(replace(answer, draft=draft))["draft"] is draft


def test_the_same_table_gives_the_same_bytes_and_names_nobody(answer: Answer, strategy: Strategy) -> None:
    table = of_answers([answer], strategy, EN)
    first, second = to_xlsx(table, EN), to_xlsx(table, EN)
    assert first == second
    properties = openpyxl.load_workbook(BytesIO(first)).properties
    assert not properties.creator and not properties.lastModifiedBy
    assert properties.created.date().isoformat() == "2026-04-05"
    assert str(Path.home()).encode() not in b"".join(
        zipfile.ZipFile(BytesIO(first)).read(n) for n in zipfile.ZipFile(BytesIO(first)).namelist()
    )


def test_infinite_and_missing_numbers_are_empty_not_errors() -> None:
    columns = (Column("A"), Column("B", Kind.NUMBER, 1))
    table = Table("t", "T", columns, (("x", float("nan")), ("y", None)), "2026-04-05", False)
    assert [line["B"] for line in read(to_csv(table))] == ["", ""]
    sheet = openpyxl.load_workbook(BytesIO(to_xlsx(table, EN))).active
    assert [row[1].value for row in sheet.iter_rows() if row[0].value in ("x", "y")] == [None, None]


def test_a_table_of_nothing_is_refused(strategy: Strategy) -> None:
    with pytest.raises(ValueError, match="at least one answer"):
        of_answers([], strategy, EN)
