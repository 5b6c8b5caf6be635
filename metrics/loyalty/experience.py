"""What a KPI is for one customer: the rows behind it, each with its value, its customer and the time it was known.

Metrics whose value is linear in a row (all shares, NPS, means) split into customers without a rest: the mean of the
rows' values is the KPI. So an effect "per unit of the KPI" means the same for a customer and for the company.
"""

from __future__ import annotations

from typing import Any

import ibis

from metrics.kpis import BY_ID
from metrics.kpis.metric import Metric
from metrics.loyalty.survey import UNNAMED
from metrics.strategy.model import KPI, Strategy

#: Facts whose rows are about one customer's experience; with times they stand in the engine as ``lived_<fact>``.
FACTS = ("contacts", "answers", "orders")
#: Values are kept in whole hundredths of the KPI's unit.
HUNDREDTH = 0.01
#: Days after a contact until its result is known.
SETTLES = {"fcr": 7, "repeat_contact": 7}


def parts(metric: Metric, measures: tuple[str, ...]) -> dict[str, float]:
    """What one unit of each measure adds to the value of a row: the metric's value is their sum over n."""
    nothing = dict.fromkeys(measures, 0.0) | {"n": 1.0}
    base = metric.value(nothing) or 0.0
    found = {m: (metric.value(nothing | {m: 1.0}) or 0.0) - base for m in measures if m != "n"}
    return {m: part for m, part in found.items() if part}


def measurable(kpi: KPI) -> bool:
    """Whether the sources could say a KPI of one customer: a share or mean over contacts, answers or orders."""
    metric = BY_ID[kpi.metric]
    return metric.fact in FACTS and not metric.per_month and not metric.behaviour


def live(engine: Any, strategy: Strategy) -> None:
    """Make ``rows_<kpi>`` for every KPI that can be told of a customer: its rows of known customers with ``row``,
    ``customer``, ``value`` in hundredths, ``began`` and ``known`` (times; ``known``: when the result was), ``about``
    (the order's row; null: none), ``handled``, and the places of ``segment`` and ``region``.

    They are views of ``lived_<fact>``: the facts of known customers with these times. An answer that has no time of its
    own falls to when its contact was over; an order is known when it is delivered, and ``fitted`` when installed."""
    contacts = engine.table("src_contacts")
    over = ibis.greatest(ibis.coalesce(contacts.resolved_at, contacts.opened), contacts.opened)
    engine.create("time_contacts", contacts.select(t_row=contacts["row"], began=contacts.opened, known=over))
    times = engine.table("time_contacts")
    answers = engine.table("src_answers").select("row", "contact_row", "answered_at")
    j = answers.left_join(times, answers.contact_row == times.t_row)
    given = ibis.coalesce(j.answered_at, j.known)
    engine.create("time_answers", j.select(t_row=j["row"], began=given, known=given))
    orders = engine.table("src_orders")
    began = orders.ordered_at

    def done(*times: Any) -> Any:
        return ibis.greatest(ibis.coalesce(*times, began), began)

    engine.create(
        "time_orders",
        orders.select(
            t_row=orders["row"],
            began=began,
            known=done(orders.delivered_at, orders.promised_at),
            fitted=done(orders.installed_at, orders.install_promised_at),
        ),
    )
    for fact in FACTS:
        rows, time = engine.table(f"fact_{fact}"), engine.table(f"time_{fact}")
        rows = rows.filter(rows.customer < UNNAMED)
        j = rows.join(time, rows["row"] == time.t_row).drop("t_row")
        engine.create(f"lived_{fact}", j.filter(j.began.notnull()))
        engine.drop(f"time_{fact}")
    for kpi in strategy.kpis:
        if measurable(kpi):
            engine.view(name_of(kpi), _rows(engine, strategy, kpi))


def name_of(kpi: KPI) -> str:
    """The view of a KPI's rows."""
    return f"rows_{kpi.id}"


def _rows(engine: Any, strategy: Strategy, kpi: KPI) -> Any:
    """A KPI's rows, an Ibis table. A scope keeps the rows of its values, as in the cells it names."""
    metric, params = BY_ID[kpi.metric], BY_ID[kpi.metric].given(kpi.of)
    rows = metric.rows(engine.table(f"lived_{metric.fact}"), params)
    for dimension, values in (kpi.scope.where if kpi.scope else {}).items():
        places = [i for i, (v, _) in enumerate(strategy.values(dimension)) if v in values]
        rows = rows.filter(rows[dimension].isin(places))
    measured = metric.measures(rows, params)
    by_part = parts(metric, tuple(measured))
    value = sum((measured[m] * by_part[m] for m in by_part), ibis.literal(0.0))
    known = rows.known
    if metric.id in SETTLES:
        known = rows.began + ibis.interval(days=SETTLES[metric.id])
    elif metric.fact == "orders":
        installed = metric.id == "on_time" and kpi.of.get("promise") == "installation"
        known = rows.fitted if installed else rows.known if metric.id == "on_time" else rows.began
    return rows.select(
        "row",
        "customer",
        "handled",
        "began",
        known=known,
        value=(value / HUNDREDTH).round().cast("int64"),
        about=rows["row"] if metric.fact == "orders" else rows.order_row,
        segment=rows.segment.cast("int64"),
        region=rows.region.cast("int64"),
    )
