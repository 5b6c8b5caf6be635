"""Splitting a path of dimensions from the top, so that everything published on it passes the rule by itself.

A node (first a whole block) is cut by the next dimension of its path. Children that fail are pooled; a pool that
still fails takes in its neighbour in declared order, never "the smallest", since then the partner would change from
block to block. When nothing but one pool of everything is left, the node stays whole: below it stands one cell with
all values of the dimension, and it is not cut further.

So the cells of a path are disjoint, together they are exactly their parent, and each passes the rule; and so does
what is left of a parent when one of its cells is taken away, down to the last cell: it is a union of cells that pass.
(A union of passing cells has at least as many staff and customers; its largest share is at most the largest of
theirs.) Months of a block are one more path of length one: a month that fails is pooled, and what is pooled is not
shown, since a period is either a month or the block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics.clearing.evidence import Constant, Evidence, Floats, Ints, clear, grouped, union
from metrics.clearing.rule import Floors


@dataclass(frozen=True)
class Cell:
    """A published group: its block, for each dimension cut so far the places (in declared order) of the pools that
    stand in it, and its sums."""

    block: int
    path: tuple[tuple[int, ...], ...]
    sums: Floats


def split_children(e: Evidence, children: Sequence[int], floors: Floors, constant: Constant) -> list[list[int]]:
    """Groups of the cells ``children`` of ``e`` (in declared order) that all pass; ``[]`` if only the whole does."""
    passed = clear(e, floors, constant)
    return _resolve(e, children, [bool(passed[c]) for c in children], floors, constant)


def _resolve(
    e: Evidence, children: Sequence[int], passed: Sequence[bool], floors: Floors, constant: Constant
) -> list[list[int]]:
    pool = [i for i, ok in enumerate(passed) if not ok]
    alone = [i for i, ok in enumerate(passed) if ok]
    while pool and alone:
        if clear(union(e, [children[i] for i in pool]), floors, constant)[0]:
            break
        after = [i for i in alone if i > pool[0]]
        neighbour = after[0] if after else alone[-1]
        alone.remove(neighbour)
        pool = sorted([*pool, neighbour])
    if pool and not alone:
        return []
    groups = [[i] for i in alone] + ([pool] if pool else [])
    return [[children[i] for i in g] for g in sorted(groups)]


def split_path(
    e: Evidence,
    block: Ints,
    values: Sequence[Ints],
    sizes: Sequence[int],
    roots: Sequence[int],
    floors: Floors,
    constant: Constant,
) -> list[list[Cell]]:
    """Published cells at each depth of a path, depth 1 first; at each depth they add up to the blocks of ``roots``.

    ``block`` and ``values[d]`` give each cell's block and its place on dimension d (of ``sizes[d]`` places, in
    declared order, stable pools already one place); ``roots`` are the blocks whose total is cleared: nothing below an
    uncleared total is looked at."""
    places = np.full(1 + max([*block.tolist(), *roots], default=0), -1, dtype=np.int64)
    places[list(roots)] = np.arange(len(roots))
    nodes = [Node(b, (), whole=False) for b in roots]
    node = places[block]
    levels: list[list[Cell]] = []
    for value, size in zip(values, sizes):
        level, nodes, node = _cut(e, nodes, node, value, size, floors, constant)
        levels.append(level)
    return levels


@dataclass(frozen=True)
class Node:
    """A cell that the next dimension cuts, unless it had to stay ``whole`` before."""

    block: int
    path: tuple[tuple[int, ...], ...]
    whole: bool


def _cut(
    e: Evidence, nodes: list[Node], node: Ints, value: Ints, size: int, floors: Floors, constant: Constant
) -> tuple[list[Cell], list[Node], Ints]:
    """One dimension: the cells it publishes, and the nodes for the next with each cell's node (-1: none)."""
    at = np.where(node >= 0, node * size + value, -1)
    present = np.unique(at[at >= 0])
    child = np.where(at >= 0, np.searchsorted(present, at), -1)
    children = grouped(e, child, len(present))
    passed = clear(children, floors, constant)
    place = present % size
    starts = np.searchsorted(present // size, np.arange(len(nodes) + 1))
    level: list[Cell] = []
    below: list[Node] = []
    node_of_child = np.full(len(present) + 1, -1, dtype=np.int64)
    for i, parent in enumerate(nodes):
        inside = range(starts[i], starts[i + 1])
        groups: list[list[int]] = []
        if not parent.whole:
            groups = _resolve(children, inside, [bool(passed[c]) for c in inside], floors, constant)
        whole = not groups
        for group in groups or [list(inside)]:
            places = tuple(range(size)) if whole else tuple(int(place[c]) for c in group)
            node_of_child[group] = len(below)
            below.append(Node(parent.block, (*parent.path, places), whole))
            level.append(Cell(parent.block, below[-1].path, children.sums[group].sum(axis=0)))
    return level, below, node_of_child[child]
