"""Gamma-gamma: what customers spend per order, from their mean spends.

Orders of one customer vary by a gamma distribution, and so do customers' levels, so that a mean of one order says
less of a customer than a mean of twenty. Source: Fader and Hardie, "The Gamma-Gamma Model of Monetary Value", 2013,
after Fader, Hardie and Lee, "RFM and CLV", Journal of Marketing Research 42(4), 2005. Checked against its estimates
for CDNOW (p 6.25, q 3.74, v 15.45). It takes spend as independent of how often a customer orders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, psi

from metrics.errors import Refusal, Refused
from metrics.loyalty.lmg import Array
from metrics.loyalty.value.delta import Fit, hessian_of

BOUNDS = ((-5.0, 9.0), (-5.0, 9.0), (-9.0, 12.0))
STARTS = ((1.0, 1.0, 0.0), (2.0, 0.5, -1.0))


@dataclass(frozen=True)
class Spend:
    """Parameters as the paper names them; ``v`` has the unit of the money."""

    p: float
    q: float
    v: float

    @property
    def mean(self) -> float:
        """Expected spend per order over all customers; infinite where q <= 1."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else float("inf")


def spend(theta: Array) -> Spend:
    return Spend(*(float(x) for x in np.exp(theta)))


def logliks(s: Spend, orders: Array, mean: Array) -> Array:
    """Log-likelihood of each customer's mean spend over so many orders (paper, equation 1a)."""
    n = orders
    out: Array = (
        gammaln(s.p * n + s.q)
        - gammaln(s.p * n)
        - gammaln(s.q)
        + s.q * np.log(s.v)
        + (s.p * n - 1) * np.log(mean)
        + s.p * n * np.log(n)
        - (s.p * n + s.q) * np.log(s.v + n * mean)
    )
    return out


def scores(theta: Array, orders: Array, mean: Array) -> Array:
    """Gradient (n, 3) in the logs of p, q and v."""
    s, n = spend(theta), orders
    total = np.log(s.v + n * mean)
    p = n * (psi(s.p * n + s.q) - psi(s.p * n) + np.log(mean) + np.log(n) - total)
    q = psi(s.p * n + s.q) - psi(s.q) + np.log(s.v) - total
    v = s.q / s.v - (s.p * n + s.q) / (s.v + n * mean)
    return np.column_stack([p * s.p, q * s.q, v * s.v])


def fit(orders: Array, mean: Array) -> Fit:
    """Maximum likelihood; ``mean`` (n,) mean spend over ``orders`` (n,). Customers whose mean is not above zero have
    no place in a gamma distribution: they add nothing, and their scores are zero.

    Raises Refusal(TOO_FEW) without a positive mean, Refusal(NO_SIGNAL) when no start converges."""
    positive = mean > 0
    if not positive.any():
        raise Refusal(Refused.TOO_FEW)
    n = orders[positive]
    unit = float(mean[positive].mean())
    z = mean[positive] / unit  # money in units of its mean: VND and dollars fit alike

    def loss(theta: Array) -> tuple[float, Array]:
        value = float(logliks(spend(theta), n, z).mean())
        return -value, -scores(theta, n, z).mean(axis=0)

    tries = [
        minimize(loss, np.array(s), jac=True, method="L-BFGS-B", bounds=BOUNDS,
                 options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8})
        for s in STARTS
    ]  # fmt: skip
    good = [t for t in tries if np.isfinite(t.fun)]
    if not good:
        raise Refusal(Refused.NO_SIGNAL)
    theta = min(good, key=lambda t: t.fun).x
    free = np.array([low + 0.05 < t < high - 0.05 for t, (low, high) in zip(theta, BOUNDS)])
    hessian = hessian_of(lambda at: scores(at, n, z).sum(axis=0), theta)
    own = np.zeros((len(mean), 3))
    own[positive] = scores(theta, n, z)
    loglik = float((logliks(spend(theta), n, z) - np.log(unit)).sum())
    return Fit(theta + np.array([0.0, 0.0, np.log(unit)]), own, hessian, free, loglik)
