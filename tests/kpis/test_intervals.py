"""Closed forms against statsmodels, scipy and printed tables."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, multinomial, t
from statsmodels.stats.proportion import proportion_confint

from metrics.kpis import nps
from metrics.kpis.intervals import all_equal, all_or_none, garwood, mean, percent, student, wilson


@pytest.mark.parametrize(
    ("part", "n", "low", "high"),
    # Newcombe, Statistics in Medicine 17, 1998, Table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_printed(part: int, n: int, low: float, high: float) -> None:
    assert wilson({"n": n, "part": part}, "part") == pytest.approx((100 * low, 100 * high), abs=0.005)


@given(st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_wilson_as_statsmodels(counts: tuple[int, int]) -> None:
    n, part = counts
    low, high = proportion_confint(part, n, method="wilson")
    sums = {"n": n, "part": part}
    assert wilson(sums, "part") == pytest.approx((100 * low, 100 * high), abs=1e-6)
    ends, share = wilson(sums, "part"), percent(sums, "part")
    assert ends and share == pytest.approx(100 * part / n)
    assert 0 <= ends[0] <= share <= ends[1] <= 100


@given(st.lists(st.integers(0, 10), min_size=2, max_size=60))
def test_t_interval_as_scipy(scores: list[int]) -> None:
    n, average = len(scores), sum(scores) / len(scores)
    sums = {"n": n, "total": sum(scores), "squares": sum(s * s for s in scores)}
    variance = sum((s - average) ** 2 for s in scores) / (n - 1)
    assert mean(sums) == pytest.approx(average)
    if variance:
        expected = t.interval(0.95, n - 1, loc=average, scale=sqrt(variance / n))
        assert student(sums) == pytest.approx(expected, abs=1e-9)
    else:
        assert student(sums) == (average, average)
    assert all_equal(sums) == (len(set(scores)) == 1)


def test_one_answer_has_no_interval() -> None:
    assert student({"n": 1, "total": 5, "squares": 25}) is None


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0.0, 3.69), (1, 0.025, 5.57), (10, 4.80, 18.39)])
def test_garwood_as_printed(count: int, low: float, high: float) -> None:
    assert garwood(count) == pytest.approx((low, high), abs=0.005)


@given(st.integers(1, 100_000))
def test_garwood_as_chi_square_quantiles(count: int) -> None:
    assert garwood(count) == pytest.approx((chi2.ppf(0.025, 2 * count) / 2, chi2.ppf(0.975, 2 * count + 2) / 2))


@pytest.mark.parametrize(("n", "p", "d"), [(10, 0.5, 0.2), (20, 0.7, 0.1), (40, 0.3, 0.4), (99, 0.9, 0.02)])
def test_a_small_nps_interval_holds_the_truth_as_often_as_it_says(n: int, p: float, d: float) -> None:
    """Exact coverage over every possible result, not a simulation. The plain normal interval holds it 88 % of the time
    at n = 10, p = .5, d = .2 and less in the corner."""
    truth, held = 100 * (p - d), 0.0
    for promoters in range(n + 1):
        for detractors in range(n - promoters + 1):
            ends = nps.interval({"n": n, "promoters": promoters, "detractors": detractors})
            assert ends is not None
            if ends[0] <= truth <= ends[1]:
                held += multinomial.pmf([promoters, detractors, n - promoters - detractors], n, [p, d, 1 - p - d])
    assert held >= 0.935


def test_nothing_counted_is_no_zero() -> None:
    assert percent({"n": 0, "part": 0}, "part") is None and wilson({"n": 0, "part": 0}, "part") is None
    assert mean({"n": 0, "total": 0}) is None and student({"n": 0, "total": 0, "squares": 0}) is None


def test_alike_means_alike() -> None:
    assert all_or_none({"n": 4, "part": 4}, "part") and all_or_none({"n": 4, "part": 0}, "part")
    assert not all_or_none({"n": 4, "part": 1}, "part")
