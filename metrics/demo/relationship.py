"""The relationship survey (P1): eight driver items, the score they make, and who really came back in 180 days."""

from __future__ import annotations

import numpy as np

from metrics.demo.company import Array, Table, day
from metrics.demo.customers import BUYER
from metrics.demo.draws import rng_for

ITEMS = ("on_time", "first_time", "price", "returns", "friendly", "web", "stock", "payment")
MEANS = np.array([6.9, 6.4, 6.6, 6.2, 8.6, 7.8, 7.2, 8.1])
SPREADS = np.array([1.75, 1.75, 1.7, 1.8, 1.1, 1.4, 1.6, 1.3])
HALO = 0.60
"""Loading of every item on one common factor: items correlate .36."""
RETURN_WEIGHTS = np.array([0.74, 0.54, 0.31, 0.10, 0.00, 0.03, 0.07, 0.04])
NPS_WEIGHTS = np.array([0.35, 0.30, 0.20, 0.15, 0.45, 0.10, 0.05, 0.05])
STATED = np.array([1.6, 1.0, 1.3, 0.3, 2.3, 0.0, 0.4, 0.2])
"""What customers *say* matters: friendly staff first, unlike what brings them back."""
WATCHED = 180
FIRST_DAY, LAST_DAY = day("2025-03-03"), day("2025-08-29")
SETTLED = 190
"""Days between a respondent's first order and the answer, so that no cohort rate up to 180 days is touched."""


def relationship(seed: int, scale: float, company: Table) -> Table:
    """Respondents: who, day, items (n x 8), overall, nps, intention, ranks (n x 8) and returns (bool).

    ``returns`` says whether an order follows within 180 days after the answer; the order streams obey it. Factors and
    noises are made exactly uncorrelated in the sample, so shares of R2 hardly move with the seed.
    """
    rng = rng_for(seed, 2)
    n_all = len(company["joined"])
    asked = rng.integers(FIRST_DAY, LAST_DAY + 1, n_all)
    fit = company["joined"] <= asked - SETTLED
    fit[: BUYER + 1] = False
    n = min(round(2_400 * scale), int(fit.sum()))
    who = np.sort(rng.choice(np.flatnonzero(fit), n, replace=False))

    z = _white(rng.normal(size=(n, 9)))
    x = HALO * z[:, :1] + np.sqrt(1 - HALO**2) * z[:, 1:]
    items = np.clip(np.round(MEANS + SPREADS * x), 1, 10).astype(int)
    noise = _clear_of(rng.normal(size=n), z)
    felt = x @ NPS_WEIGHTS
    nps = np.clip(np.round(7.9 + 1.35 * (felt + 1.02 * noise)), 0, 10).astype(int)
    overall = np.clip(np.round(7.3 + 1.0 * (felt + 0.8 * _clear_of(rng.normal(size=n), z))), 1, 10).astype(int)
    pull = x @ RETURN_WEIGHTS
    returns = _coming_back(rng, pull, items)
    intention = np.clip(np.round(3.6 + 0.35 * felt + 0.25 * pull + 0.55 * rng.normal(size=n)), 1, 5).astype(int)
    liking = STATED + rng.gumbel(size=(n, 8))
    ranks = (-liking).argsort(axis=1).argsort(axis=1) + 1
    return {
        "who": who, "day": asked[who], "items": items, "overall": overall, "nps": nps, "intention": intention,
        "ranks": ranks, "returns": returns,
    }  # fmt: skip


def _coming_back(rng: np.random.Generator, pull: Array, items: Array) -> Array:
    """Who comes back: logistic in ``pull``. Of 200 draws the one whose covariances with the items lie nearest to their
    expectation (rerandomisation, Morgan and Rubin, Annals of Statistics 40(2), 2012)."""
    chance = 1 / (1 + np.exp(-(pull - 0.05) / 1.30))
    centred = (items - items.mean(axis=0)) / items.std(axis=0)
    inverse = np.linalg.inv(centred.T @ centred / len(pull))
    best, returns = np.inf, chance > 0.5
    for _ in range(200):
        draw = rng.random(len(pull)) < chance
        off = centred.T @ (draw - chance)
        far = float(off @ inverse @ off + (draw - chance).sum() ** 2)
        if far < best:
            best, returns = far, draw
    return returns


def _white(z: Array) -> Array:
    """Columns with mean 0, variance 1 and no correlation in the sample."""
    z = z - z.mean(axis=0)
    lower = np.linalg.cholesky(z.T @ z / len(z))
    result: Array = np.linalg.solve(lower, z.T).T
    return result


def _clear_of(noise: Array, z: Array) -> Array:
    """Noise of mean 0 and variance 1 without correlation to any column of white ``z``."""
    noise = noise - noise.mean()
    noise = noise - z @ (z.T @ noise) / len(z)
    result: Array = noise / noise.std()
    return result
