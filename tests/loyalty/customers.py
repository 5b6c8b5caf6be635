"""Customers simulated from the models themselves, so that the truth is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metrics.loyalty.value.bgnbd import Customers, Rates

Array = NDArray[np.float64]


def streams(rng: np.random.Generator, n: int, p: Rates, longest: float) -> list[Array]:
    """Times of the orders after the first of ``n`` customers, up to ``longest``."""
    rate, stop = rng.gamma(p.r, 1 / p.alpha, n), rng.beta(p.a, p.b, n)
    found = []
    for own_rate, own_stop in zip(rate, stop):
        times: list[float] = []
        now = 0.0
        while True:
            now += rng.exponential(1 / max(own_rate, 1e-12))
            if now > longest:
                break
            times.append(now)
            if rng.random() < own_stop:
                break
        found.append(np.array(times))
    return found


def ordering(rng: np.random.Generator, n: int, p: Rates, longest: float) -> Customers:
    """Customers who began evenly over the second half of the time."""
    watched = rng.uniform(longest / 2, longest, n)
    seen = [t[t <= w] for t, w in zip(streams(rng, n, p, longest), watched)]
    return Customers(
        np.array([len(t) for t in seen], dtype=float), np.array([t[-1] if len(t) else 0.0 for t in seen]), watched
    )


def spending(rng: np.random.Generator, orders: Array, p: float, q: float, v: float) -> Array:
    """Mean spend of customers over so many orders (gamma-gamma)."""
    level = rng.gamma(q, 1 / v, len(orders))
    mean: Array = rng.gamma(p * orders, 1 / (level * orders))
    return mean
