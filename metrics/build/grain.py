"""How long the blocks are, and how much is published per member of staff.

Whoever has a roster (who handled how many contacts of which cell) can regress the published means on it. No threshold
stops that, only how much is published does: independent numbers per member of staff, KPI and year are counted and
limited. The grain is chosen before the first publication and kept: a finer one later would cut old blocks in two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from metrics.build.publish import Coverage, Draft
from metrics.build.together import Tested
from metrics.clearing.rule import UNKNOWN
from metrics.periods import WAVE
from metrics.strategy.model import Strategy

#: Block lengths that ``grain: auto`` chooses from, shortest first.
GRAINS = ("month", "quarter", "half")
#: Share of every KPI's rows that a two-way view has to show.
ENOUGH = 0.70


@dataclass(frozen=True)
class Spent:
    """The publishing budget of one metric in one year: independent numbers per member of staff behind them."""

    metric: str
    year: str
    per_staff: float


def spent(drafts: Sequence[Draft], tested: Sequence[Tested]) -> tuple[Spent, ...]:
    """Independent numbers about handled rows per member of staff, by metric and year (of a wave: the whole)."""
    rank: dict[tuple[int, str], int] = {}
    staff: dict[str, set[int]] = {}
    for block in tested:
        year = WAVE if block.period == WAVE else block.period[:4]
        g = block.family.groups
        staff.setdefault(year, set()).update(np.unique(g.staff[g.staff != UNKNOWN]).tolist())
        for metric, numbers in block.mended.rank.items():
            rank[metric, year] = rank.get((metric, year), 0) + numbers
    return tuple(
        Spent(drafts[metric].key, year, numbers / max(1, len(staff[year])))
        for (metric, year), numbers in sorted(rank.items())
        if metric < len(drafts)
    )


def two_way(strategy: Strategy, coverage: Sequence[Coverage]) -> dict[tuple[str, str], float]:
    """Shares shown by the views that cut by exactly two dimensions."""
    wide = {v.id for v in strategy.views if len(v.dimensions) == 2}
    return {(c.metric, c.view): c.share for c in coverage if c.view in wide}


def shows_enough(found: Mapping[tuple[str, str], float], longest: Mapping[tuple[str, str], float]) -> bool:
    """Whether every two-way view shows 70 % of every KPI's rows, or as much as the longest blocks would."""
    return all(share >= min(ENOUGH, longest.get(key, 0.0)) - 1e-9 for key, share in found.items())
