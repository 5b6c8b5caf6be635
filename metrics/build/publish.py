"""What would be said of one metric if it stood alone: its totals by block and month, and its views, each cell cleared.

``Draft`` holds it as trees, block by block, so that ``metrics.build.together`` can take back what the numbers of a
family say in combination. ``Published`` is what is left of it, as the release writes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from metrics.build.blocks import UNDATED, Blocks, month_names
from metrics.build.deciders import is_decided
from metrics.build.gather import Gathered, Instance
from metrics.clearing.evidence import Constant, Floats, clear, grouped
from metrics.clearing.rule import Floors
from metrics.clearing.split import Cell, split_children, split_path
from metrics.clearing.tree import Node, Tree, walk
from metrics.periods import block_of, months_of
from metrics.strategy.model import View

#: For each dimension the pools of places that stand together everywhere, in declared order.
Pools = Mapping[str, tuple[tuple[int, ...], ...]]
#: Dimensions cut, each with the values that stand in the cell.
Dims = tuple[tuple[str, tuple[str, ...]], ...]
#: For each dimension its values by place.
Names = Mapping[str, tuple[str, ...]]
#: Names of the trees of company totals: a block, and its months.
TOTAL, MONTHS = "", "months"
MONTH = "month"


@dataclass(frozen=True)
class Number:
    """A cleared cell: view '' and no dims for a company total. ``published``: before, and carried over unchanged."""

    view: str
    period: str
    dims: Dims
    sums: Floats
    published: bool = False


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


@dataclass
class Draft:
    """One metric before the joint test. ``trees``: for each block of its family's grain what would be said (views
    ``TOTAL`` and ``MONTHS`` are the company totals); ``months``: the months of each block that may be told; ``rows``:
    the metric's rows in its closed blocks; ``told``: for each view the dimensions of which these rows say anything."""

    instance: Instance
    measures: tuple[str, ...]
    blocks: Blocks
    grain: str
    trees: dict[str, list[Tree]]
    months: dict[str, list[int]]
    rows: float
    told: dict[str, tuple[str, ...]]
    undated: int

    @property
    def key(self) -> str:
        return self.instance.key


def constant_of(instance: Instance, measures: Sequence[str]) -> Constant:
    """The metric's own test for results that are the same for all, over rows of sums."""

    def constant(sums: Floats) -> NDArray[np.bool_]:
        same = [instance.metric.constant(dict(zip(measures, row))) for row in sums.tolist()]
        return np.array(same, dtype=bool)

    return constant


def draft(
    number: int,
    instance: Instance,
    gathered: Gathered,
    blocks: Blocks,
    grain: str,
    views: Sequence[View],
    pools: Pools,
    floors: Floors,
) -> Draft:
    """Clear one metric by the cell rule: totals, months, and each view from the top. ``number`` is the metric's place
    in its family."""
    made = Draft(
        instance,
        gathered.measures,
        blocks,
        grain,
        {period: [] for period in blocks.periods},
        {},
        float(gathered.n[blocks.of_cell >= 0].sum()),
        {},
        int(gathered.n[blocks.undated].sum()),
    )
    constant = constant_of(instance, gathered.measures)
    roots = _totals(made, number, gathered, floors, constant)
    for view in views:
        other = is_decided(instance.metric.fact, view) and gathered.decided
        g = replace(gathered, evidence=other) if other else gathered
        _view(made, number, view, g, roots, pools, floors, constant)
    return made


def _totals(made: Draft, number: int, g: Gathered, floors: Floors, constant: Constant) -> list[int]:
    """Company totals of blocks and their months; returns the blocks that are cleared."""
    blocks = made.blocks
    count = len(blocks.periods)
    totals = grouped(g.evidence, blocks.of_cell, count)
    passed = clear(totals, floors, constant)
    months, month_of_cell = np.unique(g.month, return_inverse=True)
    monthly = grouped(g.evidence, month_of_cell, len(months))
    for b, period in enumerate(blocks.periods):
        inside = [int(i) for i in np.unique(month_of_cell[blocks.of_cell == b])]
        if not inside or months_of(period) == (period,):
            made.months[period] = []
        else:
            made.months[period] = [int(months[i]) for i in inside if months[i]]
        if not inside or not passed[b]:
            continue
        made.trees[period].append(Tree(number, TOTAL, (), 0, (Node((), totals.sums[b]),)))
        groups = split_children(monthly, inside, floors, constant)
        if groups and made.months[period]:
            cells = [Node(tuple(int(months[i]) for i in group), monthly.sums[group].sum(axis=0)) for group in groups]
            made.trees[period].append(_monthly(number, cells))
    cleared = clear(monthly, floors, constant)
    alone: dict[str, list[Node]] = {}
    for place in np.flatnonzero(np.isin(months, blocks.open_months)).tolist():
        month = int(months[place])
        period = block_of(month_names([month])[0], made.grain)
        made.months.setdefault(period, []).append(month)
        if cleared[place]:
            alone.setdefault(period, []).append(Node((month,), monthly.sums[place]))
    for period, cells in alone.items():
        made.trees.setdefault(period, []).append(_monthly(number, cells))
    return [b for b in range(count) if passed[b]]


def _monthly(number: int, nodes: Sequence[Node]) -> Tree:
    return Tree(number, MONTHS, (MONTH,), 0, tuple(sorted(nodes, key=lambda n: n.places)), single=True)


def _view(
    made: Draft,
    number: int,
    view: View,
    g: Gathered,
    roots: list[int],
    pools: Pools,
    floors: Floors,
    constant: Constant,
) -> None:
    blocks = made.blocks
    path = _told(view, g, pools)
    if not path:
        return
    made.told[view.id] = path
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
    for block in roots:
        nodes = _nodes([[c for c in level if c.block == block] for level in levels], path, pools)
        if nodes:
            made.trees[blocks.periods[block]].append(Tree(number, view.id, path, view.priority, nodes))


def _nodes(levels: Sequence[Sequence[Cell]], path: Sequence[str], pools: Pools) -> tuple[Node, ...]:
    """Cells of one block as a tree of places (pools spelled out)."""

    def below(above: tuple[tuple[int, ...], ...]) -> tuple[Node, ...]:
        depth = len(above)
        if depth == len(levels):
            return ()
        mine = (c for c in levels[depth] if c.path[:depth] == above)
        made = (
            Node(tuple(sorted(v for pool in c.path[-1] for v in pools[path[depth]][pool])), c.sums, below(c.path))
            for c in mine
        )
        return tuple(sorted(made, key=lambda n: n.places))

    return below(())


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


def numbers_of(tree: Tree, period: str, names: Names) -> list[Number]:
    """The told cells of a tree, as numbers of a period."""
    found = []
    for _, _, path, node in walk(tree):
        if not tree.told(node):
            continue
        if tree.view == MONTHS:
            if node.places == (UNDATED,):
                continue
            found.append(Number(TOTAL, month_names(node.places)[0], (), node.sums))
        else:
            dims = tuple((d, tuple(names[d][v] for v in at)) for d, at in zip(tree.columns, path))
            found.append(Number(tree.view, period, dims, node.sums))
    return found


def published(made: Draft, carried: Sequence[Number], pools: Pools, names: Names) -> Published:
    """What is left of a draft besides what is ``carried`` over, with what it covers and which totals are withheld."""
    said = Published(made.key, made.measures, numbers=list(carried), undated=made.undated)
    shown: dict[str, float] = dict.fromkeys(made.told, 0.0)
    n = made.measures.index("n")
    for period, trees in made.trees.items():
        for tree in trees:
            if not tree.fixed:
                said.numbers.extend(numbers_of(tree, period, names))
            if tree.view in made.told:
                shown[tree.view] += _shown(tree, made.told[tree.view], pools, n)
    told = {x.period for x in said.numbers if x.view == TOTAL}
    closed = set(made.blocks.periods)
    for period, months in made.months.items():
        wanted = [period] if period in closed else []
        said.withheld.extend(p for p in (*wanted, *month_names(months)) if p not in told)
    said.coverage.extend(Coverage(made.key, v, x / made.rows if made.rows else 0.0) for v, x in shown.items())
    return said


def _shown(tree: Tree, path: Sequence[str], pools: Pools, n: int) -> float:
    """Rows in cells that are cut by every dimension of the path."""
    whole = [{v for pool in pools[d] for v in pool} for d in path]
    return sum(
        float(node.sums[n])
        for depth, _, at, node in walk(tree)
        if depth == len(path) and all(not every <= set(places) for places, every in zip(at, whole))
    )
