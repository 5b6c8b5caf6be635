"""From facts to what is said: every metric by itself, then the metrics of a family together.

Metrics are gathered one after the other, so that only one metric's evidence about people is in memory at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from metrics.build import facts as fact_tables
from metrics.build.blocks import blocks, grain_of, month_names
from metrics.build.columns import FAMILIES, Member, family_of, member
from metrics.build.deciders import one_decided
from metrics.build.facts.values import names
from metrics.build.gather import Instance, gather_metric, instances
from metrics.build.grain import GRAINS, Spent, shows_enough, spent, two_way
from metrics.build.ledger import Entry, Held, Ledger, instance_of
from metrics.build.pooling import pools_of
from metrics.build.publish import Draft, Number, Pools, Published, draft, published
from metrics.build.together import State, Tested, together
from metrics.clearing.evidence import Floats
from metrics.clearing.rule import Floors, tightened
from metrics.errors import Refused
from metrics.kpis.metric import Metric
from metrics.sources.read import Read
from metrics.strategy.model import Strategy, View

#: Lays numbers over the finest cells of today's sources.
Lay = Callable[[Sequence[Entry]], Held]


@dataclass
class Said:
    """Everything a release says in numbers. ``late``: published period -> rows that came after it."""

    grain: str
    pools: Pools
    published: list[Published] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    states: dict[tuple[str, str, str], State] = field(default_factory=dict)
    tested: dict[str, tuple[list[Tested], list[Member], Lay]] = field(default_factory=dict)
    """Family -> its blocks after the test, its metrics, and how to lay other numbers over their cells."""
    spent: tuple[Spent, ...] = ()
    late: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """What clearing stands on."""

    engine: Any
    strategy: Strategy
    found: Read
    facts: fact_tables.Facts
    ledger: Ledger
    floors: Floors

    def grain(self, metric: Metric, declared: str) -> str:
        return grain_of(metric.fact, self.facts.staffed, declared)

    def views(self, instance: Instance) -> list[View]:
        metric = instance.metric
        mine = fact_tables.DIMENSIONS[metric.fact]
        ranked = sorted(self.strategy.views, key=lambda v: (v.priority, v.id))
        fitting = [v for v in ranked if mine and set(v.dimensions) <= set(mine)]
        return instance.cut_by(one_decided(metric.fact, [v for v in fitting if not v.facts or metric.fact in v.facts]))

    def cut(self, instance: Instance) -> tuple[str, ...]:
        """Dimensions of the metric's finest cells: those its views cut by, and those its published cells are cut by."""
        used = {d for v in self.views(instance) for d in v.dimensions}
        used |= {d for e in self.ledger.entries if e.metric == instance.key for d, _ in e.dims}
        return tuple(d for d in fact_tables.DIMENSIONS[instance.metric.fact] if d in used)


def numbers(
    engine: Any,
    strategy: Strategy,
    found: Read,
    facts: fact_tables.Facts,
    ledger: Ledger,
    step: Callable[[], None] = lambda: None,
) -> Said:
    """Clear every metric that a KPI uses. ``step`` is called once a metric."""
    ground = Ground(engine, strategy, found, facts, ledger, tightened(strategy.disclosure))
    declared = ledger.grain or strategy.disclosure.grain
    tried = _gathered(ground, _pools(ground, declared), GRAINS if declared == "auto" else (declared,), step)
    if declared != "auto":
        return _together(ground, tried, declared)
    longest = _coverage(ground, tried, GRAINS[-1])
    said = None
    for grain in GRAINS:
        if grain != GRAINS[-1] and not shows_enough(_coverage(ground, tried, grain), longest):
            continue
        said = _together(ground, tried, grain)
        shown = two_way(strategy, [c for p in said.published for c in p.coverage])
        if shows_enough(shown, longest) and within_budget(said, strategy):
            break
    assert said is not None
    return said


def within_budget(said: Said, strategy: Strategy) -> bool:
    """Whether no metric publishes more independent numbers per member of staff and year than the strategy allows."""
    return all(s.per_staff <= strategy.disclosure.budget for s in said.spent)


@dataclass
class _Tried:
    """Every metric gathered: drafts by grain and family; what needs no clearing; what is refused."""

    pools: Pools
    drafts: dict[str, dict[str, list[Draft]]]
    members: dict[str, list[Member]]
    sums: dict[str, Floats]
    measures: dict[str, tuple[str, ...]]
    plain: list[Published]
    refused: list[tuple[str, str]]


def _pools(ground: Ground, declared: str) -> Pools:
    """Values that stand together everywhere. They have to hold before a grain is chosen, so ``auto`` tries them on
    quarters."""
    dimensions = tuple(dict.fromkeys(d for v in ground.strategy.views for d in v.dimensions))
    grain = "quarter" if declared == "auto" else declared
    before = {
        d: tuple(tuple(places[v] for v in pool if v in places) for pool in pools)
        for d, pools in ground.ledger.pools.items()
        if (places := {v: i for i, v in enumerate(names(ground.strategy, d))})
    }
    return pools_of(
        ground.engine, ground.strategy, ground.facts, dimensions, ground.found.as_of, ground.floors, grain, before
    )


def _gathered(ground: Ground, pools: Pools, grains: Sequence[str], step: Callable[[], None]) -> _Tried:
    tried = _Tried(pools, {g: {f: [] for f in FAMILIES} for g in grains}, {f: [] for f in FAMILIES}, {}, {}, [], [])
    used = instances(ground.strategy)
    for instance in used:
        why = None
        if instance.metric.needs_whole_customers and ground.found.trait("orders").sample_of:
            why = Refused.SAMPLED
        elif not _gather(ground, tried, instance, grains):
            why = Refused.NO_SIGNAL
        tried.refused += [(kpi, why.value) for kpi in instance.kpis if why]
        step()
    # Metrics no KPI uses any more, of which numbers were published: they are weighed with the others and say nothing.
    told = {i.key for i in used}
    for key in ground.ledger.metrics:
        if key not in told and (old := instance_of(key)) and family_of(old.metric.fact):
            _gather(ground, tried, old, ())
    return tried


def _gather(ground: Ground, tried: _Tried, instance: Instance, grains: Sequence[str]) -> bool:
    """Gather and clear one metric for each grain; False when the sources hold no row for it."""
    metric, strategy = instance.metric, ground.strategy
    cut = ground.cut(instance)
    gathered = gather_metric(ground.engine, strategy, instance, cut)
    if not len(gathered.month):
        return False
    closing = strategy.disclosure.closing_days
    family = family_of(metric.fact)
    tried.measures[instance.key] = gathered.measures
    if family is None:
        # Figures of the company's books: no row of a person stands behind them, so there is nothing to clear.
        of_cell = blocks(gathered.month, "month", ground.found.as_of, closing, metric, instance.params).of_cell
        said = Published(instance.key, gathered.measures)
        carried = {e.period: e for e in ground.ledger.entries if e.metric == instance.key}
        for i, month in enumerate(gathered.month.tolist()):
            period = month_names([month])[0]
            if of_cell[i] >= 0 and period not in carried:
                said.numbers.append(Number("", period, (), gathered.evidence.sums[i]))
        said.numbers.extend(carried_number(e, gathered.measures) for e in carried.values())
        tried.plain.append(said)
        return True
    for grain in grains:
        length = ground.grain(metric, grain)
        closed = blocks(gathered.month, length, ground.found.as_of, closing, metric, instance.params)
        place = len(tried.members[family])
        tried.drafts[grain][family].append(
            draft(place, instance, gathered, closed, length, ground.views(instance), tried.pools, ground.floors)
        )
    if ground.ledger.entries:
        tried.sums[instance.key] = gathered.evidence.sums
    tried.members[family].append(member(instance, cut, gathered))
    return True


def carried_number(e: Entry, measures: Sequence[str]) -> Number:
    """A published number, as it was."""
    return Number(e.view, e.period, e.dims, np.array([e.sums[m] for m in measures if m in e.sums]), published=True)


def _coverage(ground: Ground, tried: _Tried, grain: str) -> dict[tuple[str, str], float]:
    spelled = _names(ground.strategy)
    drafts = (d for family in tried.drafts[grain].values() for d in family)
    return two_way(ground.strategy, [c for d in drafts for c in published(d, (), tried.pools, spelled).coverage])


def _names(strategy: Strategy) -> Mapping[str, tuple[str, ...]]:
    return {d: names(strategy, d) for v in strategy.views for d in v.dimensions}


def _held(
    strategy: Strategy, members: Sequence[Member], grains: Mapping[str, str], tried: _Tried, entries: Sequence[Entry]
) -> Held:
    mine = tuple(e for e in entries if e.metric in grains)
    return Held(strategy, mine, grains, tried.measures, tried.sums)


def _together(ground: Ground, tried: _Tried, grain: str) -> Said:
    said = Said(grain, tried.pools, published=list(tried.plain), refused=list(tried.refused))
    spelled = _names(ground.strategy)
    entries: dict[str, list[Entry]] = {}
    for e in ground.ledger.entries:
        entries.setdefault(e.metric, []).append(e)
    for family, drafts in tried.drafts[grain].items():
        members = tried.members[family]
        grains = {m.instance.key: ground.grain(m.instance.metric, grain) for m in members}
        lay = partial(_held, ground.strategy, members, grains, tried)
        held = lay(ground.ledger.entries)
        staffed = any(f in ground.facts.staffed for f in FAMILIES[family])
        tested, states = together(
            ground.engine, ground.strategy, drafts, members, held, ground.floors.min_staff, staffed
        )
        if staffed:
            said.tested[family] = (tested, members, lay)
        said.states |= states
        said.spent += spent(drafts, tested)
        late = held.late_rows(members)
        said.late |= {p: max(n, said.late.get(p, 0)) for p, n in late.items()}
        for d in drafts:
            carried = [carried_number(e, d.measures) for e in entries.get(d.key, ()) if set(e.sums) == set(d.measures)]
            one = published(d, carried, tried.pools, spelled)
            if d.instance.only:
                one.coverage.clear()  # what value is read from is no breakdown of its own
            said.published.append(one)
    # What was published stays, also where its KPI or its formula is gone: it is known, and weighs in every later test.
    told = {(p.key, n.view, n.period, n.dims) for p in said.published for n in p.numbers if n.published}
    for e in ground.ledger.entries:
        if (e.metric, e.view, e.period, e.dims) not in told:
            measures = tuple(sorted(e.sums))
            said.published.append(Published(e.metric, measures, [carried_number(e, measures)]))
    return said
