"""Customers: who joins when, where they live, and the few who are placed by hand for P5."""

from __future__ import annotations

import numpy as np

from metrics.demo.company import (
    CAN_THO,
    CITIES,
    CLOCK,
    DA_NANG,
    DAYS,
    SEGMENTS,
    Array,
    Table,
    unclock,
)
from metrics.demo.draws import classes, rng_for, spread

DOMINATED = slice(0, 14)
"""Customers of the dominated complaint cell: small businesses in Đà Nẵng, the first of them with most tickets."""
BUYER = 14
"""The small business in Cần Thơ that alone makes most of its city's segment revenue."""
SMALL_BUSINESS = SEGMENTS.index("small_business")


def customers(seed: int, scale: float) -> Table:
    """Customers sorted by the day they joined; ``joined`` is negative for those from before the window.

    Those who joined inside the window ordered for the first time on that day; the older ones have earlier orders
    that are not in the files. Columns: joined (day), new (bool), city, region, segment, age, acquisition, consent.
    """
    rng = rng_for(seed, 1)
    n_new, n_old = max(round(9_400 * scale), 200), max(round(2_600 * scale), 60)
    n = n_old + n_new
    old = -np.sort((rng.random(n_old) ** 1.4 * 1500).astype(int) + 1)[::-1]
    slots = (np.arange(n_new) + rng.random(n_new)) / n_new
    joined = np.concatenate([old, unclock(slots * CLOCK[DAYS])])
    new = np.arange(n) >= n_old

    city = classes(spread(rng, new), [c[2] for c in CITIES])
    segment = classes(spread(rng, new), [0.71, 0.23, 0.06])
    segment[: BUYER + 1] = SMALL_BUSINESS
    city[DOMINATED] = DA_NANG
    city[BUYER] = CAN_THO
    age = np.where(
        segment == SEGMENTS.index("young"),
        classes(spread(rng, new), [0.55, 0.45, 0.0, 0.0, 0.0]),
        classes(spread(rng, new), [0.02, 0.28, 0.34, 0.22, 0.14]),
    )
    region: Array = np.array([c[1] for c in CITIES])[city]
    return {
        "joined": joined,
        "new": new,
        "city": city,
        "region": region,
        "segment": segment,
        "age": age,
        "acquisition": classes(rng.random(n), [0.41, 0.22, 0.12, 0.15, 0.10]),
        "consent": rng.random(n) < 0.83,
    }
