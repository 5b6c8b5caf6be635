"""Which values stand together everywhere: decided once, on all contacts and all orders, before any path is split."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np

from metrics.build.blocks import blocks, grain_of
from metrics.build.facts import DIMENSIONS, Facts
from metrics.build.facts.values import names
from metrics.build.gather import gather_rows
from metrics.build.publish import Pools
from metrics.clearing.evidence import grouped
from metrics.clearing.pools import Family, stable_pools
from metrics.clearing.rule import Floors
from metrics.strategy.model import Strategy

#: Facts that stand for a family, the first that has rows; answers and invitations are about contacts or orders.
FAMILIES = (("contacts", "answers"), ("orders",))


def pools_of(
    engine: Any,
    strategy: Strategy,
    facts: Facts,
    dimensions: tuple[str, ...],
    as_of: date,
    floors: Floors,
    declared: str = "quarter",
    before: Pools = MappingProxyType({}),
) -> Pools:
    """Pools of every dimension that a view cuts, in blocks of the ``declared`` length. ``before``: pools of what was
    published; they are kept and may only grow."""
    families: dict[str, list[Family]] = {d: [] for d in dimensions}
    for candidates in FAMILIES:
        fact = next((f for f in candidates if facts.rows[f]), None)
        if fact is None:
            continue
        mine = tuple(d for d in dimensions if d in DIMENSIONS[fact])
        gathered = gather_rows(engine, strategy, fact, mine)
        grain = grain_of(fact, facts.staffed, declared)
        block = blocks(gathered.month, grain, as_of, strategy.disclosure.closing_days).of_cell
        for dimension in mine:
            width = len(names(strategy, dimension))
            key = np.where(block >= 0, block * width + gathered.places[dimension], -1)
            present = np.unique(key[key >= 0])
            group = np.where(key >= 0, np.searchsorted(present, key), -1)
            tried = grouped(gathered.evidence, group, len(present))
            families[dimension].append(Family(tried, present // width, present % width))
    return {
        d: stable_pools(len(names(strategy, d)), _partners(strategy, d), families[d], floors, before.get(d, ()))
        for d in dimensions
    }


def _partners(strategy: Strategy, dimension: str) -> dict[int, int]:
    place = {value: i for i, value in enumerate(names(strategy, dimension))}
    return {place[a]: place[b] for a, b in strategy.pool_with(dimension).items() if a in place and b in place}
