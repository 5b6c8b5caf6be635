"""Dimensions and values that stand close to one-to-one with staff: they would say 'who' in other words.

A value and a member of staff belong together as far as each tells the other: the smaller of the share of the value's
rows that one person handled and the share of that person's rows that have the value. Above one half, who knows one
knows the other more often than not. The cell rule pools or withholds such cells in any case; the report is for whoever
declares dimensions, and names dimension and value alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from metrics.build.facts import DIMENSIONS
from metrics.build.facts.values import OTHER, names
from metrics.strategy.model import Strategy

#: Facts whose rows name staff.
STAFFED = ("contacts", "orders")
CLOSE = 0.5
#: Fewer rows of a value say nothing.
FEWEST = 10


@dataclass(frozen=True)
class Proxy:
    """``whole``: more than half of the dimension's rows stand in such values, so it is staff in other words."""

    dimension: str
    values: tuple[str, ...]
    whole: bool


def proxies(engine: Any, strategy: Strategy, dimensions: Iterable[str]) -> tuple[Proxy, ...]:
    """Those of the given dimensions that tell who did the work, in their order; facts must stand in the engine."""
    wanted = tuple(dimensions)
    close: dict[str, set[str]] = {}
    whole: set[str] = set()
    for fact in STAFFED:
        mine = [d for d in wanted if d in DIMENSIONS[fact]]
        if not mine or not engine.has(f"fact_{fact}"):
            continue
        sets = ", ".join(f"({d}, staff)" for d in mine)
        marks = ", ".join(f"grouping({d}) AS g_{d}" for d in mine)
        found = engine.query(
            f"SELECT {', '.join(mine)}, {marks}, s.staff AS staff, count(*) AS n FROM fact_{fact} f"
            f" JOIN fact_staff s ON f.handled = s.handled GROUP BY GROUPING SETS ({sets}) ORDER BY ALL"
        )
        staff, rows = (found.column(c).to_numpy() for c in ("staff", "n"))
        for dimension in mine:
            at = found.column(f"g_{dimension}").to_numpy() == 0
            place = found.column(dimension).to_numpy(zero_copy_only=False)[at].astype(np.int64)
            values, most = _close(place, staff[at].astype(np.int64), rows[at].astype(np.int64))
            every = names(strategy, dimension)
            told = {every[v] for v in values if every[v] != OTHER}
            close.setdefault(dimension, set()).update(told)
            whole |= {dimension} if told and most else set()
    return tuple(
        Proxy(d, tuple(v for v in names(strategy, d) if v in close[d]), d in whole) for d in wanted if close.get(d)
    )


def _close(place: Any, staff: Any, rows: Any) -> tuple[list[int], bool]:
    """Values that belong to one person, and whether more than half of all rows stand in them."""
    if not len(rows):
        return [], False
    of_value = np.bincount(place, rows)
    people, person = np.unique(staff, return_inverse=True)
    of_person = np.bincount(person, rows, len(people))
    both = np.minimum(rows / of_value[place], rows / of_person[person])
    strength = np.zeros(len(of_value))
    np.maximum.at(strength, place, both)
    values = np.flatnonzero((strength > CLOSE) & (of_value >= FEWEST))
    return values.tolist(), bool(of_value[values].sum() > CLOSE * of_value.sum())
