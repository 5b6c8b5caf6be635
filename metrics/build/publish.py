"""Clearing of one metric: its totals by block and month, and its views.

``Published`` of all metrics of a family is everything that will be said about the rows they share. The joint test
(design §4.5) reads exactly that list, family by family and block by block, before ``metrics.build`` writes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from metrics.build.blocks import Blocks, month_names
from metrics.build.gather import Gathered, Instance
from metrics.clearing.evidence import Constant, Floats, clear, grouped
from metrics.clearing.rule import Floors
from metrics.clearing.split import split_children, split_path
from metrics.strategy.model import View

#: For each dimension the pools of places that stand together everywhere, in declared order.
Pools = Mapping[str, tuple[tuple[int, ...], ...]]
#: Dimensions cut, each with the places that stand in the cell.
Places = tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Number:
    """A cleared cell: view '' and no places for a company total."""

    view: str
    period: str
    places: Places
    sums: Floats


@dataclass(frozen=True)
class Coverage:
    """Share of a metric's rows in closed blocks that a view shows cut by all its dimensions (of which these rows say
    anything), 0..1."""

    metric: str
    view: str
    share: float


@dataclass(frozen=True)
class Published:
    """What is said of one metric. ``withheld``: periods whose total is not cleared."""

    key: str
    measures: tuple[str, ...]
    numbers: list[Number] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    undated: int = 0


def constant_of(instance: Instance, measures: Sequence[str]) -> Constant:
    """The metric's own test for results that are the same for all, over rows of sums."""

    def constant(sums: Floats) -> NDArray[np.bool_]:
        same = [instance.metric.constant(dict(zip(measures, row))) for row in sums.tolist()]
        return np.array(same, dtype=bool)

    return constant


def publish(
    instance: Instance, gathered: Gathered, blocks: Blocks, views: Sequence[View], pools: Pools, floors: Floors
) -> Published:
    """Clear one metric: totals, months, and each view from the top."""
    said = Published(instance.key, gathered.measures, undated=int(gathered.n[blocks.undated].sum()))
    constant = constant_of(instance, gathered.measures)
    roots = _totals(said, gathered, blocks, floors, constant)
    for view in views:
        _view(said, view, gathered, blocks, roots, pools, floors, constant)
    return said


def _totals(said: Published, g: Gathered, blocks: Blocks, floors: Floors, constant: Constant) -> list[int]:
    """Company totals of blocks and their months; returns the blocks that are cleared."""
    count = len(blocks.periods)
    totals = grouped(g.evidence, blocks.of_cell, count)
    passed = clear(totals, floors, constant)
    roots = [b for b in range(count) if passed[b]]
    months, month_of_cell = np.unique(g.month, return_inverse=True)
    monthly = grouped(g.evidence, month_of_cell, len(months))
    names = _names(months)
    for b, period in enumerate(blocks.periods):
        inside = [int(i) for i in np.unique(month_of_cell[blocks.of_cell == b])]
        if not inside:
            continue
        if passed[b]:
            said.numbers.append(Number("", period, (), totals.sums[b]))
            groups = split_children(monthly, inside, floors, constant)
        else:
            said.withheld.append(period)
            groups = []
        alone = {g[0] for g in groups if len(g) == 1}
        for i in inside:
            if names[i] in ("", period):
                continue
            if i in alone:
                said.numbers.append(Number("", names[i], (), monthly.sums[i]))
            else:
                said.withheld.append(names[i])
    cleared = clear(monthly, floors, constant)
    for place in np.flatnonzero(np.isin(months, blocks.open_months)).tolist():
        if cleared[place]:
            said.numbers.append(Number("", names[place], (), monthly.sums[place]))
        else:
            said.withheld.append(names[place])
    return roots


def _names(months: NDArray[np.int64]) -> list[str]:
    return [month_names([int(m)])[0] if m else "" for m in months]


def _view(
    said: Published,
    view: View,
    g: Gathered,
    blocks: Blocks,
    roots: list[int],
    pools: Pools,
    floors: Floors,
    constant: Constant,
) -> None:
    path = _told(view, g, pools)
    if not path:
        return
    sizes = [len(pools[d]) for d in path]
    values = [_pool_of(pools[d])[g.places[d]] for d in path]
    # Many finest cells differ only in dimensions this view does not cut: added up first, once.
    key = blocks.of_cell
    for value, size in zip(values, sizes):
        key = key * size + value
    key = np.where(blocks.of_cell >= 0, key, -1)
    present = np.unique(key[key >= 0])
    cells = grouped(g.evidence, np.where(key >= 0, np.searchsorted(present, key), -1), len(present))
    rest, columns = present, []
    for size in reversed(sizes):
        rest, column = np.divmod(rest, size)
        columns.append(column)
    levels = split_path(cells, rest, columns[::-1], sizes, roots, floors, constant)
    n = said.measures.index("n")
    for level in levels:
        for cell in level:
            places = tuple(
                (d, tuple(sorted(v for pool in at for v in pools[d][pool]))) for d, at in zip(path, cell.path)
            )
            said.numbers.append(Number(view.id, blocks.periods[cell.block], places, cell.sums))
    rows = float(g.n[blocks.of_cell >= 0].sum())
    cut = [c for c in levels[-1] if all(len(at) < size for at, size in zip(c.path, sizes))]
    shown = float(sum(c.sums[n] for c in cut))
    said.coverage.append(Coverage(said.key, view.id, shown / rows if rows else 0.0))


def _told(view: View, g: Gathered, pools: Pools) -> tuple[str, ...]:
    """The view's dimensions up to the first of which these rows say nothing: all are 'other', the last place."""
    path: list[str] = []
    for dimension in view.dimensions:
        other = max(v for pool in pools[dimension] for v in pool)
        if not len(g.places[dimension]) or (g.places[dimension] == other).all():
            break
        path.append(dimension)
    return tuple(path)


def _pool_of(pools: tuple[tuple[int, ...], ...]) -> NDArray[np.int64]:
    """Place -> its pool."""
    found = np.zeros(1 + max(v for pool in pools for v in pool), dtype=np.int64)
    for i, pool in enumerate(pools):
        found[list(pool)] = i
    return found
