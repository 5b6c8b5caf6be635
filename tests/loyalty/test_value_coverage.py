"""Intervals hold the truth as often as they say, where the truth is known; at full size under CX_AUDIT."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.loyalty.sums import BLOCKS
from metrics.loyalty.value import lifetime, sbg, seen
from metrics.loyalty.value.bgnbd import Customers, Rates
from metrics.loyalty.value.delta import covariance, intervals
from metrics.loyalty.value.gamma_gamma import Spend
from metrics.loyalty.value.lifetime import History, Terms
from metrics.loyalty.value.seen import Seen
from tests.conftest import AUDIT
from tests.loyalty.customers import ordering, spending
from tests.loyalty.rows import DRAWN

TERMS = Terms(discount=12.0, years=3, days=90)
SPEND = Spend(6.0, 4.0, 15.0)
LEAST, MOST = (0.91, 0.98) if AUDIT else (0.70, 1.0)
"""Of 400 drawn companies the design's bounds; of a few only what chance cannot explain."""


def history(rng: np.random.Generator, n: int, p: Rates) -> History:
    """Customers of a model in whole days; nothing is held back here."""
    weeks = ordering(rng, n, p, 104.0)
    days = Customers(weeks.orders, np.ceil(weeks.last * 7), np.ceil(weeks.watched * 7))
    mean = spending(rng, days.orders + 1, SPEND.p, SPEND.q, SPEND.v)
    return History(days.orders, days.last, days.watched, mean, days, 90, 1.0)


def truth(p: Rates) -> np.ndarray:
    theta = [
        np.log(p.r), np.log(p.alpha), np.log(p.a / p.b), np.log(p.a + p.b), np.log(SPEND.p), np.log(SPEND.q),
        np.log(SPEND.v),
    ]  # fmt: skip
    return lifetime.figures_of(np.array(theta), TERMS)


@pytest.mark.parametrize("p", [Rates(0.5, 9.0, 1.5, 12.0), Rates(0.243, 4.414, 0.793, 2.426)], ids=["loyal", "cdnow"])
def test_worth_orders_spend_and_returner(p: Rates) -> None:
    rng = np.random.default_rng(20260101)
    tries = 400 if AUDIT else 10
    true = truth(p)[:5]
    inside = np.zeros(5)
    for _ in range(tries):
        found = lifetime.modelled(history(rng, 1200 if AUDIT else 900, p), TERMS)[:5]
        inside += [e.low <= t <= e.high for e, t in zip(found, true)]
    print(f"worth, orders, spend, returner: in {np.round(100 * inside / tries, 1)} % of {tries} companies")
    assert ((inside / tries >= LEAST) & (inside / tries <= MOST)).all(), inside / tries


def test_what_a_contract_is_worth() -> None:
    rng = np.random.default_rng(7)
    p, tries = sbg.Leaving(0.7, 3.0), 400 if AUDIT else 40
    there = p.survival(9)
    shares = np.append(-np.diff(there), there[-1])
    true = float(p.survival(36)[:37].sum())
    inside = 0
    for _ in range(tries):
        left = rng.multinomial(800, shares)
        fit = sbg.fit([sbg.Cohort(tuple(800 - np.append(0, np.cumsum(left[:-1])).astype(float)))])
        at = intervals(lambda t: np.array([sbg.leaving(t).survival(36).sum()]), fit.theta, covariance([fit]))[0]
        inside += at.low <= true <= at.high
    print(f"a contract's worth: in {100 * inside / tries:.1f} % of {tries} companies")
    assert LEAST <= inside / tries <= MOST, inside / tries


def test_kept_revenue_of_customers_who_differ() -> None:
    """Few customers bring much, and six in ten of all stay: 60 % of last year's revenue is kept."""
    rng = np.random.default_rng(11)
    tries, n = (400 if AUDIT else 40), 1500
    blocks = np.arange(n) % BLOCKS
    weights = seen.replicates(np.bincount(blocks, minlength=BLOCKS).astype(float), DRAWN)
    nothing = np.zeros((BLOCKS, 8, 8))
    inside = 0
    for _ in range(tries):
        money = np.exp(rng.normal(0, 1.2, n))[:, None] * rng.gamma(4, 0.25, (n, 8))
        money[:, 4:] *= (rng.random(n) < 0.6)[:, None]
        before = np.zeros((BLOCKS, 8))
        np.add.at(before, blocks, money)
        s = Seen(np.zeros((BLOCKS, 8)), nothing, nothing, before)
        found = seen.estimate(lambda w, s=s: (seen.growth(s, w) or (w,))[0], weights)
        assert found is not None
        inside += found.low <= 60.0 <= found.high
    print(f"kept revenue: in {100 * inside / tries:.1f} % of {tries} companies")
    assert LEAST <= inside / tries <= MOST, inside / tries
