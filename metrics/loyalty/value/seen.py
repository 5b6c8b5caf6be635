"""What customers have brought so far and how much of it stays, from sums by block of customers: no model, no future.

A block holds whole customers, so one who buys ten times does not look like ten people. Intervals are percentiles of a
bootstrap over blocks (Efron and Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall 1993, chapter 13).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from metrics.kpis.cohort_revenue import BEFORE, OLDER
from metrics.loyalty.drivers import MIN_BLOCKS, REPLICATES
from metrics.loyalty.lmg import Array
from metrics.loyalty.resample import Resampling
from metrics.loyalty.sums import BLOCKS
from metrics.loyalty.value.sums import YEAR
from metrics.loyalty.value.told import Estimate

FEWEST = 2
"""Cohorts that must have reached an age."""


@dataclass(frozen=True)
class Seen:
    """Sums by block of customers, over closed quarters only. ``new`` (blocks, cohorts) new customers; ``revenue``
    (blocks, cohorts, ages) by quarter of the first order and quarters since; ``before`` (blocks, quarters) of
    customers whose first order was not seen; ``earned`` (blocks, cohorts, ages) of those whom others sent;
    The last cohort is that of the last closed quarter."""

    new: Array
    revenue: Array
    earned: Array
    before: Array

    @property
    def quarters(self) -> int:
        return int(self.new.shape[1])

    @property
    def ages(self) -> int:
        """Quarters after the first that at least two cohorts have reached."""
        return min(max(self.quarters - FEWEST, 0), OLDER - 1)


def replicates(blocks: Array, drawn: Resampling) -> Array:
    """Weights (replicates, blocks): how often each block is drawn; the first row is the data themselves. Empty when
    too few blocks hold anybody for an interval to mean anything."""
    held = np.flatnonzero(blocks > 0)
    if len(held) < MIN_BLOCKS:
        return np.zeros((0, len(blocks)))
    draws = drawn.rng("value").multinomial(len(held), [1 / len(held)] * len(held), REPLICATES)
    weights = np.zeros((REPLICATES + 1, len(blocks)))
    weights[0, held] = 1
    weights[1:, held] = draws
    return weights


def estimate(figure: Callable[[Array], Array], weights: Array) -> Estimate | None:
    """A figure of weighted sums with its percentile interval; None without replicates or where it is undefined."""
    if not len(weights):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        values = figure(weights)
    if not np.isfinite(values).all():
        return None
    low, high = np.percentile(values[1:], [2.5, 97.5])
    return Estimate(float(values[0]), float(low), float(high))


def curve(s: Seen, discount: float, weights: Array) -> Array:
    """Revenue (replicates, ages + 1) that a new customer has brought by each quarter of age, later money counting
    less: at each age the mean over the cohorts that have reached it."""
    steps = []
    for age in range(s.ages + 1):
        reached = slice(0, s.quarters - age)
        money = weights @ s.revenue[:, reached, age].sum(axis=1)
        people = weights @ s.new[:, reached].sum(axis=1)
        steps.append(money / people * (1 + discount / 100) ** (-age / YEAR))
    return np.cumsum(np.stack(steps, axis=1), axis=1)


def returner(people: Array, money: Array, weights: Array) -> Array:
    """How much more a customer who came back in time has brought than one who did not, by replicate; ``people`` and
    ``money`` (blocks, 2): those who did not and those who did, watched equally long."""
    mean = (weights @ money) / (weights @ people)
    out: Array = mean[:, 1] - mean[:, 0]
    return out


def growth(s: Seen, weights: Array) -> tuple[Array, Array] | None:
    """(kept, earned) in percent of last year's revenue, by replicate; None with less than two closed years.

    kept: revenue this year of customers from before this year; earned: of this year's new customers whom others sent.
    Source: Reichheld, Darnell and Burns, "Net Promoter 3.0", Harvard Business Review 99(6), 2021."""
    last = s.quarters - 1
    if s.quarters < 2 * YEAR:
        return None
    this = range(last - YEAR + 1, last + 1)
    kept, earned, base = (np.zeros(len(s.new)) for _ in range(3))
    for quarter in range(last - 2 * YEAR + 1, last + 1):
        ages = np.arange(quarter + 1)
        money = s.revenue[:, quarter - ages, ages]
        if quarter in this:
            old = ages > quarter - this[0]
            kept += money[:, old].sum(axis=1) + s.before[:, quarter]
            earned += s.earned[:, quarter - ages, ages][:, ~old].sum(axis=1)
        else:
            base += money.sum(axis=1) + s.before[:, quarter]
    with np.errstate(divide="ignore", invalid="ignore"):
        return 100 * (weights @ kept) / (weights @ base), 100 * (weights @ earned) / (weights @ base)


def placed(rows: Array, quarters: int) -> Array:
    """Rows (block, cohort, age, money) as sums (blocks, cohorts, ages); what lies outside the closed quarters is left
    out."""
    out = np.zeros((BLOCKS, quarters, quarters))
    block, cohort, age = (rows[:, i].astype(np.int64) for i in range(3))
    inside = (cohort >= 0) & (age >= 0) & (cohort + age < quarters)
    np.add.at(out, (block[inside], cohort[inside], age[inside]), rows[inside, 3])
    return out


def is_before(age: Array) -> Array:
    found: Array = age == BEFORE
    return found
