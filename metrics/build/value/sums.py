"""Cleared sums of value: shares of cohorts by age and revenue by age, in total and by segment.

All shares of a cohort are counted in one pass, since they have the same customers. They take part in everything that
is tested together, like the sums of a KPI.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from metrics.build.blocks import blocks, grain_of
from metrics.build.facts import Facts
from metrics.build.gather import Gathered, Instance, gather, gather_metric
from metrics.build.publish import Pools, Published, publish
from metrics.clearing.evidence import Evidence
from metrics.clearing.rule import tightened
from metrics.kpis.metric import Metric, Params, one_if
from metrics.kpis.new_customers import NEW_CUSTOMERS
from metrics.kpis.referred import REFERRED
from metrics.kpis.repurchase import REPURCHASE
from metrics.kpis.retention import RETENTION
from metrics.loyalty.value import sums as names
from metrics.sources.read import Read
from metrics.strategy.model import Strategy, View


def cleared(
    engine: Any, strategy: Strategy, found: Read, facts: Facts, pools: Pools, said: Collection[str]
) -> list[Published]:
    """What is said of value beside the KPIs; ``said`` are keys that a KPI has published already. Nothing without a
    loyalty outcome that is a behaviour, without cohorts, or from a sample of orders."""
    if names.outcome(strategy) is None or not facts.rows["cohorts"] or found.trait("orders").sample_of:
        return []
    view = cut(strategy)
    dimensions = view.dimensions if view else ()
    if view is not None and names.DIMENSION not in pools:
        return []
    every: list[Published] = []
    for instance, gathered in (*_shares(engine, strategy, dimensions), *_money(engine, strategy, facts, dimensions)):
        if instance.key in said or not len(gathered.month):
            continue
        metric, quarterly = instance.metric, instance.metric is names.COHORT_REVENUE
        grain = "quarter" if quarterly else grain_of(metric.fact, facts.staffed, strategy.disclosure.grain)
        closed = blocks(gathered.month, grain, found.as_of, strategy.disclosure.closing_days, metric, instance.params)
        one = publish(instance, gathered, closed, [view] if view else [], pools, tightened(strategy.disclosure))
        one.coverage.clear()
        if quarterly:
            # Counted on the first month of each quarter; a month by itself is nothing.
            one.numbers[:] = [n for n in one.numbers if n.period in closed.periods]
            one.withheld[:] = [p for p in one.withheld if p in closed.periods]
        every.append(one)
    return every


def cut(strategy: Strategy) -> View | None:
    """The most important view that begins with the segment, cut no further."""
    views = sorted(strategy.views, key=lambda v: (v.priority, v.id))
    whole = ({"orders", "cohorts"}.issubset(v.facts) or not v.facts for v in views)
    chosen = next((v for v, all_ in zip(views, whole) if v.dimensions[0] == names.DIMENSION and all_), None)
    return chosen.model_copy(update={"dimensions": (names.DIMENSION,)}) if chosen else None


def _shares(engine: Any, strategy: Strategy, dimensions: tuple[str, ...]) -> Iterator[tuple[Instance, Gathered]]:
    """New customers, retention at each age, return by each day, and who was sent by others."""
    rows = engine.table("fact_cohorts").filter(lambda t: t.month.notnull())
    days = names.days_of(strategy)

    def measures(t: Any) -> dict[str, Any]:
        ages = {f"age{a}": one_if(t.active_ages.contains(a)) for a in names.AGES}
        return {"n": one_if(t.month.notnull()), **ages, **{f"days{d}": one_if(t.gap_days <= d) for d in days}}

    whole = gather(engine, strategy, rows, dimensions, measures, None)
    yield _instance(NEW_CUSTOMERS, {}), _columns(whole, {"n": "n"})
    for age in names.AGES:
        yield _instance(RETENTION, {"age": age}), _columns(whole, {"n": "n", "active": f"age{age}"})
    for d in days:
        yield _instance(REPURCHASE, {"days": d}), _columns(whole, {"n": "n", "returned": f"days{d}"})
    sent = _instance(REFERRED, {})
    yield sent, gather_metric(engine, strategy, sent, dimensions)


def _money(
    engine: Any, strategy: Strategy, facts: Facts, dimensions: tuple[str, ...]
) -> Iterator[tuple[Instance, Gathered]]:
    """Revenue of each age there is, and of the newest ages by customers whom others sent. Staffed orders follow the
    strategy's grain, so where that is longer than a quarter there is none."""
    if "orders" in facts.staffed and strategy.disclosure.grain not in ("month", "quarter"):
        return
    t = engine.table("fact_purchases")
    there = engine.query(t.select("age").distinct()).column("age").to_pylist()
    for age in sorted({min(a, names.OLDER) for a in there}):
        yield _gathered(engine, strategy, age, False, dimensions)
    for age in range(names.YEAR):
        yield _gathered(engine, strategy, age, True, dimensions)


def _gathered(
    engine: Any, strategy: Strategy, age: int, earned: bool, dimensions: tuple[str, ...]
) -> tuple[Instance, Gathered]:
    instance = _instance(names.COHORT_REVENUE, names.revenue_params(age, earned))
    return instance, gather_metric(engine, strategy, instance, dimensions)


def _instance(metric: Metric, params: Params) -> Instance:
    return Instance(metric.key(params), metric, metric.given(params), ())


def _columns(g: Gathered, chosen: dict[str, str]) -> Gathered:
    """The same cells with these of their sums under the metric's own names."""
    e = g.evidence
    at = [g.measures.index(name) for name in chosen.values()]
    rest = Evidence(
        e.sums[:, at], e.handled, e.staff_cell, e.staff, e.staff_rows, e.customer_cell, e.customer, e.customer_weight
    )
    return Gathered(tuple(chosen), g.month, g.places, rest)
