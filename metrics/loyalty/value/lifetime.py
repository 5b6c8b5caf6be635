"""What a new customer is worth over the horizon, with its interval: which method is used, why, and what it gives.

Money is revenue here; the declared margin is applied where it is read. Every float has three significant digits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from metrics.errors import Refusal, Refused
from metrics.loyalty.lmg import Array
from metrics.loyalty.value import bgnbd, gamma_gamma, sbg
from metrics.loyalty.value.bgnbd import Customers
from metrics.loyalty.value.delta import Fit, covariance, intervals
from metrics.loyalty.value.told import Estimate, Figure, Method, Why

WEEK = 7.0
YEAR = 365.25
MONTHS = 12
NEEDED = 200
"""Customers below which no model is fitted, also ten for each of its seven parameters (design: n >= max(10 p, 200))."""
REPEATERS = 50
WATCHED = 90
"""Days that half of the customers must have been watched for."""
MISSED = 0.15
"""Orders of the months held back may be foreseen too high or too low by this share."""
TIED = 0.3
"""Correlation of spend and frequency beyond which the two may not be multiplied."""
HEAVIEST = 1.05
"""Of gamma-gamma's q: at 1 the mean spend is infinite."""
PAUSES = 0.05
"""Share of months without an order, before a customer's last one, beyond which there is no contract to speak of."""


@dataclass(frozen=True)
class Terms:
    """What the strategy declares. ``discount`` percent a year; ``days``: within which coming back counts."""

    discount: float
    years: int
    days: int

    def weights(self, months: int) -> Array:
        """What money of each month is worth today: of month 1 .. ``months`` after the first order, at its middle."""
        middle = np.arange(1, months + 1) - 0.5
        found: Array = (1 + self.discount / 100) ** (-middle / MONTHS)
        return found


@dataclass(frozen=True)
class History:
    """Customers whose first order was seen, one place each; whole days. ``orders`` days with an order after the first,
    ``last`` and ``watched`` days from the first order, ``mean`` revenue of a day with an order. ``early``: the same
    customers as far as they were known when the last ``held`` days were held back (orders after the first, last,
    watched), and ``came`` the days with an order that they had in these."""

    orders: Array
    last: Array
    watched: Array
    mean: Array
    early: Customers
    held: int
    came: float


@dataclass(frozen=True)
class Result:
    """``n`` customers behind it. ``curve``: revenue brought by month 0, 1, 2 ... after the first order. ``months`` over
    which RETURNER and FIVE are counted."""

    method: Method
    why: Why
    n: int
    figures: dict[Figure, Estimate]
    curve: tuple[Estimate, ...]
    months: int = 0


def as_seen(found: Result, seen: Estimate | None, months: int) -> Result:
    """The result with what returners bring beyond others as it was seen over the months watched. Only where that
    cannot be told is the model's own kept: one that foresees how many orders come may still be wrong on whose they are
    (on the demo company it overstates the difference by an eighth after a year, by a quarter after twenty months)."""
    if seen is None:
        return found
    return replace(found, figures={**found.figures, Figure.RETURNER: seen}, months=months)


def window(watched: Array) -> int | None:
    """Months, whole years if possible, for which enough customers have been watched (days each)."""
    whole = range(int(watched.max(initial=0) // YEAR), 0, -1)
    for months in (*(MONTHS * k for k in whole), MONTHS // 2):
        if (watched >= days_in(months)).sum() >= NEEDED:
            return months
    return None


def days_in(months: int) -> int:
    return round(months * YEAR / MONTHS)


def grouped(c: Customers) -> tuple[Customers, NDArray[np.int64]]:
    """Alike customers as one place with a weight, and each customer's place: a likelihood needs no more than how many
    have each (orders, last, watched), whole days."""
    key = (c.orders.astype(np.int64) << 40) | (c.last.astype(np.int64) << 20) | c.watched.astype(np.int64)
    _, at, inverse, count = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    return Customers(c.orders[at], c.last[at], c.watched[at], count.astype(float)), inverse


def in_weeks(c: Customers) -> Customers:
    return Customers(c.orders, c.last / WEEK, c.watched / WEEK, c.weight)


def unfit(h: History) -> Why | None:
    """Why no model may be fitted to these customers, None if one may."""
    if len(h.orders) < NEEDED or int((h.orders > 0).sum()) < REPEATERS:
        return Why.TOO_FEW
    if np.median(h.watched) < WATCHED or len(h.early.orders) < NEEDED or not h.came:
        return Why.TOO_SHORT
    again = (h.orders > 0) & (h.mean > 0)
    spread = h.orders[again].std() > 0 and h.mean[again].std() > 0
    if spread and abs(float(np.corrcoef(h.orders[again], np.log(h.mean[again]))[0, 1])) > TIED:
        return Why.TIED
    return None


def without_contract(h: History, terms: Terms) -> Result | Why:
    """BG/NBD with gamma-gamma, or why it may not be used. It is tried first on the months before those held back."""
    why = unfit(h)
    if why:
        return why
    try:
        early = in_weeks(grouped(h.early)[0])
        ratio = bgnbd.foreseen(bgnbd.rates(bgnbd.fit(early).theta), early, h.held / WEEK) / h.came
        if not 1 - MISSED <= ratio <= 1 + MISSED:
            return Why.MISSED
        worth, count, spend, stay, returner, *curve = modelled(h, terms)
    except (Refusal, np.linalg.LinAlgError):
        return Why.UNFIT
    figures = {
        Figure.WORTH: worth,
        Figure.ORDERS: count,
        Figure.SPEND: spend,
        Figure.STAY: stay.times(100),
        Figure.RETURNER: returner,
        Figure.FORESEEN: Estimate(100 * ratio, 100 * ratio, 100 * ratio),
    }
    return Result(Method.BGNBD, Why.FORESEES, len(h.orders), figures, tuple(curve), terms.years * MONTHS)


def modelled(h: History, terms: Terms) -> list[Estimate]:
    """Worth, orders, spend, chance to stay, what a returner is worth more, and the curve, with their intervals.

    Raises Refusal where a likelihood has no maximum that means anything, numpy.linalg.LinAlgError where it is flat."""
    alike, place = grouped(Customers(h.orders, h.last, h.watched))
    alike = in_weeks(alike)
    orders = bgnbd.fit(alike)
    money = gamma_gamma.fit(h.orders + 1, h.mean)
    own = bgnbd.scores(orders.theta, alike)[place]
    cov = covariance([Fit(orders.theta, own, orders.hessian, orders.free, orders.loglik), money])
    if gamma_gamma.spend(money.theta).q <= HEAVIEST or not np.isfinite(cov).all():
        raise Refusal(Refused.NO_SIGNAL)
    return intervals(lambda at: figures_of(at, terms), np.concatenate([orders.theta, money.theta]), cov)


def figures_of(theta: Array, terms: Terms) -> Array:
    """The figures of ``modelled`` from the parameters of BG/NBD (4) and gamma-gamma (3)."""
    p, mean = bgnbd.rates(theta[:4]), gamma_gamma.spend(theta[4:]).mean
    months = terms.years * MONTHS
    at = np.arange(months + 1) * YEAR / MONTHS / WEEK
    weights = terms.weights(months)
    gained = np.diff(bgnbd.expected(p, at))
    curve = mean * np.concatenate([[1.0], 1 + np.cumsum(gained * weights)])
    # Who kept silent for the days: the same customers with the rate their silence leaves, from that day on.
    silent = terms.days / WEEK
    later = np.diff(bgnbd.after_silence(p, silent, np.maximum(at - silent, 0.0)))
    returner = (curve[-1] - mean - mean * (later * weights).sum()) / bgnbd.returned(p, silent)
    return np.concatenate([[curve[-1], 1 + gained.sum(), mean, p.stay, returner], curve])


def with_contract(cohorts: list[sbg.Cohort], paused: float, paid: tuple[float, float], terms: Terms) -> Result | Why:
    """Shifted-beta-geometric over months, or why it may not be used.

    ``paused``: share of months without an order before a customer's last; ``paid``: mean revenue of a month with an
    order and its standard error over customers."""
    n = int(sum(c.there[0] for c in cohorts))
    if n < NEEDED:
        return Why.TOO_FEW
    if paused > PAUSES:
        return Why.PAUSES
    if max((len(c.there) for c in cohorts), default=0) < 4:
        return Why.TOO_SHORT
    try:
        fitted = sbg.fit(cohorts)
        cov = np.zeros((3, 3))
        cov[:2, :2] = covariance([fitted])
    except (Refusal, np.linalg.LinAlgError):
        return Why.UNFIT
    cov[2, 2] = (paid[1] / paid[0]) ** 2
    theta = np.concatenate([fitted.theta, [np.log(paid[0])]])
    worth, count, spend, stay, five, *curve = intervals(lambda at: _contract_figures(at, terms), theta, cov)
    figures = {
        Figure.WORTH: worth,
        Figure.ORDERS: count,
        Figure.SPEND: spend,
        Figure.STAY: stay.times(100),
        Figure.FIVE: five,
    }
    return Result(Method.SBG, Why.CONTRACT, n, figures, tuple(curve), terms.years * MONTHS)


def _contract_figures(theta: Array, terms: Terms) -> Array:
    p, paid = sbg.leaving(theta[:2]), float(np.exp(theta[2]))
    months = terms.years * MONTHS
    there = p.survival(months)
    weights = np.concatenate([[1.0], (1 + terms.discount / 100) ** (-np.arange(1, months + 1) / MONTHS)])
    curve = paid * np.cumsum(there * weights)
    stays = p.retention(months)
    more = np.concatenate([[1.0], np.cumprod(np.minimum(stays + 0.05, 1.0))])
    five = paid * float(((more - there) * weights).sum())
    return np.concatenate([[curve[-1], there.sum(), paid, float(stays[0]), five], curve])


def mean_and_error(revenue: Array, months: Array) -> tuple[float, float]:
    """Revenue of a month and its standard error, from each customer's revenue and months with an order (ratio
    estimate, Cochran, "Sampling Techniques", 3rd ed., Wiley 1977, section 2.11)."""
    ratio = float(revenue.sum() / months.sum())
    rest = revenue - ratio * months
    return ratio, float(np.sqrt((rest * rest).sum()) / months.sum())
