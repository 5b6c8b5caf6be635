"""Monthly series that belong to no contact: followers (P9), visits and conversion (P10), cost to serve, headcount."""

from __future__ import annotations

import numpy as np

from metrics.demo.company import MONTH_OF, MONTHS, WEBSITE, Array, Table
from metrics.demo.draws import rng_for

FOLLOWERS, FOLLOWERS_GROWTH = 41_000, 2.8
VANITY = 0.02
"""P9: correlation of followers with first orders by month."""
CONVERSION = 2.4


def series(seed: int, scale: float, company: Table, orders: Table, tickets: Table, staff: Table) -> Table:
    """Rows of month (YYYY-MM-01), name and value."""
    rng = rng_for(seed, 10)
    valid = ~orders["canceled"]
    month = MONTH_OF[orders["day"]]
    online = np.bincount(month[valid & (orders["channel"] == WEBSITE)], minlength=24)
    firsts = np.bincount(month[orders["first"]], minlength=24)
    wobble = rng.normal(0, 0.04, 24)
    conversion = np.round(CONVERSION + wobble - _trend(wobble), 2)
    share_zalo = np.bincount(MONTH_OF[tickets["time"].astype(int)], tickets["channel"] == 2, 24) / np.bincount(
        MONTH_OF[tickets["time"].astype(int)], minlength=24
    )
    cost = np.round((44_500 - 21_000 * share_zalo + rng.normal(0, 350, 24)) / 100) * 100
    agents = len(staff["team"]) + np.round(np.linspace(-3, 0, 24))
    values = {
        "followers_facebook": _followers(firsts),
        "website_visits": np.round(online / conversion * 100),
        "website_conversion": conversion,
        "cost_to_serve": cost,
        "headcount": agents,
    }
    return {
        "month": np.array([f"{m}-01" for _ in values for m in MONTHS]),
        "name": np.repeat(np.array(list(values)), 24),
        "value": np.array([f"{v:.2f}".rstrip("0").rstrip(".") for column in values.values() for v in column]),
    }


def _trend(y: Array) -> Array:
    """Mean and step at the website redesign (month 17) of ``y``, so that subtracting it leaves no change there."""
    step: Array = np.where(np.arange(24) < 17, y[:17].mean(), y[17:].mean())
    return step


def _followers(firsts: Array) -> Array:
    """Followers that grow by 180 % and whose correlation with first orders is ``VANITY``.

    A bump shaped by the first orders is added between the two ends, by bisection on its height.
    """
    t = np.linspace(0, 1, 24)
    path = FOLLOWERS * (1 + (FOLLOWERS_GROWTH - 1) * (0.5 * t + 0.5 * t**2))
    bump = (firsts - firsts.mean()) / firsts.std() * np.minimum(np.minimum(t, 1 - t) * 12, 1)
    low, high = -60_000.0, 60_000.0
    for _ in range(60):
        middle = (low + high) / 2
        if np.corrcoef(path + middle * bump, firsts)[0, 1] < VANITY:
            low = middle
        else:
            high = middle
    followers: Array = np.round(path + (low + high) / 2 * bump)
    return followers
