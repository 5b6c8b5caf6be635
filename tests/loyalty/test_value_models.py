"""BG/NBD, gamma-gamma and sBG held against their papers, against independent integrals, and against simulations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import hyp2f1
from scipy.stats import beta, gamma

from metrics.errors import Refusal, Refused
from metrics.loyalty.value import bgnbd, gamma_gamma, sbg
from metrics.loyalty.value.bgnbd import Customers, Rates
from metrics.loyalty.value.delta import covariance
from tests.loyalty.customers import ordering, spending

CDNOW = Rates(0.243, 4.414, 0.793, 2.426)


def days(shared: Path) -> dict[str, dict[date, float]]:
    """customer -> day -> money, of the CDNOW sample."""
    found: dict[str, dict[date, float]] = {}
    for line in (shared / "cdnow" / "CDNOW_sample.txt").read_text().splitlines():
        _, id, day, _, money = line.split()
        mine = found.setdefault(id, {})
        at = date.fromisoformat(day)
        mine[at] = mine.get(at, 0.0) + float(money)
    return found


def calibrated(found: dict[str, dict[date, float]], end: date) -> Customers:
    """Weeks, as the paper has them, over the days up to ``end``."""
    rows = []
    for mine in found.values():
        seen = sorted(d for d in mine if d <= end)
        rows.append((len(seen) - 1, (seen[-1] - seen[0]).days / 7, (end - seen[0]).days / 7))
    return Customers(*np.array(rows, dtype=float).T)


@pytest.mark.real
def test_cdnow_gives_the_estimates_of_the_paper(shared: Path) -> None:
    """Fader, Hardie and Lee 2005, table 2; log-likelihood -9582.4 of 2,357 customers in 39 weeks."""
    c = calibrated(days(shared), date(1997, 9, 30))
    fit = bgnbd.fit(c)
    p = bgnbd.rates(fit.theta)
    assert len(c.orders) == 2357
    assert [p.r, p.alpha, p.a, p.b] == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=6e-4)
    assert fit.loglik == pytest.approx(-9582.4, abs=0.05)


@pytest.mark.real
def test_cdnow_weeks_held_back_are_foreseen(shared: Path) -> None:
    """The paper's figure: orders of weeks 40 to 78 are foreseen a little low."""
    found = days(shared)
    end = date(1997, 9, 30)
    c = calibrated(found, end)
    came = sum(d > end for mine in found.values() for d in mine)
    assert bgnbd.foreseen(bgnbd.rates(bgnbd.fit(c).theta), c, 39.0) / came == pytest.approx(0.88, abs=0.01)


@pytest.mark.real
def test_cdnow_spend_gives_the_estimates_of_the_note(shared: Path) -> None:
    """Fader and Hardie 2013: p 6.25, q 3.74, v 15.45 on the 946 customers with a repeat order."""
    end = date(1997, 9, 30)
    rows = []
    for mine in days(shared).values():
        later = [money for day, money in sorted(mine.items()) if day <= end][1:]
        if later:
            rows.append((len(later), sum(later) / len(later)))
    orders, mean = np.array(rows, dtype=float).T
    s = gamma_gamma.spend(gamma_gamma.fit(orders, mean).theta)
    assert len(orders) == 946
    assert [s.p, s.q, s.v] == pytest.approx([6.25, 3.74, 15.45], abs=0.007)
    assert s.mean == pytest.approx(35.17, abs=0.01)


@pytest.mark.parametrize(
    ("there", "alpha", "beta_"),
    [
        ((1000, 631, 468, 382, 326, 289, 262, 241), 0.704, 1.182),
        ((1000, 869, 743, 653, 593, 551, 517, 491), 0.668, 3.806),
    ],
    ids=["regular", "high end"],
)
def test_sbg_gives_the_estimates_of_the_paper(there: tuple[float, ...], alpha: float, beta_: float) -> None:
    """Fader and Hardie 2007, seven years of two services."""
    p = sbg.leaving(sbg.fit([sbg.Cohort(there)]).theta)
    assert (p.alpha, p.beta) == pytest.approx((alpha, beta_), abs=6e-4)
    assert p.survival(7) == pytest.approx(np.cumprod([1, *p.retention(7)]), rel=1e-12)
    assert p.retention(2)[0] == pytest.approx(p.beta / (p.alpha + p.beta), rel=1e-12)


def test_sbg_of_cohorts_of_different_length_is_that_of_their_customers() -> None:
    """A younger cohort adds what it has shown, and a cohort split in two says the same."""
    whole = sbg.fit([sbg.Cohort((900, 600, 480, 420)), sbg.Cohort((500, 340))])
    split = sbg.fit([sbg.Cohort((400, 300, 240, 200)), sbg.Cohort((500, 300, 240, 220)), sbg.Cohort((500, 340))])
    assert whole.theta == pytest.approx(split.theta, abs=1e-6)
    with pytest.raises(ValueError, match="grow"):
        sbg.fit([sbg.Cohort((100, 120))])
    with pytest.raises(Refusal) as no:
        sbg.fit([sbg.Cohort((100, 100))])
    assert no.value.kind is Refused.TOO_FEW


@pytest.mark.parametrize(("x", "last", "watched"), [(0, 0.0, 30.0), (1, 7.0, 30.0), (4, 20.0, 21.0), (12, 38.0, 39.0)])
def test_the_likelihood_is_the_integral_it_stands_for(x: int, last: float, watched: float) -> None:
    """The chance of such a history given rate and chance to stop, averaged over their distributions on a grid."""
    p = Rates(1.4, 4.4, 1.3, 2.4)
    u = (np.arange(1500) + 0.5) / 1500
    rate, stop = gamma.ppf(u, p.r, scale=1 / p.alpha)[:, None], beta.ppf(u, p.a, p.b)[None]
    stayed = (1 - stop) ** x * rate**x * np.exp(-rate * watched)
    left = stop * (1 - stop) ** (x - 1) * rate**x * np.exp(-rate * last) if x else 0.0
    one = Customers(np.array([float(x)]), np.array([last]), np.array([watched]))
    assert np.exp(bgnbd.logliks(p, one))[0] == pytest.approx((stayed + left).mean(), rel=4e-3)


def test_gradients_are_those_of_the_likelihoods() -> None:
    rng = np.random.default_rng(3)
    c = ordering(rng, 200, CDNOW, 40.0)
    theta = np.array([-1.2, 1.4, -0.8, 0.9])
    orders, mean = c.orders + 1, spending(rng, c.orders + 1, 6.0, 4.0, 15.0)
    step = 1e-6
    for k in range(4):
        e = step * np.eye(4)[k]
        slope = (bgnbd.logliks(bgnbd.rates(theta + e), c) - bgnbd.logliks(bgnbd.rates(theta - e), c)) / (2 * step)
        assert bgnbd.scores(theta, c)[:, k] == pytest.approx(slope, abs=1e-5)
    at = np.array([1.8, 1.3, 2.7])
    for k in range(3):
        e = step * np.eye(3)[k]
        up, down = (gamma_gamma.logliks(gamma_gamma.spend(at + s), orders, mean) for s in (e, -e))
        assert gamma_gamma.scores(at, orders, mean)[:, k] == pytest.approx((up - down) / (2 * step), abs=1e-4)


@pytest.mark.parametrize("p", [CDNOW, Rates(0.5, 9.0, 1.7, 14.0), Rates(2.0, 30.0, 0.4, 1.1)])
def test_expected_orders_are_those_of_the_papers_series(p: Rates) -> None:
    times = np.array([1.0, 13.0, 52.0, 156.0])
    series = (
        (p.a + p.b - 1)
        / (p.a - 1)
        * (1 - (p.alpha / (p.alpha + times)) ** p.r * hyp2f1(p.r, p.b, p.a + p.b - 1, times / (p.alpha + times)))
    )
    assert bgnbd.expected(p, times) == pytest.approx(series, rel=1e-6)


def test_expected_orders_hold_where_all_customers_stop_alike() -> None:
    """The series of the paper loses its digits there; with one chance q for all, the mean is closed."""
    stop, r, alpha = 0.1, 0.5, 9.0
    near = Rates(r, alpha, stop * 1e7, (1 - stop) * 1e7)
    times = np.array([4.0, 52.0, 156.0])
    assert bgnbd.expected(near, times) == pytest.approx((1 - (alpha / (alpha + stop * times)) ** r) / stop, rel=1e-5)


def test_long_and_frequent_histories_do_not_overflow() -> None:
    c = Customers(np.array([0.0, 400.0, 3000.0]), np.array([0.0, 500.0, 900.0]), np.array([520.0, 520.0, 1000.0]))
    assert np.isfinite(bgnbd.logliks(CDNOW, c)).all()
    assert ((bgnbd.alive(CDNOW, c) >= 0) & (bgnbd.alive(CDNOW, c) <= 1)).all()
    assert bgnbd.alive(CDNOW, c)[0] == 1


def test_who_kept_silent_is_the_rest_of_the_mixture() -> None:
    """Drawn from the model: those without an order within 13 weeks, and what they order in the year after."""
    p, silent, later = CDNOW, 13.0, np.array([52.0])
    rng = np.random.default_rng(5)
    rate = rng.gamma(p.r, 1 / p.alpha, 400_000)
    stop = rng.beta(p.a, p.b, 400_000)
    quiet = rng.random(400_000) < np.exp(-rate * silent)
    assert 1 - quiet.mean() == pytest.approx(bgnbd.returned(p, silent), abs=0.003)
    mean = ((1 - np.exp(-rate * stop * later[0])) / stop)[quiet].mean()
    assert mean == pytest.approx(bgnbd.after_silence(p, silent, later)[0], rel=0.02)


def test_alike_customers_count_by_their_weight() -> None:
    rng = np.random.default_rng(7)
    c = ordering(rng, 400, CDNOW, 40.0)
    twice = Customers(*(np.concatenate([v, v]) for v in (c.orders, c.last, c.watched)))
    weighted = Customers(c.orders, c.last, c.watched, np.full(400, 2.0))
    one, other = bgnbd.fit(twice), bgnbd.fit(weighted)
    assert one.theta == pytest.approx(other.theta, abs=1e-4) and one.loglik == pytest.approx(other.loglik, rel=1e-9)


def test_nobody_who_ordered_twice_is_no_model() -> None:
    c = Customers(np.zeros(300), np.zeros(300), np.full(300, 40.0))
    with pytest.raises(Refusal) as no:
        bgnbd.fit(c)
    assert no.value.kind is Refused.TOO_FEW


def test_covariance_of_two_models_of_the_same_customers_holds_each_alone() -> None:
    rng = np.random.default_rng(9)
    c = ordering(rng, 3000, CDNOW, 60.0)
    one = bgnbd.fit(c)
    two = gamma_gamma.fit(c.orders + 1, spending(rng, c.orders + 1, 6.0, 4.0, 15.0))
    both = covariance([one, two])
    assert both[:4, :4] == pytest.approx(covariance([one]), rel=1e-9)
    assert both[4:, 4:] == pytest.approx(covariance([two]), rel=1e-9)
    errors: NDArray[np.float64] = np.sqrt(np.diag(both[:4, :4]))
    truth = np.log([CDNOW.r, CDNOW.alpha])
    assert (np.abs(one.theta[:2] - truth) < 4 * errors[:2]).all()
