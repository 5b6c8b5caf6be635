"""Text becomes the type it says and nothing else. Expected values come from Python's own datetime and float."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from metrics.engines.duckdb import DuckDBEngine
from metrics.sources.typed import SQL_TYPE, Spelling, clean, expression, literal

ZONE = "Asia/Ho_Chi_Minh"


@pytest.fixture(scope="module")
def typed() -> Iterator[Callable[..., Any]]:
    with DuckDBEngine() as engine:

        def go(kind: str, text: str, **spelling: Any) -> Any:
            value = expression(kind, "t", Spelling(ZONE, **spelling))
            query = f"SELECT CAST({value} AS {SQL_TYPE[kind]}) AS v FROM (SELECT {clean(literal(text))} AS t)"
            return engine.query(query)["v"][0].as_py()

        yield go


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)


@pytest.mark.parametrize("text", ["2025-03-01", "2025-03-01 09:05", "2025-03-01T09:05:07", "2025-03-01 09:05:07.250"])
def test_iso_times_are_local(typed: Callable[..., Any], text: str) -> None:
    assert typed("time", text) == datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-01T20:00:00Z",
        "2025-03-01 20:00:00+00:00",
        "2025-03-01T20:00:00-0500",
        "2025-03-01T23:30+07",
        "2025-03-01 20:00:00.5+0200",
    ],
)
def test_an_offset_is_never_dropped_in_silence(typed: Callable[..., Any], text: str) -> None:
    assert typed("time", text) == local(text)


def test_utc_in_words(typed: Callable[..., Any]) -> None:
    assert typed("time", "2025-03-01 20:00:00 UTC") == datetime(2025, 3, 2, 3)
    assert typed("day", "2025-03-01 20:00:00 UTC") == date(2025, 3, 2)


@pytest.mark.parametrize(
    "text",
    [
        "01/03/2025",
        "2025-02-30",
        "2025-3-1",
        "20250301",
        "1740787200",
        "infinity",
        "epoch",
        "2025-03-01 25:00",
        "2025-03-01x",
        "2025-03-01+07",
        "03:04",
    ],
)
def test_times_that_are_not_iso_need_a_format(typed: Callable[..., Any], text: str) -> None:
    assert typed("time", text) is None


@pytest.mark.parametrize(
    ("text", "formats", "want"),
    [
        ("01/03/2025 08:15", ("%d/%m/%Y %H:%M",), "2025-03-01 08:15"),
        ("1/3/2025", ("%d/%m/%Y %H:%M", "%d/%m/%Y"), "2025-03-01"),
        ("2025-03-01", ("%d/%m/%Y",), "2025-03-01"),
        ("01-Aug-23", ("%d-%b-%y",), "2023-08-01"),
        ("20250301", ("%Y%m%d",), "2025-03-01"),
        ("2025-13-01", ("%Y-%d-%m",), "2025-01-13"),
    ],
)
def test_declared_formats(typed: Callable[..., Any], text: str, formats: tuple[str, ...], want: str) -> None:
    assert typed("time", text, formats=formats) == datetime.fromisoformat(want)


def test_a_format_of_year_day_month_is_not_read_as_iso_where_it_fails(typed: Callable[..., Any]) -> None:
    assert typed("time", "2025-01-13", formats=("%Y-%d-%m",)) is None


def test_a_format_with_an_offset(typed: Callable[..., Any]) -> None:
    want = datetime(2025, 3, 2, 3)
    assert typed("time", "01/03/2025 20:00 +0000", formats=("%d/%m/%Y %H:%M %z",)) == want


@pytest.mark.parametrize(
    ("text", "want"), [("2025-03", date(2025, 3, 1)), ("2025-03-09", date(2025, 3, 9)), ("2025-13", None)]
)
def test_a_day_may_be_a_month(typed: Callable[..., Any], text: str, want: date | None) -> None:
    assert typed("day", text) == want


@pytest.mark.parametrize("text", ["0", "-3", "+2.50", ".5", "1e3", "1.5E-2", " 7\u00a0"])
def test_numbers(typed: Callable[..., Any], text: str) -> None:
    assert typed("number", text) == float(text)


@pytest.mark.parametrize(
    "text",
    ["nan", "NaN", "inf", "-Infinity", "1_000", "1,5", "0x10", "1e999", "five", "Offered", "--", "1 000", "9" * 400],
)
def test_what_is_no_finite_number_is_refused(typed: Callable[..., Any], text: str) -> None:
    assert typed("number", text) is None


@pytest.mark.parametrize(
    ("text", "want"),
    [("1250000", 1250000), ("1250000.00", 1250000), ("-500", -500), ("12.5", 13), ("29.33", 29), ("1.5e6", 1500000)],
)
def test_money_is_whole(typed: Callable[..., Any], text: str, want: int) -> None:
    assert typed("money", text) == want


@pytest.mark.parametrize("text", ["1.250", "-12.500", "1,250", "1.250.000 ₫", "nan", "1e80"])
def test_an_amount_that_may_be_a_thousand_times_larger_is_refused(typed: Callable[..., Any], text: str) -> None:
    assert typed("money", text) is None


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("1", True),
        ("0", False),
        ("TRUE", True),
        ("no", False),
        ("Có", True),
        ("KHÔNG", False),
        ("không", False),
        ("2", None),
        ("maybe", None),
    ],
)
def test_yes_and_no(typed: Callable[..., Any], text: str, want: bool | None) -> None:
    assert typed("bool", text) is want


def test_declared_spellings_come_first(typed: Callable[..., Any]) -> None:
    values = {"yes": ("đã xong", "0"), "no": ("chưa",)}
    assert [typed("bool", t, values=values) for t in ("Đã xong", "0", "CHƯA", "1")] == [True, True, False, True]
    assert typed("text", "Hỗ Trợ", values={"support": ("hỗ trợ",)}) == "support"
    assert typed("text", "other", values={"support": ("hỗ trợ",)}) == "other"


def test_composed_and_decomposed_accents_are_one_text(typed: Callable[..., Any]) -> None:
    assert typed("text", "  cư\u0309a ha\u0300ng\t") == "cửa hàng"


@pytest.mark.parametrize(("text", "want"), [("123.0", "123"), ("007", "007"), ("A.0", "A.0"), ("1.05", "1.05")])
def test_an_id_that_went_through_a_float_is_the_same_id(typed: Callable[..., Any], text: str, want: str) -> None:
    assert typed("id", text) == want
