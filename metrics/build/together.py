"""The joint test over the drafts of a family: what each metric would say alone becomes what all may say together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum, unique
from typing import Any

from threadpoolctl import threadpool_limits

from metrics.build.blocks import number_of
from metrics.build.columns import UNITS, Member, columns, make_units, wider
from metrics.build.ledger import Held
from metrics.build.publish import MONTHS, TOTAL, Draft
from metrics.clearing.mend import Changed, Family, Mended, mend
from metrics.clearing.mend import stands as passes
from metrics.clearing.tree import Tree, depth, walk
from metrics.periods import WAVE, months_of
from metrics.strategy.model import Strategy


@unique
class State(Enum):
    """What became of a view of a metric in a block. It never says why in numbers of people."""

    WHOLE = "whole"
    """As declared."""
    POOLED = "pooled"
    """Some groups stand together, or are told without what lies below them."""
    SHORTENED = "shortened"
    """Cut by fewer dimensions than declared."""
    WITHHELD = "withheld"
    LATER = "later"
    """Declared after the block was published; it starts with a later one."""


@dataclass(frozen=True)
class Tested:
    """A block of a family after the test, and the groups of rows and metrics to test it on again."""

    period: str
    mended: Mended
    family: Family
    every: Sequence[Member]


def together(
    engine: Any,
    strategy: Strategy,
    drafts: Sequence[Draft],
    members: Sequence[Member],
    held: Held,
    min_staff: int,
    staffed: bool,
) -> tuple[list[Tested], dict[tuple[str, str, str], State]]:
    """Test the drafts of one family block by block and take back, in place, what may not be said. ``members`` holds the
    drafts' metrics in order, then those that only the ledger knows. Returns what was tested and what became of each
    (metric, view, period). Where nothing is ``staffed`` there is nobody to protect and nothing to test."""
    states: dict[tuple[str, str, str], State] = {}
    waiting: list[tuple[str, list[Tree], Future[Mended], Family]] = []
    tested: list[Tested] = []
    every = [*members, *(wider(engine, strategy, members) if staffed else ())]
    periods = sorted({p for d in drafts for p in d.trees} | held.periods(members))
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for period in periods:
            fixed = held.trees(period, members)
            fresh = [t for d in drafts for t in _fresh(d, period, held)]
            if fixed is None or not fresh:
                for tree in fresh:
                    states[drafts[tree.metric].key, tree.view, period] = State.LATER
                _settle(drafts, period, [], fixed or [])
                continue
            trees = [*fixed, *fresh]
            if not staffed:
                mended = Mended(tuple(trees), frozenset(), frozenset(), True, {})
                _keep(drafts, period, trees, mended, states)
                continue
            if not engine.has(UNITS):
                make_units(engine, strategy, every)
            family = columns(engine, every, _months(period, drafts, held))
            changed = _parted(held.changed(period, trees, members), every)
            trees += _parts(trees, every)
            waiting.append((period, trees, pool.submit(mend, family, trees, min_staff, changed), family))
        engine.drop(UNITS)
        for period, trees, future, family in waiting:
            mended = future.result()
            _keep(drafts, period, trees, mended, states)
            tested.append(Tested(period, mended, family, every))
    return tested, states


def _keep(
    drafts: Sequence[Draft],
    period: str,
    trees: Sequence[Tree],
    mended: Mended,
    states: dict[tuple[str, str, str], State],
) -> None:
    kept = [t for t in mended.trees if t is not None and t.of < 0]
    fixed = [t for t in kept if t.fixed]
    for i, (before, after) in enumerate(zip(trees, mended.trees)):
        if not before.fixed and before.of < 0:
            old = bool(fixed) and before.view not in (TOTAL, MONTHS)
            states[drafts[before.metric].key, before.view, period] = _state(before, after, i, mended, old)
    _settle(drafts, period, [t for t in kept if not t.fixed], fixed)


def _parts(trees: Sequence[Tree], every: Sequence[Member]) -> list[Tree]:
    """For trees of a metric that counts a part of wider rows: the same cells, of those rows."""
    return [replace(t, metric=k, of=m.of) for k, m in enumerate(every) if m.of >= 0 for t in trees if t.metric == m.of]


def _parted(changed: Sequence[Changed], every: Sequence[Member]) -> list[Changed]:
    """Changed cells, also among the wider rows."""
    parts = [replace(c, metric=k, rows=True) for k, m in enumerate(every) for c in changed if c.metric == m.of]
    return [*changed, *parts]


def _months(period: str, drafts: Sequence[Draft], held: Held) -> list[int]:
    """Numbers of a block's months; with those without a date in a wave."""
    if period == WAVE:
        return sorted({0, *(m for d in drafts for m in d.months.get(period, ()))} | held.all_months(drafts))
    return [number_of(m) for m in months_of(period)]


def _fresh(d: Draft, period: str, held: Held) -> list[Tree]:
    """Trees that were not published before. A month that was is no more told by the new tree."""
    found = []
    for tree in d.trees.get(period, ()):
        if tree.view == MONTHS:
            before = held.months(d.key, period)
            nodes = tuple(n for n in tree.nodes if len(n.places) > 1 or n.places[0] not in before)
            if nodes:
                found.append(replace(tree, nodes=nodes))
        elif not held.has(d.key, tree.view, period):
            found.append(tree)
    return found


def _settle(drafts: Sequence[Draft], period: str, fresh: Sequence[Tree], fixed: Sequence[Tree]) -> None:
    """What stays of a block: its published cells, and of the new ones those that passed."""
    for d in drafts:
        if period in d.trees:
            d.trees[period] = []
    for tree in (*fixed, *fresh):
        if tree.metric < len(drafts):
            drafts[tree.metric].trees.setdefault(period, []).append(tree)


def _state(before: Tree, after: Tree | None, i: int, mended: Mended, old: bool) -> State:
    if after is None:
        return State.LATER if old else State.WITHHELD
    if depth(after) < depth(before):
        return State.SHORTENED
    pooled = i in mended.cut or any(len(node.places) > 1 for _, _, _, node in walk(after))
    return State.POOLED if pooled else State.WHOLE


def stands(tested: Sequence[Tested], members: Sequence[Member], before: Held, fresh: Held, min_staff: int) -> bool:
    """Whether what a finished file tells of a family, block by block, is what was tested, and passes again.

    ``before`` and ``fresh`` hold the file's numbers: those carried over, and those of this build."""
    seen = {t.period for t in tested}
    if any(p not in seen for p in fresh.periods(members)):
        return False

    def passed(block: Tested) -> bool:
        fixed, new = before.trees(block.period, members), fresh.trees(block.period, members)
        if fixed is None or new is None:
            return False
        trees = [*fixed, *(replace(t, fixed=False) for t in new)]
        changed = _parted(before.changed(block.period, trees, members), block.every)
        return not trees or passes(block.family, [*trees, *_parts(trees, block.every)], min_staff, changed)

    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return all(pool.map(passed, tested))
