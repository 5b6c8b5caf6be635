"""Do 95 % intervals hold the truth 95 times in 100? By simulation from a company whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.loyalty.drivers import REPLICATES
from metrics.loyalty.evidence import Method
from metrics.loyalty.lmg import Array, lmg
from tests.conftest import AUDIT
from tests.loyalty.rows import fitted

TRIALS = 1200 if AUDIT else 160
#: Planted: three drivers that matter, one that does not; all share a halo.
WEIGHTS = np.array([0.6, 0.4, 0.2, 0.0])
HALO, NOISE = 0.6, 1.2


def truth() -> tuple[Array, Array]:
    """LMG shares in percent and effects of the population, per standard deviation."""
    x = HALO**2 + (1 - HALO**2) * np.eye(4)
    xy = x @ WEIGHTS
    sums = np.block([[x, xy[:, None]], [xy[None], np.array([[WEIGHTS @ xy + NOISE**2]])]])
    found = lmg(sums)
    return 100 * found.shares / found.r2, WEIGHTS


def draw(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    z = HALO * rng.normal(size=(n, 1)) + np.sqrt(1 - HALO**2) * rng.normal(size=(n, 4))
    return z, z @ WEIGHTS + NOISE * rng.normal(size=n)


def held(low: float, true: float, high: float) -> bool:
    return low <= true <= high


@pytest.mark.parametrize("method", [Method.BOOTSTRAP, Method.DELTA])
def test_intervals_hold_the_truth(method: Method) -> None:
    """Shares and effects of all four drivers, the one without any effect among them."""
    shares, effects = truth()
    rng = np.random.default_rng(7)
    replicates = REPLICATES if AUDIT else 400
    inside: list[bool] = []
    for _ in range(TRIALS if method is Method.BOOTSTRAP else TRIALS // 2):
        x, y = draw(rng, 800)
        model = fitted(list("0123"), x, y, np.arange(800), method=method, replicates=replicates)
        for row in model.rows:
            i = int(row.term.driver)
            inside += [held(row.low, shares[i], row.high), held(row.effect_low, effects[i], row.effect_high)]
    coverage = np.mean(inside)
    print(f"95 % intervals by {method.value} hold the truth in {100 * coverage:.1f} % of {len(inside):,}")
    assert 0.91 <= coverage <= 0.98, coverage


def test_who_answers_five_times_is_one_customer() -> None:
    """With repeat respondents a bootstrap of rows is far too sure of itself; one of customers is not."""
    rng = np.random.default_rng(8)
    customers, times = 300, 5
    customer = np.repeat(np.arange(customers), times)
    inside: dict[str, list[bool]] = {"customers": [], "rows": []}
    for _ in range(TRIALS):
        mood, luck = (
            np.repeat(rng.normal(size=(customers, 4)), times, axis=0),
            np.repeat(rng.normal(size=customers), times),
        )
        x = mood + 0.3 * rng.normal(size=mood.shape)
        y = x @ WEIGHTS + NOISE * (0.9 * luck + 0.4 * rng.normal(size=len(luck)))
        for who, ids in (("customers", customer), ("rows", np.arange(len(customer)))):
            model = fitted(list("0123"), x, y, ids, replicates=200)
            inside[who] += [held(r.effect_low, WEIGHTS[int(r.term.driver)], r.effect_high) for r in model.rows]
    coverage = {who: float(np.mean(found)) for who, found in inside.items()}
    told = ", ".join(f"{100 * share:.1f} % by {who}" for who, share in coverage.items())
    print(f"five answers each, {TRIALS} companies: intervals hold the truth in {told}")
    assert 0.91 <= coverage["customers"] <= 0.98, coverage
    assert coverage["rows"] < 0.85, coverage
