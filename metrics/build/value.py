"""Value fitted: customers are reduced in memory, models and bootstraps run, and results alone leave, rounded.

Each cut (all customers, each segment that stands alone) must pass the cell rule on its customers, their money and the
staff of their orders.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import ibis
import numpy as np
from numpy.typing import NDArray

from metrics.build.blocks import day_of
from metrics.build.facts import Facts
from metrics.build.facts.values import names as values_of
from metrics.build.gather import gather
from metrics.build.publish import Pools
from metrics.clearing.evidence import clear, grouped
from metrics.clearing.pools import NO_RESULT
from metrics.clearing.rule import tightened
from metrics.errors import Refused
from metrics.kpis.metric import month_end
from metrics.loyalty.drivers import round3
from metrics.loyalty.models import told
from metrics.loyalty.panel import staff_behind
from metrics.loyalty.resample import Resampling, resampling
from metrics.loyalty.sides import parted
from metrics.loyalty.sums import BLOCKS
from metrics.loyalty.value import lifetime, seen
from metrics.loyalty.value import sums as names
from metrics.loyalty.value.bgnbd import Customers
from metrics.loyalty.value.lifetime import History, Result, Terms
from metrics.loyalty.value.sbg import Cohort
from metrics.loyalty.value.seen import Seen
from metrics.loyalty.value.told import Estimate, Figure, Method, Why
from metrics.sources.read import Read
from metrics.strategy.model import Strategy

Ints = NDArray[np.int64]
Tables = dict[str, list[tuple[Any, ...]]]
#: Part of the time seen that is held back to try a model on, and its least days.
HELD, LEAST = 4, 90
INTERVAL_ONLY = (Figure.KEPT, Figure.EARNED, Figure.GROWTH, Figure.SEEN)
JOIN = "+"
"""Between values of a segment that stand together."""


@dataclass(frozen=True)
class Cut:
    """``name``: '' for all, else the values of the segment joined; ``places``: theirs."""

    name: str
    places: tuple[int, ...]


@dataclass(frozen=True)
class People:
    """Customers whose first order was seen, in memory only, one place each: number, place of the segment, whole days
    with an order, from first to last and from first to the end, and revenue; the same with the last days held back."""

    customer: Ints
    segment: Ints
    columns: dict[str, Any]
    held: int


def fits(engine: Any, strategy: Strategy, found: Read, facts: Facts, pools: Pools) -> Tables:
    """Rows of ``value_model``, ``value_figure`` and ``value_curve``."""
    if names.outcome(strategy) is None:
        return {}
    if "orders" not in found.tables or not found.customer_mapped.get("orders") or not facts.rows["cohorts"]:
        return _refused(Refused.NO_SIGNAL)
    if found.trait("orders").sample_of:
        return _refused(Refused.SAMPLED)
    end = closed_to(found.as_of, strategy.disclosure.closing_days)
    people = _people(engine, end)
    if not len(people.customer):
        return _refused(Refused.NO_SIGNAL)
    drawn = resampling(engine)
    tables: Tables = {"value_model": [], "value_figure": [], "value_curve": []}
    for one in _cuts(engine, strategy, pools):
        inside = np.isin(people.segment, one.places)
        watched = lifetime.window(people.columns["watched"][inside].astype(float))
        result = _result(engine, strategy, people, inside, one, end)
        money = _seen(engine, one, end)
        if result.method is Method.NONE and money is not None:
            result = _arithmetic(money, strategy, result, drawn)
        if result.method in (Method.BGNBD, Method.COHORTS) and watched and result.n >= lifetime.NEEDED:
            result = lifetime.as_seen(result, _returners(engine, strategy, one, end, watched), watched)
        counted = result.method is Method.COHORTS
        tables["value_model"].append(
            (one.name, result.method.value, result.why.value, told(result.n) or 0, result.months)
        )
        figures = {**result.figures, **(_growing(money, strategy, result.n, drawn) if money else {})}
        tables["value_figure"] += [
            (one.name, f.value, *_told(e, f in INTERVAL_ONLY or (counted and f is Figure.WORTH)))
            for f, e in figures.items()
        ]
        tables["value_curve"] += [(one.name, i, *_told(e, counted)) for i, e in enumerate(result.curve)]
    return tables if tables["value_model"] else _refused(Refused.NOT_CLEARED)


def closed_to(as_of: date, closing_days: int) -> date:
    """Last day of the last closed month: what comes after it may not be whole yet."""
    day = as_of - timedelta(days=closing_days)
    month = day.year * 12 + day.month - 1
    return day if day == month_end(day) else month_end(day_of(month - 1))


def _refused(why: Refused) -> Tables:
    return {"value_model": [("", Method.NONE.value, why.value, 0, 0)]}


def _told(e: Estimate, interval_only: bool) -> tuple[float | None, float, float]:
    """A figure as the release holds it. What is a sum or a mean is read from cleared cells; only its interval stands
    here."""
    return None if interval_only else round3(e.value), round3(e.low), round3(e.high)


def _cuts(engine: Any, strategy: Strategy, pools: Pools) -> Iterator[Cut]:
    """All customers, then each pool of segments: those that pass the cell rule."""
    cut = (names.DIMENSION,) if any(v.dimensions[0] == names.DIMENSION for v in strategy.views) else ()
    every = tuple(range(len(values_of(strategy, names.DIMENSION))))
    rows = engine.table("fact_purchases")
    rows = rows.filter((rows.age >= 0) & rows.amount.notnull()).mutate(month=ibis.null("date"))
    cells = gather(engine, strategy, rows, cut, lambda t: {"n": ibis.literal(1, "int64")}, "amount")
    place = cells.places[names.DIMENSION] if cut else np.zeros(len(cells.month), dtype=np.int64)
    wanted = [Cut("", every)]
    if cut:
        declared = values_of(strategy, names.DIMENSION)
        wanted += [Cut(JOIN.join(declared[v] for v in pool), pool) for pool in pools[names.DIMENSION]]
    floors = tightened(strategy.disclosure)
    for one in wanted:
        group = np.where(np.isin(place, one.places), 0, -1)
        if (group == 0).any() and clear(grouped(cells.evidence, group, 1), floors, NO_RESULT)[0]:
            yield one


def _people(engine: Any, end: date) -> People:
    t = engine.table("fact_purchases")
    t = t.filter((t.age >= 0) & (t.day <= ibis.literal(end)))
    span = engine.query(t.aggregate(first=t.day.min())).to_pylist()[0]["first"]
    held = max(LEAST, (end - span).days // HELD) if span else LEAST
    early = t.day <= ibis.literal(end - timedelta(days=held))
    by = t.group_by(["customer", "segment"]).aggregate(
        start=t.day.min(),
        last=t.day.max(),
        days=t.day.nunique(),
        paid=t.day.nunique(where=t.amount.notnull()),
        money=t.amount.sum().cast("float64").fill_null(0.0),
        early_last=t.day.max(where=early),
        early_days=t.day.nunique(where=early),
    )
    stop = ibis.literal(end)
    found = engine.query(
        by.select(
            "customer",
            "days",
            "money",
            "paid",
            "early_days",
            segment=by.segment.cast("int64"),
            last=by.last.delta(by.start, unit="day"),
            watched=stop.delta(by.start, unit="day"),
            early_last=by.early_last.delta(by.start, unit="day").fill_null(0),
        ).order_by("customer")
    )
    columns = {name: found.column(name).to_numpy() for name in found.column_names}
    return People(columns.pop("customer"), columns.pop("segment"), columns, held)


def _history(p: People, inside: NDArray[np.bool_]) -> History:
    c = {name: column[inside].astype(float) for name, column in p.columns.items()}
    known = c["early_days"] > 0
    return History(
        orders=c["days"] - 1,
        last=c["last"],
        watched=c["watched"],
        mean=c["money"] / np.maximum(c["paid"], 1),
        early=Customers(c["early_days"][known] - 1, c["early_last"][known], c["watched"][known] - p.held),
        held=p.held,
        came=float((c["days"] - c["early_days"])[known].sum()),
    )


def _result(
    engine: Any,
    strategy: Strategy,
    people: People,
    inside: NDArray[np.bool_],
    one: Cut,
    end: date,
) -> Result:
    """The model of a cut, or a result without a method that says why."""
    value = strategy.loyalty.value
    terms = Terms(value.discount_rate, value.horizon_years, names.outcome_days(strategy))
    found: Result | Why
    if value.contractual:
        found = lifetime.with_contract(*_contracts(engine, one, end), terms)
    else:
        found = lifetime.without_contract(_history(people, inside), terms)
    return found if isinstance(found, Result) else Result(Method.NONE, found, int(inside.sum()), {}, ())


def _contracts(engine: Any, one: Cut, end: date) -> tuple[list[Cohort], float, tuple[float, float]]:
    """Cohorts by how many months they stayed, the share of months they paused, and what a month brings."""
    last = end.year * 12 + end.month - 1
    c = engine.table("fact_cohorts")
    c = c.filter(c.segment.isin(one.places) & c.month.notnull())
    found = engine.query(
        c.select("customer", month=c.month.year() * 12 + c.month.month() - 1, ages=c.active_ages).order_by("customer")
    )
    customer = found.column("customer").to_numpy()
    start = found.column("month").to_numpy().astype(np.int64)
    ages = [[a for a in (row or ()) if a <= last - m] for row, m in zip(found.column("ages").to_pylist(), start)]
    stayed = np.array([max(a, default=0) for a in ages], dtype=np.int64)
    active = np.array([len(a) for a in ages], dtype=np.int64)
    closed = start <= last
    cohorts = []
    for month in np.unique(start[closed]):
        mine = stayed[start == month]
        there = np.array([(mine >= a).sum() for a in range(last - int(month) + 1)], dtype=float)
        cohorts.append(Cohort(tuple(there.tolist())))
    paused = 1 - active[closed].sum() / max(stayed[closed].sum(), 1)
    t = engine.table("fact_purchases")
    t = t.filter((t.age >= 0) & (t.day <= ibis.literal(end)) & t.segment.isin(one.places))
    spent = engine.query(t.group_by("customer").aggregate(money=t.amount.sum().cast("float64").fill_null(0.0)))
    money = dict(zip(spent.column("customer").to_pylist(), spent.column("money").to_pylist()))
    revenue = np.array([money.get(int(k), 0.0) for k in customer[closed]])
    return cohorts, float(paused), lifetime.mean_and_error(revenue, 1.0 + active[closed])


def _seen(engine: Any, one: Cut, end: date) -> Seen | None:
    """Sums by block of customers over closed quarters; None before two are closed."""
    drawn = resampling(engine)
    last = end.year * 4 + (end.month // 3) - 1  # a quarter is closed when its third month is
    t = engine.table("fact_purchases")
    t = t.filter(t.segment.isin(one.places) & (t.age >= -1))
    t = t.mutate(quarter=t.month.year() * 4 + t.month.quarter() - 1, block=drawn.block(t.customer.cast("int64")))
    money = t.group_by(["block", "quarter", "age", "earned"]).aggregate(
        money=t.amount.sum().cast("float64").fill_null(0.0)
    )
    rows = engine.query(money.order_by(["block", "quarter", "age", "earned"]))
    if not rows.num_rows:
        return None
    block, quarter, age, amount = (
        rows.column(c).to_numpy().astype(float) for c in ("block", "quarter", "age", "money")
    )
    earned = rows.column("earned").fill_null(False).to_numpy(zero_copy_only=False)
    first = int(quarter.min())
    count = last - first + 1
    if count < 2:
        return None
    known = age >= 0
    table = np.column_stack([block, quarter - age - first, age, amount])
    before = np.zeros((BLOCKS, count))
    old = seen.is_before(age) & (quarter <= last)
    np.add.at(before, (block[old].astype(int), (quarter[old] - first).astype(int)), amount[old])
    c = engine.table("fact_cohorts")
    c = c.filter(c.segment.isin(one.places) & c.month.notnull())
    c = c.mutate(quarter=c.month.year() * 4 + c.month.quarter() - 1, block=drawn.block(c.customer.cast("int64")))
    starts = engine.query(c.group_by(["block", "quarter"]).aggregate(n=c.count()).order_by(["block", "quarter"]))
    new = np.zeros((BLOCKS, count))
    at, n = starts.column("quarter").to_numpy().astype(int) - first, starts.column("n").to_numpy()
    there = (at >= 0) & (at < count)
    np.add.at(new, (starts.column("block").to_numpy().astype(int)[there], at[there]), n[there])
    return Seen(
        new=new,
        revenue=seen.placed(table[known], count),
        earned=seen.placed(table[known & earned], count),
        before=before,
    )


def _returners(engine: Any, strategy: Strategy, one: Cut, end: date, months: int) -> Estimate | None:
    """How much more a customer who came back in time has brought over these months than one who did not, later money
    counting less, of those watched as long. None where one of the two groups does not pass the cell rule.
    """
    days = lifetime.days_in(months)
    c = engine.table("fact_cohorts")
    c = c.select(c_customer=c.customer, came=(c.gap_days <= names.outcome_days(strategy)).fill_null(False))
    t = engine.table("fact_purchases")
    t = t.filter((t.age >= 0) & t.segment.isin(one.places))
    t = t.mutate(start=t.day.min().over(ibis.window(group_by=t.customer)))
    t = t.filter((t.start <= ibis.literal(end - timedelta(days=days))) & (t.day.delta(t.start, unit="day") <= days))
    worth = ibis.literal(1 + strategy.loyalty.value.discount_rate / 100) ** (
        -t.day.delta(t.start, unit="day") / lifetime.YEAR
    )
    if not _both_stand(engine, strategy, t, c):
        return None
    by = t.group_by("customer").aggregate(money=(t.amount.fill_null(0) * worth).sum())
    j = by.join(c, by.customer == c.c_customer)
    found = engine.query(j.select("customer", "money", back=j.came).order_by("customer"))
    drawn = resampling(engine)
    block = drawn.block(found.column("customer").to_numpy().astype(np.int64))
    back = found.column("back").to_numpy(zero_copy_only=False).astype(int)
    money = found.column("money").to_numpy().astype(float)
    floors = tightened(strategy.disclosure)
    people, brought = np.zeros((BLOCKS, 2)), np.zeros((BLOCKS, 2))
    for group in (0, 1):
        mine = money[back == group]
        if len(mine) < floors.min_customers or mine.max() > floors.max_customer_share * mine.sum():
            return None
    np.add.at(people, (block, back), 1.0)
    np.add.at(brought, (block, back), money)
    return seen.estimate(partial(seen.returner, people, brought), seen.replicates(people.sum(axis=1), drawn))


def _both_stand(engine: Any, strategy: Strategy, orders: Any, customers: Any) -> bool:
    """Whether the orders of those who came back, and of those who did not, pass the cell rule each."""
    j = orders.join(customers, orders.customer == customers.c_customer)
    engine.create("value_sides", j.select("row", "customer", "handled", back=j.came.cast("int64")))
    staff_behind(engine, "value_who", 'SELECT "row", handled FROM value_sides')
    return parted(engine, strategy, "value_sides", "back", 2, ("value_who",))


def _arithmetic(s: Seen, strategy: Strategy, failed: Result, drawn: Resampling) -> Result:
    """What the cohorts have brought so far, where no model may be fitted: nothing beyond what was seen."""
    n = failed.n
    if n < lifetime.NEEDED:
        return Result(Method.COHORTS, failed.why, n, {}, ())
    weights = seen.replicates(s.new.sum(axis=1), drawn)
    discount = strategy.loyalty.value.discount_rate
    steps = [
        seen.estimate(lambda w, k=k: seen.curve(s, discount, w)[:, k], weights)  # type: ignore[misc]
        for k in range(s.ages + 1)
    ]
    curve = [e for e in steps if e is not None]
    if len(curve) < 2 or len(curve) != len(steps):
        return failed
    return Result(Method.COHORTS, failed.why, n, {Figure.WORTH: curve[-1]}, tuple(curve))


def _growing(s: Seen, strategy: Strategy, n: int, drawn: Resampling) -> dict[Figure, Estimate]:
    """Intervals of figures whose values are read from cleared cells."""
    if n < lifetime.NEEDED:
        return {}
    weights = seen.replicates(s.new.sum(axis=1) + s.before.sum(axis=1), drawn)
    discount = strategy.loyalty.value.discount_rate
    found = {Figure.SEEN: seen.estimate(lambda w: seen.curve(s, discount, w)[:, -1], weights)}
    if seen.growth(s, weights) is not None:
        for figure, make in (
            (Figure.KEPT, lambda kept, earned: kept),
            (Figure.EARNED, lambda kept, earned: earned),
            (Figure.GROWTH, lambda kept, earned: kept + earned - 100),
        ):
            found[figure] = seen.estimate(lambda w, make=make: make(*(seen.growth(s, w) or ())), weights)  # type: ignore[misc]
    return {figure: e for figure, e in found.items() if e is not None}
