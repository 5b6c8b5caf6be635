"""The CDNOW sample (Fader and Hardie) from file to page: counts and shares against numbers computed with pandas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from metrics.build import build
from metrics.loyalty.value.told import Method
from metrics.release import Release
from metrics.value import Value, value

STRATEGY = """
version: 1
used_for: strategy
organisation: {name: CDNOW, currency: USD, languages: [en]}
goals:
  - {id: keep, name: Keep, statement: They come back., customer_outcome: As promised, business_outcome: More,
     sponsor: Service}
journey: [{id: buy, name: Buy, customer_goal: Pay, owner: Sales, touchpoints: [{id: shop, name: Shop}]}]
loyalty: {outcome: back, value: {margin: 30, discount_rate: 10, horizon_years: 2}}
kpis:
  - {id: back, name: Back, metric: repurchase, of: {days: 90}, goal: keep, owner: Service, direction: up,
     targets: [{by: 1998-12-31, value: 40}], reading: {low: Mend it, high: Keep on},
     levers: [{kind: process, name: Fix the route}]}
"""
SOURCES = """
as_of: 1998-07-05
files:
  - file: orders.csv
    tables: [{table: orders, columns: {order_id: order, customer_id: customer, ordered_at: at, amount: cents}}]
traits: {orders: {no_staff: true}}
"""


@pytest.fixture(scope="module")
def found(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Value]:
    folder = tmp_path_factory.mktemp("cdnow")
    lines = ["order,customer,at,cents"]
    for i, line in enumerate((shared / "cdnow" / "CDNOW_sample.txt").read_text().splitlines()):
        _, customer, day, _, money = line.split()
        lines.append(f"O-{i:06d},C-{customer},{date.fromisoformat(day)} 12:00,{round(100 * float(money))}")
    (folder / "orders.csv").write_text("\n".join(lines) + "\n")
    (folder / "strategy.yaml").write_text(STRATEGY)
    (folder / "sources.yaml").write_text(SOURCES)
    build(folder / "strategy.yaml", folder / "sources.yaml", folder / "release.duckdb")
    with closing(Release(folder / "release.duckdb")) as release:
        yield value(release)


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict[str, dict[str, float]]:
    told: dict[str, dict[str, float]] = json.loads((shared / "EXPECTED.json").read_text())["S5_CDNOW_sample"]
    return told


@pytest.mark.real
def test_how_many_have_come_back_by_when(found: Value, expected: dict[str, dict[str, float]]) -> None:
    assert found.cohorts is not None
    told = {str(r.days): round(r.value, 3) for r in found.cohorts.returned}
    assert told == expected["repurchase_within_days_pct"]
    assert {r.n for r in found.cohorts.returned} == {2357}


@pytest.mark.real
def test_the_one_cohort_of_the_quarter_by_month(found: Value, expected: dict[str, dict[str, float]]) -> None:
    """Three monthly cohorts make the quarter's: the mean of their shares, weighted by their size."""
    assert found.cohorts is not None and len(found.cohorts.rows) == 1
    sizes = expected["cohort_size"]
    for age, share in enumerate(found.cohorts.rows[0].shares):
        monthly = expected["cohort_retention_pct_month_1_to_12"]
        mean = sum(sizes[m] * monthly[m][age] for m in sizes) / sum(sizes.values())  # type: ignore[index]
        assert share.value == pytest.approx(mean, abs=0.006) and share.n == 2357


@pytest.mark.real
def test_worth_is_modelled_and_the_year_held_against_it(found: Value) -> None:
    assert found.worth is not None and found.worth.method is Method.BGNBD
    assert found.worth.foreseen is not None and 85 <= found.worth.foreseen <= 115
    assert found.worth.worth is not None and found.worth.orders is not None and found.worth.spend is not None
    assert found.growth is None and found.referral is None
