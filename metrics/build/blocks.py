"""Which months are closed, and which blocks they make.

A month may be published when the last day its rows need (a return within 90 days needs 90 more) lies the closing days
of the strategy behind the end of the data; a block when its last month may. Rows without a date make one block.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from metrics.clearing.evidence import Ints
from metrics.kpis.metric import Metric, Params
from metrics.periods import WAVE, block_of, month_of, months_of

UNDATED = 0


def day_of(month: int) -> date:
    """First day of a month numbered year * 12 + month - 1."""
    return date(month // 12, month % 12 + 1, 1)


def number_of(month: str) -> int:
    """The number of a month YYYY-MM."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


@dataclass(frozen=True)
class Blocks:
    """``periods``: closed blocks in order; ``of_cell``: the block of each cell, -1 outside all; ``open_months``:
    closed months of blocks that are not closed yet; ``undated``: cells without a date where others have one, which
    count nowhere."""

    periods: tuple[str, ...]
    of_cell: Ints
    open_months: tuple[int, ...]
    undated: NDArray[np.bool_]


def blocks(
    month: Ints, grain: str, as_of: date, closing_days: int, metric: Metric | None = None, params: Params | None = None
) -> Blocks:
    """Blocks of cells whose months are given, for a metric (without one: a month closes when it is over)."""
    present = [int(m) for m in np.unique(month)]
    dated = [m for m in present if m != UNDATED]
    if not dated:
        return Blocks(
            (WAVE,) if present else (), np.zeros(len(month), np.int64), (), np.zeros(len(month), np.int64) > 1
        )

    def closed(m: int) -> bool:
        last = metric.closes(day_of(m), params or {}) if metric else day_of(m + 1) - timedelta(days=1)
        return last + timedelta(days=closing_days) <= as_of

    ready = [m for m in dated if closed(m)]
    by_month = {m: block_of(month_of(day_of(m)), grain) for m in ready}
    whole = {b for b in set(by_month.values()) if b == WAVE or all(closed(number_of(x)) for x in months_of(b))}
    periods = tuple(sorted(whole, key=lambda b: months_of(b)[:1]))
    place = {b: i for i, b in enumerate(periods)}
    of_month = {m: place.get(by_month[m], -1) if m in by_month else -1 for m in dated}
    undated = month == UNDATED
    if grain == "wave" and ready:
        of_month[UNDATED] = 0
        undated = np.zeros(len(month), bool)
    of_cell = _looked_up(month, of_month)
    return Blocks(periods, of_cell, tuple(m for m in ready if of_month[m] < 0), undated)


def _looked_up(month: Ints, places: dict[int, int]) -> Ints:
    present, inverse = np.unique(month, return_inverse=True)
    found: Ints = np.array([places.get(int(m), -1) for m in present], dtype=np.int64)[inverse]
    return found


def grain_of(fact: str, staffed: Collection[str], declared: str) -> str:
    """Block length of a fact: rows that staff handled follow the strategy, others are monthly, unless the whole file is
    declared to be one wave. Cohorts, and purchases by cohort, follow the strategy too: conditions of a first order are
    rare, and in a month too few customers meet them to be shown."""
    return declared if fact in staffed or fact in ("cohorts", "purchases") or declared == "wave" else "month"


def month_names(months: Sequence[int]) -> tuple[str, ...]:
    return tuple(month_of(day_of(m)) for m in months)
