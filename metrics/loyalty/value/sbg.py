"""Shifted-beta-geometric: how long customers with a contract stay.

Each period a customer leaves with a chance of their own; chances differ by a beta distribution, so that those who are
left are the ones who stay. Source: Fader and Hardie, "How to Project Customer Retention", Journal of Interactive
Marketing 21(1), 2007. Checked against its estimates for seven years of two services (Regular: alpha .704, beta 1.182;
High End: .668, 3.806).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, psi

from metrics.errors import Refusal, Refused
from metrics.loyalty.lmg import Array
from metrics.loyalty.value.delta import Fit, hessian_of

BOUND = (-7.0, 11.0)


@dataclass(frozen=True)
class Leaving:
    """Parameters as the paper names them."""

    alpha: float
    beta: float

    def survival(self, periods: int) -> Array:
        """Share, 0 to 1, still there after 0 .. ``periods`` renewals."""
        t = np.arange(periods + 1)
        found: Array = np.exp(betaln(self.alpha, self.beta + t) - betaln(self.alpha, self.beta))
        return found

    def retention(self, periods: int) -> Array:
        """Share of those still there who stay at renewal 1 .. ``periods`` (paper, equation 8)."""
        t = np.arange(1, periods + 1)
        found: Array = (self.beta + t - 1) / (self.alpha + self.beta + t - 1)
        return found


@dataclass(frozen=True)
class Cohort:
    """Customers who began together: how many were there at 0, 1, 2 ... renewals, never more than before."""

    there: tuple[float, ...]


def leaving(theta: Array) -> Leaving:
    return Leaving(float(np.exp(theta[0])), float(np.exp(theta[1])))


def fit(cohorts: Sequence[Cohort]) -> Fit:
    """Maximum likelihood over cohorts of any length: who left at each renewal, and who is still there.

    Raises Refusal(TOO_FEW) when nobody was seen to stay or nobody to leave, ValueError for a cohort that grows."""
    left: list[tuple[int, float]] = []
    kept: list[tuple[int, float]] = []
    for cohort in cohorts:
        there = cohort.there
        if any(b > a for a, b in itertools.pairwise(there)):
            raise ValueError("A cohort cannot grow.")
        left += [(t, a - b) for t, (a, b) in enumerate(itertools.pairwise(there), 1)]
        kept.append((len(there) - 1, there[-1]))
    if not sum(n for _, n in left) or not sum(n for t, n in kept if t):
        raise Refusal(Refused.TOO_FEW)
    t = np.array([t for t, _ in left] + [t for t, _ in kept], dtype=float)
    n = np.array([n for _, n in left] + [n for _, n in kept], dtype=float)
    gone = np.array([True] * len(left) + [False] * len(kept))

    def logliks(theta: Array) -> Array:
        p = leaving(theta)
        own: Array = np.where(gone, betaln(p.alpha + 1, p.beta + t - 1), betaln(p.alpha, p.beta + t))
        out: Array = own - betaln(p.alpha, p.beta)
        return out

    def scores(theta: Array) -> Array:
        p = leaving(theta)
        size = psi(p.alpha + p.beta) - psi(p.alpha + p.beta + t)
        alpha = np.where(gone, psi(p.alpha + 1), psi(p.alpha)) - psi(p.alpha) + size
        beta = np.where(gone, psi(p.beta + t - 1), psi(p.beta + t)) - psi(p.beta) + size
        return np.column_stack([alpha * p.alpha, beta * p.beta])

    total = n.sum()
    found = minimize(
        lambda at: (-float((n * logliks(at)).sum()) / total, -(n[:, None] * scores(at)).sum(axis=0) / total),
        np.zeros(2), jac=True, method="L-BFGS-B", bounds=(BOUND, BOUND), options={"ftol": 1e-14, "gtol": 1e-10},
    )  # fmt: skip
    free = np.array([BOUND[0] + 0.05 < x < BOUND[1] - 0.05 for x in found.x])
    hessian = hessian_of(lambda at: (n[:, None] * scores(at)).sum(axis=0), found.x)
    return Fit(found.x, np.sqrt(n)[:, None] * scores(found.x), hessian, free, float((n * logliks(found.x)).sum()))
