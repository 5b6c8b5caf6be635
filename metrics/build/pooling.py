"""Which values stand together everywhere: decided once, on all contacts and all orders, before any path is split."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np

from metrics.build.blocks import blocks, grain_of
from metrics.build.facts import DIMENSIONS, Facts
from metrics.build.facts.values import names
from metrics.build.gather import Gathered, gather_rows
from metrics.build.publish import Pools
from metrics.clearing.evidence import Ints, grouped
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
    gathered: list[tuple[tuple[str, ...], Gathered, Ints]] = []
    for candidates in FAMILIES:
        fact = next((f for f in candidates if facts.rows[f]), None)
        if fact is None:
            continue
        mine = tuple(d for d in dimensions if d in DIMENSIONS[fact])
        rows = gather_rows(engine, strategy, fact, mine)
        grain = grain_of(fact, facts.staffed, declared)
        gathered.append((mine, rows, blocks(rows.month, grain, as_of, strategy.disclosure.closing_days).of_cell))

    def family(dimension: str, rows: Gathered, block: Ints) -> Family:
        width = len(names(strategy, dimension))
        key = np.where(block >= 0, block * width + rows.places[dimension], -1)
        present = np.unique(key[key >= 0])
        group = np.where(key >= 0, np.searchsorted(present, key), -1)
        return Family(grouped(rows.evidence, group, len(present)), present // width, present % width)

    # One dimension after the other: the evidence of all of them at once is several times that of the rows.
    return {
        d: stable_pools(
            len(names(strategy, d)),
            _partners(strategy, d),
            [family(d, rows, block) for mine, rows, block in gathered if d in mine],
            floors,
            before.get(d, ()),
        )
        for d in dimensions
    }


def _partners(strategy: Strategy, dimension: str) -> dict[int, int]:
    place = {value: i for i, value in enumerate(names(strategy, dimension))}
    return {place[a]: place[b] for a, b in strategy.pool_with(dimension).items() if a in place and b in place}
