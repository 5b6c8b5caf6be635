"""Mending: what is published about a block says less, little by little, until the joint test holds.

A combination that may not stand names the numbers it is made of. Of those, the one that is least wanted (lowest
priority of its view, then fewest rows) is joined with its sibling, in every metric that publishes the same group of
rows, and the test is made again. Where cells of one parent were joined too often the parent is told uncut; where those
at the top were, the path loses its last level, then all. What was published before is never touched. If everything
open is gone and the test still fails, nothing of the block is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from metrics.clearing.evidence import Floats, Ints
from metrics.clearing.joint import Groups, Weak, space, weak
from metrics.clearing.rule import UNKNOWN
from metrics.clearing.tree import Path, Tree, joined, shortened, siblings, uncut, walk, where

#: Weights below this part of the largest are not what makes a combination.
SMALL = 0.25
ROUNDS = 400
#: Part of a combination outside a space below which it lies in it.
SAME = 1e-6
#: A place on each column of a path.
Point = tuple[int, ...]


@dataclass(frozen=True)
class Family:
    """The finest groups of a family's rows in one block. ``cell[g, m]``: which finest cell of metric m the rows of
    group g count in, -1 for none; ``places[m][column]``: the place of each finest cell of metric m on a column."""

    groups: Groups
    cell: Ints
    places: Sequence[dict[str, Ints]]


@dataclass(frozen=True)
class Changed:
    """A cell that was published before and has other sums today. ``rows``: it holds more or fewer rows; else some were
    corrected. ``count``: how many rows at least came, went or were corrected."""

    metric: int
    view: str
    path: Path
    rows: bool
    count: float = 1.0


@dataclass(frozen=True)
class Mended:
    """``trees``: what may be told, in the order given; None where a path is withheld. ``joined``: paths that lost a
    cell to its sibling; ``cut``: paths that lost a level, all of it or below some cells. ``holds`` is False when
    nothing new may be told. ``rank``: for each metric its independent numbers about handled rows."""

    trees: tuple[Tree | None, ...]
    joined: frozenset[int]
    cut: frozenset[int]
    holds: bool
    rank: dict[int, int]


def mend(family: Family, trees: Sequence[Tree], min_staff: int, changed: Sequence[Changed] = ()) -> Mended:
    """The trees of one family and block, mended until no set of fewer than ``min_staff`` is isolable and nobody's
    isolation index is above one half. Pure: equal input gives equal output.

    ``changed`` cells of fixed trees count rows that nobody else counts, and of which nobody knows who handled them: so
    no new number may be told that differs from them by those rows alone. Corrected results are looked at metric by
    metric: in another metric the same rows have another result, and there they have not changed."""
    now: list[Tree | None] = list(trees)
    joins: set[int] = set()
    cuts: set[int] = set()
    for metric in _metrics(changed, trees):
        mine = [i for i, t in enumerate(trees) if metric in (t.metric, t.of)]
        one = _mended(family, [trees[i] for i in mine], min_staff, [c for c in changed if c.metric == metric])
        for i, tree in zip(mine, one.trees):
            now[i] = tree
        joins |= {mine[i] for i in one.joined}
        cuts |= {mine[i] for i in one.cut}
    every = _mended(family, now, min_staff, [c for c in changed if c.rows])
    return Mended(every.trees, every.joined | joins, every.cut | cuts, every.holds, every.rank)


def _mended(family: Family, trees: Sequence[Tree | None], min_staff: int, changed: Sequence[Changed]) -> Mended:
    now: list[Tree | None] = list(trees)
    seen, small = _grouped(*_with_changed(*_leaves(family, now), now, changed))
    owners = _owners(now)
    joins: set[int] = set()
    cuts: set[int] = set()
    times: dict[tuple[int, Path], int] = {}
    for _ in range(ROUNDS):
        table = _table(now, seen)
        found = weak(table.matrix, small, min_staff) if table.places else []
        found = _new(table, small, found)
        if not found:
            return Mended(tuple(now), frozenset(joins), frozenset(cuts), True, _ranks(table, small, now))
        touched: set[int] = set()
        in_hand: set[int] = set()
        for one in found:
            row = _choice(table, one, now, in_hand)
            if row is None:
                continue
            in_hand.add(row)
            for t, path in _cells([(owners[t], path) for t, path in table.places[row]]):
                tree = now[t]
                if tree is None or (at := where(tree, path)) is None:
                    continue
                place = t, path[:-1]
                times[place] = times.get(place, 0) + 1
                less = joined(tree, at) if times[place] <= _patience(tree, at) else None
                if less is None:
                    less, times[place] = uncut(tree, at[:-1]) if len(at) > 1 else shortened(tree), 0
                    cuts.add(t)
                else:
                    joins.add(t)
                for part, of in enumerate(trees):
                    if of is not None and owners[part] == t:
                        touched.add(part)
                        now[part] = less and replace(less, metric=of.metric, of=of.of)
        if not touched:
            break
        seen, small = _coarser(seen, small, now, touched)
    left = [t if t is not None and t.fixed else None for t in now]
    return Mended(tuple(left), frozenset(joins), frozenset(cuts), False, {})


def stands(family: Family, trees: Sequence[Tree], min_staff: int, changed: Sequence[Changed] = ()) -> bool:
    """Whether trees pass the joint test just as they are (what was published before is not judged again)."""
    parts = [
        ([t for t in trees if m in (t.metric, t.of)], [c for c in changed if c.metric == m])
        for m in _metrics(changed, trees)
    ]
    for mine, about in (*parts, (list(trees), [c for c in changed if c.rows])):
        seen, small = _grouped(*_with_changed(*_leaves(family, mine), mine, about))
        table = _table(mine, seen)
        found = weak(table.matrix, small, min_staff) if table.places else []
        if _new(table, small, found):
            return False
    return True


def _metrics(changed: Sequence[Changed], trees: Sequence[Tree]) -> list[int]:
    """Metrics with changed cells, without those that only tell parts of another's."""
    parts = {t.metric for t in trees if t.of >= 0}
    return sorted({c.metric for c in changed} - parts)


def _owners(trees: Sequence[Tree | None]) -> list[int]:
    """For each tree the one it follows: itself, or for parts the tree of their whole."""
    place = {(t.metric, t.view, t.fixed): i for i, t in enumerate(trees) if t is not None and t.of < 0}
    return [i if t is None or t.of < 0 else place[t.of, t.view, t.fixed] for i, t in enumerate(trees)]


def _patience(tree: Tree, at: Sequence[int]) -> int:
    """Joins of the cells beside one after which they are cut no more: half as many as there are."""
    return max(2, len(siblings(tree, at[:-1])) // 2)


@dataclass(frozen=True)
class _Seen:
    """Per tree: the leaf of every group (-1: outside), and a point (place per column) inside each leaf."""

    leaf: list[Ints]
    points: list[list[Point]]


@dataclass(frozen=True)
class _Table:
    matrix: sparse.csr_matrix
    places: list[list[tuple[int, Path]]]
    """For each row of the matrix the (tree, path) of the cells it stands for: equal numbers share a row."""
    rows: Floats
    fixed: NDArray[np.bool_]
    """Which rows hold a number that was published."""


def _paths(tree: Tree) -> list[tuple[Path, list[tuple[int, ...]]]]:
    """Leaves: path of places, and positions of the cell and all above it."""
    return [(path, [at[: i + 1] for i in range(len(at))]) for _, at, path, node in walk(tree) if not node.children]


def _leaves(family: Family, trees: Sequence[Tree | None]) -> tuple[_Seen, Groups]:
    leaf: list[Ints] = []
    points: list[list[Point]] = []
    for tree in trees:
        if tree is None:
            leaf.append(np.full(len(family.cell), -1, dtype=np.int64))
            points.append([])
            continue
        columns = [family.places[tree.metric][c] for c in tree.columns]
        sizes = [int(c.max(initial=-1)) + 1 for c in columns]
        found = np.full(sizes, -1, dtype=np.int64)
        inside = _paths(tree)
        for i, (path, _) in enumerate(inside):
            fits = [[p for p in places if p < size] for places, size in zip(path, sizes)]
            found[np.ix_(*fits)] = i
        at = family.cell[:, tree.metric]
        inside_it = np.where(at >= 0, found[tuple(c[at] for c in columns)] if columns else 0, -1)
        leaf.append(inside_it.astype(np.int64))
        points.append([tuple(places[0] for places in path) for path, _ in inside])
    return _Seen(leaf, points), family.groups


def _with_changed(
    seen: _Seen, g: Groups, trees: Sequence[Tree | None], changed: Sequence[Changed]
) -> tuple[_Seen, Groups]:
    """One more group for every changed cell: its rows that came late, by somebody unknown, which only the published
    numbers count."""
    leaf, rows, group = seen.leaf, g.rows, g.group
    staff, staff_rows = g.staff, g.staff_rows
    for view, path in sorted({(c.view, c.path) for c in changed}):
        same = [c for c in changed if (c.view, c.path) == (view, path)]
        metrics, count = {c.metric for c in same}, max(c.count for c in same)
        more = np.full(len(trees), -1, dtype=np.int64)
        for t, tree in enumerate(trees):
            if tree is not None and tree.fixed and tree.view == view and tree.metric in metrics:
                paths = [leaf for leaf, _ in _paths(tree)]
                more[t] = paths.index(path) if path in paths else -1
        if (more >= 0).any():
            leaf = [np.append(column, one) for column, one in zip(leaf, more)]
            group, staff = np.append(group, len(rows)), np.append(staff, UNKNOWN)
            rows, staff_rows = np.append(rows, count), np.append(staff_rows, count)
    return _Seen(leaf, seen.points), Groups(rows, group, staff, staff_rows)


def _grouped(seen: _Seen, g: Groups) -> tuple[_Seen, Groups]:
    """Groups that no number tells apart, added up; what no number counts is left out."""
    stack = np.column_stack(seen.leaf).astype(np.int32)
    rows = np.ascontiguousarray(stack).view(f"V{stack.itemsize * stack.shape[1]}").ravel()
    _, first, group = np.unique(rows, return_index=True, return_inverse=True)
    told = np.asarray((stack[first] >= 0).any(axis=1))
    new = np.cumsum(told) - 1
    kept = told[group]
    group = np.where(kept, new[group], -1)
    size = int(told.sum())
    at = group[g.group]
    inside = at >= 0
    width = int(g.staff.max(initial=0)) + 2
    key, back = np.unique(at[inside] * width + g.staff[inside] + 1, return_inverse=True)
    staff_rows = np.bincount(back, g.staff_rows[inside], len(key)).astype(float)
    total = np.bincount(group[kept], g.rows[kept], size).astype(float)
    small = Groups(total, key // width, key % width - 1, staff_rows)
    return _Seen([column[first[told]] for column in stack.T.astype(np.int64)], seen.points), small


def _coarser(seen: _Seen, g: Groups, trees: Sequence[Tree | None], touched: set[int]) -> tuple[_Seen, Groups]:
    leaf, points = list(seen.leaf), list(seen.points)
    for t in touched:
        tree = trees[t]
        if tree is None:
            leaf[t], points[t] = np.full(len(g.rows), -1, dtype=np.int64), []
            continue
        inside = [path for path, _ in _paths(tree)]
        sets = [[set(places) for places in path] for path in inside]

        def home(point: Point, sets: list[list[set[int]]] = sets) -> int:
            return next(i for i, s in enumerate(sets) if all(p in places for p, places in zip(point, s)))

        new = np.array([home(point) for point in points[t]] or [0])
        leaf[t] = np.where(leaf[t] >= 0, new[leaf[t]], -1)
        points[t] = [tuple(places[0] for places in path) for path in inside]
    return _grouped(_Seen(leaf, points), g)


def _table(trees: Sequence[Tree | None], seen: _Seen) -> _Table:
    """Every told number as a row over the groups; equal rows once."""
    count = len(seen.leaf[0]) if seen.leaf else 0
    stamp = np.random.default_rng(1).integers(1, 2**62, count, dtype=np.int64).astype(np.uint64)
    at_of: dict[int, int] = {}
    places: list[list[tuple[int, Path]]] = []
    rows: list[Ints] = []
    for t, tree in enumerate(trees):
        if tree is None:
            continue
        order = np.argsort(seen.leaf[t], kind="stable")
        start = np.searchsorted(seen.leaf[t][order], np.arange(len(seen.points[t]) + 1))
        under: dict[tuple[int, ...], list[Ints]] = {}
        for i, (_, above) in enumerate(_paths(tree)):
            for at in above:
                under.setdefault(at, []).append(order[start[i] : start[i + 1]])
        for _, at, path, node in walk(tree):
            members = np.concatenate(under[at])
            if not tree.told(node) or not len(members):
                continue
            with np.errstate(over="ignore"):
                mark = int(stamp[members].sum())
            if mark not in at_of:
                at_of[mark] = len(places)
                places.append([])
                rows.append(members)
            places[at_of[mark]].append((t, path))
    indptr = np.concatenate(([0], np.cumsum([len(r) for r in rows]))).astype(np.int64)
    indices = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
    matrix = sparse.csr_matrix((np.ones(len(indices)), indices, indptr), shape=(len(rows), count))
    published = [t is not None and t.fixed for t in trees]
    fixed = np.array([any(published[t] for t, _ in cells) for cells in places], dtype=bool)
    return _Table(matrix, places, np.diff(indptr).astype(float), fixed)


def _new(table: _Table, g: Groups, found: Sequence[Weak]) -> list[Weak]:
    """Combinations that are not of published numbers alone: those stood this test when they were published.

    A combination is of published numbers alone exactly when it lies in their row space; its weights do not tell, since
    the same combination can be written in many ways."""
    fixed = np.flatnonzero(table.fixed)
    if not len(fixed) or not found:
        return list(found)
    old = space(table.matrix[fixed], g.rows)
    every = old.columns(np.arange(len(g.rows)))
    scale = np.sqrt(g.rows)
    kept = []
    for one in found:
        w = (table.matrix.T @ one.weights) * scale
        if (w @ w) - ((every @ w) ** 2).sum() > SAME * (w @ w):
            kept.append(one)
    return kept


def _involved(one: Weak, table: _Table) -> list[int]:
    """Open numbers that make a combination: those whose weight is not small beside the largest of them."""
    weight = np.where(table.fixed, 0.0, np.abs(one.weights))
    found: list[int] = np.flatnonzero(~table.fixed & (weight >= SMALL * weight.max(initial=0.0))).tolist()
    return found


def _ranks(table: _Table, g: Groups, trees: Sequence[Tree | None]) -> dict[int, int]:
    """Independent numbers of each metric."""
    rows: dict[int, set[int]] = {}
    for row, cells in enumerate(table.places):
        for t, _ in cells:
            tree = trees[t]
            if tree is not None:
                rows.setdefault(tree.metric, set()).add(row)
    return {metric: space(table.matrix[sorted(mine)], g.rows).rank for metric, mine in rows.items()}


def _choice(table: _Table, one: Weak, trees: Sequence[Tree | None], in_hand: set[int]) -> int | None:
    """The number to take back for one combination; None if one of its numbers is in hand already, or none is open."""
    involved = _involved(one, table)
    if in_hand.intersection(involved):
        return None
    best: tuple[tuple[float, ...], int] | None = None
    for row in involved:
        stands = [trees[t] for t, _ in table.places[row]]
        rank = (-min((tree.priority for tree in stands if tree), default=0), table.rows[row], row)
        if best is None or rank < best[0]:
            best = (rank, row)
    return best[1] if best else None


def _cells(places: Sequence[tuple[int, Path]]) -> list[tuple[int, Path]]:
    """One cell a tree: a cell that could not be cut stands for the same rows as the one below; the upper one counts."""
    upper: dict[int, Path] = {}
    for t, path in places:
        if t not in upper or len(path) < len(upper[t]):
            upper[t] = path
    return sorted(upper.items())
