"""The ledger: what was published, block by block. A published number is carried over unchanged.

It lies in the published release itself: its numbers with their cells, and nothing about a row. A later build evaluates
the same cells on the sources as they are now: where a sum has changed (rows that came late, rows that were corrected),
the old number and a new one differ by those rows alone, and the joint test is told so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from metrics.build.blocks import number_of
from metrics.build.columns import Member
from metrics.build.facts.values import names
from metrics.build.gather import Instance
from metrics.build.publish import MONTH, MONTHS, TOTAL, Draft
from metrics.clearing.evidence import Floats
from metrics.clearing.mend import Changed
from metrics.clearing.tree import Node, Tree, walk
from metrics.clearing.tree import Path as Cut
from metrics.errors import DataError
from metrics.kpis import BY_ID
from metrics.periods import WAVE, block_of, months_of
from metrics.release import Release, is_draft
from metrics.strategy.model import Strategy

Dims = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Entry:
    """A published number: its cell and its sums."""

    metric: str
    view: str
    period: str
    dims: Dims
    sums: Mapping[str, float]


@dataclass(frozen=True)
class Ledger:
    """``grain``: the block length that was published, '' when nothing was; ``id`` tells one ledger from another;
    ``pools``: dimension -> values joined for good."""

    entries: tuple[Entry, ...] = ()
    grain: str = ""
    id: str = ""
    pools: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        return tuple(sorted({e.metric for e in self.entries}))


def read_ledger(path: Path) -> Ledger:
    """What the release at ``path`` says was published; empty where there is none. Raises DataError for a file that
    cannot be read: it may hold a ledger, so nothing may be built over it."""
    if not path.exists() or is_draft(path):
        return Ledger()
    try:
        release = Release(path)
    except DataError as error:
        raise DataError(
            "What was published cannot be read, so it is not known which numbers may still be told.",
            str(path),
            "Put the file back from a copy, or start over: python -m metrics publish --forget-ledger.",
        ) from error
    try:
        entries = tuple(Entry(*row) for row in release.published)
        return Ledger(entries, release.meta["grain"], release.meta["ledger"], release.pools)
    finally:
        release.close()


def instance_of(key: str) -> Instance | None:
    """The metric with its parameters that a key such as ``csat(question=support)`` names; None if there is none."""
    id, _, inside = key.partition("(")
    metric = BY_ID.get(id)
    if metric is None:
        return None
    given = dict(pair.split("=", 1) for pair in inside.rstrip(")").split(",") if "=" in pair)
    types = {p.name: p.type for p in metric.parameters}
    if set(given) - set(types):
        return None
    try:
        params = metric.given({name: types[name](text) for name, text in given.items()})
    except ValueError:
        return None
    return Instance(key, metric, params, ()) if metric.key(params) == key else None


@dataclass(frozen=True)
class Held:
    """The ledger of one family, as trees over the finest cells of today's sources."""

    strategy: Strategy
    entries: tuple[Entry, ...]
    grains: Mapping[str, str]
    """Metric -> its block length."""
    measures: Mapping[str, tuple[str, ...]]
    """Metric -> its measures."""
    sums: Mapping[str, Floats]
    """Metric -> sums of its finest cells today."""

    @cached_property
    def _by(self) -> dict[tuple[str, str, str], list[Entry]]:
        found: dict[tuple[str, str, str], list[Entry]] = {}
        for e in self.entries:
            found.setdefault((self._block(e), e.metric, self._kind(e)), []).append(e)
        return found

    def _block(self, e: Entry) -> str:
        grain = self.grains[e.metric]
        return WAVE if WAVE in (e.period, grain) or grain == "wave" else block_of(months_of(e.period)[0], grain)

    def _kind(self, e: Entry) -> str:
        return MONTHS if e.view == TOTAL and e.period != self._block(e) else e.view

    def periods(self, members: Sequence[Member]) -> set[str]:
        return {block for block, metric, _ in self._by if metric in {m.instance.key for m in members}}

    def has(self, metric: str, view: str, period: str) -> bool:
        return (period, metric, view) in self._by

    def months(self, metric: str, period: str) -> set[int]:
        return {number_of(e.period) for e in self._by.get((period, metric, MONTHS), ())}

    def all_months(self, drafts: Sequence[Draft]) -> set[int]:
        return {number_of(m) for e in self.entries for m in months_of(e.period)}

    def trees(self, period: str, members: Sequence[Member]) -> list[Tree] | None:
        """The published cells of a block; None where they can no more be told on today's strategy (a value or a metric
        is gone), so that nothing new may stand beside them."""
        number = {m.instance.key: i for i, m in enumerate(members)}
        found = []
        for (block, metric, kind), entries in sorted(self._by.items()):
            if block != period:
                continue
            if metric not in number:
                return None
            if (tree := self._tree(number[metric], kind, entries)) is None:
                return None
            found.append(tree)
        return found

    def _tree(self, number: int, kind: str, entries: Sequence[Entry]) -> Tree | None:
        measures = self.measures.get(entries[0].metric, ())
        if any(set(e.sums) != set(measures) for e in entries):
            return None
        if kind not in (TOTAL, MONTHS) and len({e.period for e in entries}) > 1:
            return None
        sums = {id(e): np.array([e.sums[m] for m in measures]) for e in entries}
        if kind == TOTAL:
            return Tree(number, TOTAL, (), 0, (Node((), sums[id(entries[0])]),), fixed=True)
        if kind == MONTHS:
            nodes = tuple(Node((number_of(e.period),), sums[id(e)]) for e in sorted(entries, key=lambda e: e.period))
            return Tree(number, MONTHS, (MONTH,), 0, nodes, single=True, fixed=True)
        view = next((v for v in self.strategy.views if v.id == kind), None)
        deepest = max(entries, key=lambda e: len(e.dims)).dims
        place = {d: {v: i for i, v in enumerate(names(self.strategy, d))} for d, _ in deepest}
        if any(v not in place.get(d, {}) for e in entries for d, values in e.dims for v in values):
            return None
        cut: dict[Cut, Floats] = {
            tuple(tuple(sorted(place[d][v] for v in values)) for d, values in e.dims): sums[id(e)] for e in entries
        }

        def below(above: Cut) -> tuple[Node, ...]:
            mine = [p for p in cut if len(p) == len(above) + 1 and p[:-1] == above]
            return tuple(sorted((Node(p[-1], cut[p], below(p)) for p in mine), key=lambda n: n.places))

        columns = tuple(d for d, _ in deepest)
        return Tree(number, kind, columns, view.priority if view else 1, below(()), fixed=True)

    def changed(self, period: str, trees: Sequence[Tree], members: Sequence[Member]) -> tuple[Changed, ...]:
        """Published cells (the finest of each path) whose sums are others today."""
        found = []
        for tree in trees:
            if not tree.fixed:
                continue
            key = members[tree.metric].instance.key
            n = self.measures[key].index("n")
            for _, _, path, node in walk(tree):
                now = _sum(self.sums[key], members[tree.metric], tree.columns, path, period)
                if not node.children and not np.allclose(now, node.sums, rtol=0, atol=1e-6):
                    moved = np.abs(now - node.sums)
                    count = max(1.0, min(float(moved.max()), max(now[n], node.sums[n])))
                    found.append(Changed(tree.metric, tree.view, path, moved[n] > 0.5, count))
        return tuple(found)

    def late_rows(self, members: Sequence[Member]) -> dict[str, int]:
        """Month or block -> rows of the company totals that came after it was published, over the metrics the largest
        number of any."""
        number = {m.instance.key: m for m in members}
        found: dict[str, int] = {}
        for e in self.entries:
            if e.view != TOTAL or e.metric not in number:
                continue
            m = number[e.metric]
            months = [number_of(x) for x in months_of(e.period)]
            at = np.isin(m.month, months) if months else np.ones(len(m.month), bool)
            more = round(float(self.sums[e.metric][at, self.measures[e.metric].index("n")].sum()) - e.sums["n"])
            if more > 0:
                found[e.period] = max(found.get(e.period, 0), more)
        return found


def _sum(sums: Floats, m: Member, columns: Sequence[str], path: Cut, period: str) -> Floats:
    """Today's sums of a cell of a block."""
    inside = np.ones(len(m.month), dtype=bool)
    if period != WAVE:
        inside &= np.isin(m.month, [number_of(x) for x in months_of(period)])
    for column, places in zip(columns, path):
        inside &= np.isin(m.month if column == MONTH else m.places[column], places)
    total: Floats = sums[inside].sum(axis=0)
    return total
