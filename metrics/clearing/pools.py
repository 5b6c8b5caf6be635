"""Stable pools: values too small to stand alone are joined once, for good, and alike everywhere.

If a team of three were joined with one partner in this view and another in that one, or this quarter and not the
next, the two numbers could be subtracted and the team would stand there alone. So a value that fails the rule in
most blocks of *any* family of rows is joined with its declared partner (the next value in the list if none is
declared) before any path is split, for all paths, KPIs and families, also for those in which it would pass.
A pool that still fails in most blocks is joined with the next pool, until all stand or one is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.clearing.evidence import Constant, Evidence, Floats, Ints, clear, grouped
from metrics.clearing.rule import Floors


@dataclass(frozen=True)
class Family:
    """Rows on which the values of one dimension are tried: ``block`` and ``value`` of each cell of ``evidence``."""

    evidence: Evidence
    block: Ints
    value: Ints


def _no_result(sums: Floats) -> NDArray[np.bool_]:
    """Pools are decided by who and how many alone; no result is looked at."""
    return np.zeros(len(sums), dtype=bool)


NO_RESULT: Constant = _no_result


def stable_pools(
    values: int,
    partners: Mapping[int, int],
    families: Sequence[Family],
    floors: Floors,
    before: Sequence[tuple[int, ...]] = (),
) -> tuple[tuple[int, ...], ...]:
    """Pools of the values 0 .. values-1 in declared order, of which the last is "other"; each stands in exactly one.

    ``partners`` gives declared partners; ``before`` pools that were published, which are kept. A value without rows in
    any family stays alone: it publishes nothing."""
    kept = [tuple(sorted(pool)) for pool in before if pool]
    old = {v for pool in kept for v in pool}
    pools: list[tuple[int, ...]] = sorted([*kept, *((v,) for v in range(values) if v not in old)])
    while len(pools) > 1:
        failing = _failing(pools, families, floors)
        place = next((i for i, fails in enumerate(failing) if fails), None)
        if place is None:
            break
        partner = _partner(pools, place, partners)
        joined = tuple(sorted(pools[place] + pools[partner]))
        pools = sorted([p for i, p in enumerate(pools) if i not in (place, partner)] + [joined])
    return tuple(pools)


def _partner(pools: Sequence[tuple[int, ...]], place: int, partners: Mapping[int, int]) -> int:
    """The pool that the pool at ``place`` joins: the declared partner of its first value that names one outside it,
    else the pool after it. For the last one, and where only "other" comes after, it is the one before: a value loses
    its name to "other" only when there is nothing else to join."""
    for value in pools[place]:
        wanted = partners.get(value)
        if wanted is not None and wanted not in pools[place]:
            return next(i for i, pool in enumerate(pools) if wanted in pool)
    last = len(pools) - 1
    if place == last or (place == last - 1 and len(pools[last]) == 1 and place > 0):
        return place - 1
    return place + 1


def _failing(pools: Sequence[tuple[int, ...]], families: Sequence[Family], floors: Floors) -> list[bool]:
    """Which pools fail in more than half of the blocks in which they have rows, in any family."""
    width = 1 + max(v for pool in pools for v in pool)
    pool_of = np.zeros(width, dtype=np.int64)
    for i, pool in enumerate(pools):
        pool_of[list(pool)] = i
    fails = np.zeros(len(pools), dtype=bool)
    for family in families:
        if not family.evidence.cells:
            continue
        at = family.block * len(pools) + pool_of[family.value]
        present, group = np.unique(at, return_inverse=True)
        passed = clear(grouped(family.evidence, group, len(present)), floors, NO_RESULT)
        blocks = np.bincount(present % len(pools), minlength=len(pools))
        failed = np.bincount(present[~passed] % len(pools), minlength=len(pools))
        fails |= 2 * failed > blocks
    return [bool(f) for f in fails]
