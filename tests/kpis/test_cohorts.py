"""Repurchase and retention on the CDNOW sample (Fader and Hardie); reference numbers computed with pandas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from metrics.kpis import BY_ID
from metrics.kpis.metric import Sums
from tests.kpis.conftest import MARCH, run_on

Run = Callable[..., dict[date, dict[str, float]]]
COHORTS = (date(1997, 1, 1), date(1997, 2, 1), date(1997, 3, 1))
REPURCHASE = {30: 17.395, 60: 25.499, 90: 29.147, 180: 37.633, 365: 45.566}
REPURCHASE_90 = (29.706, 30.338, 27.121)
SIZE = (781, 857, 719)
RETENTION = (
    (15.88, 12.16, 8.96, 8.32, 9.86, 8.32, 6.79, 6.66, 5.76, 7.94, 7.55, 5.76),
    (15.64, 12.84, 8.75, 8.98, 8.75, 7.12, 7.12, 8.63, 8.17, 6.88, 6.65, 6.88),
    (12.1, 11.68, 10.85, 8.76, 8.9, 7.65, 7.93, 10.15, 9.04, 6.54, 7.09, 10.85),
)


def value(id: str, sums: Sums) -> float:
    found = BY_ID[id].value(sums)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def cdnow(shared: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    lines = (shared / "cdnow" / "CDNOW_sample.txt").read_text().splitlines()
    orders = [(f[1], date.fromisoformat(f[2])) for f in (line.split() for line in lines)]
    with duckdb.connect() as connection:
        customers, days = zip(*orders)
        connection.register("purchase", pa.table({"customer": customers, "day": pa.array(days, pa.date32())}))
        connection.execute(
            """CREATE TABLE fact AS
            WITH start AS (SELECT customer, min(day) AS day FROM purchase GROUP BY customer)
            SELECT date_trunc('month', s.day)::DATE AS month,
                   (min(p.day) FILTER (p.day > s.day) - s.day)::INTEGER AS gap_days,
                   list(DISTINCT datediff('month', s.day, p.day)::INTEGER)
                       FILTER (datediff('month', s.day, p.day) > 0) AS active_ages
            FROM start s JOIN purchase p USING (customer) GROUP BY s.customer, s.day"""
        )
        yield connection


@pytest.mark.real
@pytest.mark.parametrize("days", REPURCHASE)
def test_repurchase(cdnow: duckdb.DuckDBPyConnection, days: int) -> None:
    months = run_on(cdnow, BY_ID["repurchase"], {"days": days})
    whole = {name: sum(m[name] for m in months.values()) for name in ("n", "returned")}
    assert whole["n"] == 2357 and value("repurchase", whole) == pytest.approx(REPURCHASE[days], abs=5e-4)
    if days == 90:
        assert [value("repurchase", months[c]) for c in COHORTS] == pytest.approx(list(REPURCHASE_90), abs=5e-4)


@pytest.mark.real
@pytest.mark.parametrize("age", range(1, 13))
def test_retention(cdnow: duckdb.DuckDBPyConnection, age: int) -> None:
    months = run_on(cdnow, BY_ID["retention"], {"age": age})
    assert tuple(months[c]["n"] for c in COHORTS) == SIZE
    assert [value("retention", months[c]) for c in COHORTS] == pytest.approx([r[age - 1] for r in RETENTION], abs=0.005)


def test_a_cohort_that_could_not_yet_return_is_not_a_drop() -> None:
    repurchase, retention = BY_ID["repurchase"], BY_ID["retention"]
    assert repurchase.closes(date(2025, 12, 1), {"days": 90}) == date(2026, 3, 31)
    assert repurchase.closes(date(2026, 1, 15), {"days": 90}) == date(2026, 5, 1)
    assert retention.closes(date(2025, 11, 1), {"age": 3}) == date(2026, 2, 28)
    assert retention.closes(date(2025, 12, 31), {"age": 12}) == date(2026, 12, 31)


def test_never_returned_is_no_missing_row(run: Run) -> None:
    rows = [{"gap_days": 90}, {"gap_days": 91}, {"gap_days": None}, {"gap_days": 1}]
    assert run("repurchase", rows, days=90)[MARCH] == {"n": 4, "returned": 2}
    ages = [{"active_ages": [3]}, {"active_ages": [1, 2]}, {"active_ages": []}, {"active_ages": None}]
    assert run("retention", ages, age=3)[MARCH] == {"n": 4, "active": 1}
