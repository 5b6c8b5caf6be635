"""Who comes back and when: the planted repurchase rates of first orders (P2, P3, P8) and the order streams."""

from __future__ import annotations

import numpy as np

from metrics.demo.company import CLOCK, COMPLAINT, DAYS, HORIZON, QUARTER_OF, Array, Table, clock, day, unclock
from metrics.demo.customers import BUYER
from metrics.demo.draws import pick, raked
from metrics.demo.purchases import LATE

QUARTER_RATE = (0.395, 0.395, 0.384, 0.371, 0.358, 0.343, 0.328, 0.325)
"""P2: 90-day repurchase of first orders by quarter, 2024-Q2 to 2026-Q1; the last is censored."""
COMPLAINT_RATE = {COMPLAINT.index("fast"): 0.41, COMPLAINT.index("slow"): 0.29, COMPLAINT.index("reopened"): 0.20}
INSTALL_RATE = {1: 0.41, 2: 0.21}
LATE_RATE = 0.28
CLOSED = day("2026-01-01")
"""First orders before this day have been watched for 90 days."""


def latent_rates(first: Table) -> Array:
    """Probability that each first order is followed by another on a later day within 90 days.

    Meets by construction, over the watched quarters: every quarter's rate, 21 % after a late and 41 % after a kept
    installation, 41 / 29 / 20 % after a complaint closed fast / slower / reopened, 28 % after a late delivery.
    """
    quarter = QUARTER_OF[first["day"]]
    return raked(
        [
            (quarter, dict(enumerate(QUARTER_RATE))),
            (first["install"], INSTALL_RATE),
            (first["complaint"], COMPLAINT_RATE),
            (first["promise"], {LATE: LATE_RATE}),
        ],
        counted=first["day"] < CLOSED,
    )


def second_orders(rng: np.random.Generator, first: Table) -> Array:
    """Day of the second order by customer; ``HORIZON - 1`` where there is none."""
    start = first["day"]
    p90 = latent_rates(first)
    quarter = QUARTER_OF[start]
    back90 = pick(rng, p90, quarter, first["complaint"], first["install"], first["promise"])
    level = np.array(QUARTER_RATE)[quarter] / 0.395
    back180 = ~back90 & pick(rng, np.where(back90, 0.0, 0.175 * level), quarter)
    back365 = ~back90 & ~back180 & pick(rng, np.where(back90 | back180, 0.0, 0.25 * level), quarter)
    later = ~(back90 | back180 | back365) & (rng.random(len(start)) < 0.12)
    earliest = np.where(first["complaint"] > 0, 27, 3)
    low = np.select([back90, back180, back365, later], [earliest, 92, 183, 366], 0)
    high = np.select([back90, back180, back365, later], [89, 180, 364, 720], 0)
    a, b = clock((start + low).astype(float)), clock((start + high).astype(float))
    u = np.where(back90, rng.random(len(start)) ** 1.25, rng.random(len(start)))
    found = unclock(a + (b - a) * u)
    return np.where(high > 0, np.minimum(found, HORIZON - 1), HORIZON - 1)


def later_orders(rng: np.random.Generator, who: Array, since: Array) -> tuple[Array, Array]:
    """Orders after the second: a renewal process per customer in business time. Returns customer and day, unsorted."""
    pace = 1 / rng.gamma(2.2, 1 / 110.0, len(who)).clip(0.004, 0.1)
    loyal = rng.beta(14, 3.0, len(who))
    now = CLOCK[since]
    found_who, found_day = [], []
    while len(who):
        stay = rng.random(len(who)) < loyal
        who, now, pace, loyal = who[stay], now[stay], pace[stay], loyal[stay]
        now = now + 1.5 + rng.exponential(pace)
        inside = now < CLOCK[DAYS]
        who, now, pace, loyal = who[inside], now[inside], pace[inside], loyal[inside]
        found_who.append(who)
        found_day.append(unclock(now))
    return np.concatenate(found_who), np.concatenate(found_day)


def filled(
    rng: np.random.Generator, company: Table, so_far: Array, total: int, quiet_from: Array, quiet_to: Array
) -> tuple[Array, Array]:
    """Orders of the customers from before the window, so that every twenty-fourth of business time sees equally many.

    ``so_far`` holds the days of all other orders; none falls into a customer's quiet days. Returns customer and day.
    """
    old = np.flatnonzero(~company["new"])
    weight = rng.gamma(2.2, 1.0, len(old)) + 0.1
    weight[old == BUYER] = 0.0
    gone = rng.random(len(old)) ** 0.75 * 1.6 * DAYS
    edges = np.linspace(0, CLOCK[DAYS], 25)
    there = np.histogram(CLOCK[so_far], edges)[0]
    found_who, found_day = [], []
    for b in range(24):
        need = max(round(total / 24) - int(there[b]), 0)
        for _ in range(4):
            chances = weight * (gone > unclock(edges[b : b + 1])[0])
            w = rng.choice(old, need, p=chances / chances.sum())
            d = unclock(edges[b] + (edges[b + 1] - edges[b]) * rng.random(need))
            free = (d < quiet_from[w]) | (d > quiet_to[w])
            found_who.append(w[free])
            found_day.append(d[free])
            need -= int(free.sum())
    return np.concatenate(found_who), np.concatenate(found_day)
