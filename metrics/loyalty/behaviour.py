"""What customers did strictly after an experience: bought again, were still there, spent.

An experience ends on a day; the behaviour lies after that day and the declared lag. Whoever could not yet have shown
it when the data end is left out, not counted as lost: so is whoever had the experience before the orders are known.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import ibis

from metrics.errors import Refusal, Refused
from metrics.kpis import BY_ID
from metrics.loyalty.drivers import Term
from metrics.sources.read import Read
from metrics.strategy.model import KPI, Strategy

#: Metrics that are read as a behaviour of one customer.
BEHAVIOURS = ("repurchase", "retention", "revenue")


def is_behaviour(kpi: KPI) -> bool:
    return kpi.metric in BEHAVIOURS


def term(kpi: KPI) -> Term:
    """The outcome column ``y`` in the KPI's unit: percentage points, or money in thousands of the currency."""
    return Term("y", unit=1000.0 if kpi.metric == "revenue" else 100.0)


def days_of(strategy: Strategy, kpi: KPI) -> int:
    """Days after the experience in which the behaviour is looked for."""
    return int(kpi.of["days"]) if kpi.metric == "repurchase" else strategy.loyalty.panel.horizon_days


def orders_of(engine: Any, found: Read) -> Any:
    """(buyer, bought, spent) of every order that stands. Raises Refusal: NO_SIGNAL without orders of known customers,
    SAMPLED where they are a sample."""
    if "orders" not in found.tables or not found.customer_mapped.get("orders"):
        raise Refusal(Refused.NO_SIGNAL)
    if found.trait("orders").sample_of is not None:
        raise Refusal(Refused.SAMPLED)
    o = engine.table("src_orders")
    o = o.filter(o.customer.notnull() & ~o.left_out.fill_null(False))
    spent = o.amount.fill_null(0) - o.returned_amount.fill_null(0)
    return o.select(buyer=o.customer.cast("int64"), bought=o.ordered_at.date(), spent=spent)


def after(engine: Any, strategy: Strategy, found: Read, starts: Any, kpi: KPI) -> Any:
    """Rows of ``starts`` (key, customer, day; an Ibis table) whose behaviour can be seen, with ``y``: 1 or 0 for
    buying again within the days of a repurchase KPI or in the month of a retention KPI; money in thousands for
    revenue.

    Raises Refusal: NO_SIGNAL, SAMPLED."""
    orders = orders_of(engine, found)
    lag, closing = strategy.loyalty.panel.lag_days, strategy.disclosure.closing_days
    day = starts.day.cast("date")
    if kpi.metric == "retention":
        age = int(kpi.of["age"])
        seen = starts.filter(_month(day) + age < _month(ibis.literal(found.as_of - timedelta(days=closing - 1))))
    else:
        last = found.as_of - timedelta(days=lag + days_of(strategy, kpi) + closing)
        seen = starts.filter(day <= ibis.literal(last))
    history = found.trait("orders").history_from
    if history is not None:
        seen = seen.filter(seen.day >= ibis.literal(history))
    j = seen.join(orders, seen.customer == orders.buyer)
    gap = j.bought.delta(j.day, unit="day")
    if kpi.metric == "retention":
        inside = (gap > lag) & (_month(j.bought) == _month(j.day) + int(kpi.of["age"]))
    else:
        inside = (gap > lag) & (gap <= lag + days_of(strategy, kpi))
    done = j.filter(inside).group_by(done_key=j.key).aggregate(spent=j.spent.sum())
    k = seen.left_join(done, seen.key == done.done_key)
    if kpi.metric == "revenue":
        y = (k.spent.fill_null(0) / 1000.0).round().cast("int64")
    else:
        y = k.done_key.notnull().cast("int64")
    return k.select("key", y=y)


def _month(day: Any) -> Any:
    return day.year() * 12 + day.month() - 1


def scored(kpi: KPI) -> str:
    """The question whose score is the outcome. Raises Refusal(NO_SIGNAL) for a KPI that reads no question."""
    if BY_ID[kpi.metric].fact != "answers":
        raise Refusal(Refused.NO_SIGNAL)
    return str(kpi.of["question"])
