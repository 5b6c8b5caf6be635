"""BG/NBD: how often customers without a contract order, and when they silently stop.

While a customer stays, orders come at random with a rate of their own (rates differ by a gamma distribution, r and
alpha); after each order they stop for good with a chance of their own (chances differ by a beta distribution, a and
b). Source: Fader, Hardie and Lee, "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD Model",
Marketing Science 24(2), 2005. Checked against its estimates for the CDNOW cohort (r .243, alpha 4.414, a .793,
b 2.426, log-likelihood -9582.4; time in weeks).

Its limit: who never ordered a second time cannot have stopped, only be slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln, psi, roots_legendre
from scipy.stats import beta as beta_of

from metrics.errors import Refusal, Refused
from metrics.loyalty.lmg import Array
from metrics.loyalty.value.delta import Fit, hessian_of

NODES = 96
BOUNDS = ((-7.0, 7.0), (-7.0, 9.0), (-9.0, 7.0), (-4.0, 11.0))
"""Of log r, log alpha, logit of the mean chance to stop, log (a + b). At the last upper bound all stop alike."""
STARTS = ((-0.7, 1.0, -1.0, 1.0), (0.0, 2.0, -2.0, 3.0))


@dataclass(frozen=True)
class Customers:
    """One place per customer, or per group of ``weight`` customers that are alike. ``orders`` after the first (days
    with an order), ``last`` time from first to last order, ``watched`` time from the first order to the end of the
    data; one unit of time for both."""

    orders: Array
    last: Array
    watched: Array
    weight: Array | None = None

    @property
    def weights(self) -> Array:
        return np.ones(len(self.orders)) if self.weight is None else self.weight


@dataclass(frozen=True)
class Rates:
    """Parameters as the paper names them; ``alpha`` has the unit of the customers' time."""

    r: float
    alpha: float
    a: float
    b: float

    @property
    def stay(self) -> float:
        """Mean chance, 0 to 1, that a customer stays after an order."""
        return self.b / (self.a + self.b)


def rates(theta: Array) -> Rates:
    """Parameters from the unbounded ones that are fitted."""
    stop, size = float(expit(theta[2])), float(np.exp(theta[3]))
    return Rates(float(np.exp(theta[0])), float(np.exp(theta[1])), stop * size, (1 - stop) * size)


def logliks(p: Rates, c: Customers) -> Array:
    """Log-likelihood of each customer (paper, equation 6), without overflow for long or frequent histories."""
    return _parts(p, c)[0]


def _parts(p: Rates, c: Customers) -> tuple[Array, Array]:
    """Log-likelihoods, and the weight of the branch in which the customer stopped after the last order."""
    x = c.orders
    before = gammaln(p.r + x) - gammaln(p.r) + p.r * np.log(p.alpha) + betaln(p.a, p.b + x) - betaln(p.a, p.b)
    there = -(p.r + x) * np.log(p.alpha + c.watched)
    gone = np.full(len(x), -np.inf)
    again = x > 0
    gone[again] = np.log(p.a) - np.log(p.b + x[again] - 1) - (p.r + x[again]) * np.log(p.alpha + c.last[again])
    both = np.logaddexp(there, gone)
    return before + both, np.exp(gone - both)


def scores(theta: Array, c: Customers) -> Array:
    """Gradient (n, 4) of each customer's log-likelihood in the unbounded parameters."""
    p = rates(theta)
    x = c.orders
    gone = _parts(p, c)[1]
    there = 1 - gone
    size = p.a + p.b
    log_watched, log_last = np.log(p.alpha + c.watched), np.log(p.alpha + c.last)
    r = psi(p.r + x) - psi(p.r) + np.log(p.alpha) - there * log_watched - gone * log_last
    alpha = p.r / p.alpha - (p.r + x) * (there / (p.alpha + c.watched) + gone / (p.alpha + c.last))
    both = psi(size) - psi(size + x)
    a = both + gone / p.a
    b = both + psi(p.b + x) - psi(p.b) - np.where(gone > 0, gone / np.maximum(p.b + x - 1, 1e-300), 0.0)
    stop = p.a / size
    return np.column_stack([r * p.r, alpha * p.alpha, (a - b) * size * stop * (1 - stop), a * p.a + b * p.b])


def fit(c: Customers) -> Fit:
    """Maximum likelihood by L-BFGS-B with the analytic gradient, from two starts.

    Raises Refusal(TOO_FEW) when nobody ordered twice, Refusal(NO_SIGNAL) when no start converges."""
    weight = c.weights
    total = float(weight.sum())
    if not (c.orders * weight).sum() > 0:
        raise Refusal(Refused.TOO_FEW)

    def loss(theta: Array) -> tuple[float, Array]:
        value = float((weight * logliks(rates(theta), c)).sum()) / total
        return -value, -(weight[:, None] * scores(theta, c)).sum(axis=0) / total

    # Time in units of its mean: starts then fit whatever the unit.
    unit = float(np.log((c.watched * weight).sum() / total / 20))
    shift = np.array([0.0, unit, 0.0, 0.0])
    bounds = [(low + s, high + s) for (low, high), s in zip(BOUNDS, shift)]
    tries = [
        minimize(loss, np.array(s) + shift, jac=True, method="L-BFGS-B", bounds=bounds,
                 options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8})
        for s in STARTS
    ]  # fmt: skip
    good = [t for t in tries if np.isfinite(t.fun)]
    if not good:
        raise Refusal(Refused.NO_SIGNAL)
    theta = min(good, key=lambda t: t.fun).x
    inside = np.array([low + 0.05 < t < high - 0.05 for t, (low, high) in zip(theta, bounds)])
    gradient = lambda at: (weight[:, None] * scores(at, c)).sum(axis=0)  # noqa: E731
    own = np.sqrt(weight)[:, None] * scores(theta, c)
    return Fit(theta, own, hessian_of(gradient, theta), inside, float((weight * logliks(rates(theta), c)).sum()))


@cache
def _nodes() -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights on (0, 1), graded towards both ends, where a beta quantile may be steep."""
    x, weight = roots_legendre(NODES)
    u = (x + 1) / 2
    graded = u * u * (3 - 2 * u)
    return graded, weight / 2 * 6 * u * (1 - u)


def expected(p: Rates, times: Array) -> Array:
    """Expected orders after the first by each of ``times``, of a new customer (paper, equation 9).

    The mean over the chance q to stop of (1 - (alpha / (alpha + q t))^r) / q, over quantiles of q: the paper's
    hypergeometric series loses all digits where customers stop nearly alike. Checked against that series."""
    return _ahead(p.r, p.alpha, p.a, p.b, np.asarray(times, dtype=float))


def _ahead(r: float, alpha: float, a: float, b: float, times: Array) -> Array:
    u, weight = _nodes()
    q = np.maximum(beta_of.ppf(u, a, b), 1e-12)[:, None]
    found: Array = (weight[:, None] * -np.expm1(-r * np.log1p(q * times / alpha)) / q).sum(axis=0)
    return found


def returned(p: Rates, time: float) -> float:
    """Share, 0 to 1, of new customers who order again within ``time``."""
    return float(-np.expm1(-p.r * np.log1p(time / p.alpha)))


def after_silence(p: Rates, silent: float, times: Array) -> Array:
    """Expected orders of a customer who did not order again for ``silent`` after the first order, within ``times``
    from then on: the same model with the rate as the silence leaves it (gamma with alpha + silent)."""
    return _ahead(p.r, p.alpha + silent, p.a, p.b, np.asarray(times, dtype=float))


def alive(p: Rates, c: Customers) -> Array:
    """Chance, 0 to 1, that each customer has not stopped (Fader, Hardie and Lee, "Computing P(alive) Using the BG/NBD
    Model", 2008)."""
    x = np.maximum(c.orders, 1)
    odds = (np.log(p.a) - np.log(p.b + x - 1)) + (p.r + x) * (np.log(p.alpha + c.watched) - np.log(p.alpha + c.last))
    return np.where(c.orders > 0, expit(-odds), 1.0)


def foreseen(p: Rates, c: Customers, time: float) -> float:
    """Orders of all these customers expected within ``time`` after the end of their data (paper, equation 10)."""
    chance = alive(p, c)
    total = 0.0
    for x in np.unique(c.orders):
        group = c.orders == x
        u, weight = _nodes()
        q = np.maximum(beta_of.ppf(u, p.a, p.b + x), 1e-12)[:, None]
        for part in np.array_split(np.flatnonzero(group), max(1, int(group.sum()) // 20_000)):
            ratio = time / (p.alpha + c.watched[part])
            ahead = (weight[:, None] * -np.expm1(-(p.r + x) * np.log1p(q * ratio)) / q).sum(axis=0)
            total += float((ahead * chance[part] * c.weights[part]).sum())
    return total
