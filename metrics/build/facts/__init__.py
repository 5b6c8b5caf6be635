"""Facts: the canonical tables of the sources become the fact tables that metrics are written on.

They live in the engine's memory for the length of a build. Every fact has, besides the columns that
``metrics.kpis.metric`` documents:

* each dimension of ``DIMENSIONS[fact]`` as a small whole number, the place of the row's value in the strategy's
  declared order; what the strategy does not know, and what is blank, is ``other`` and stands last,
* ``customer``: their number; where nobody knows whose row it is, a number of its own,
* ``handled``: which contact or order the staff of the row come from (its lines are in table ``fact_staff``),
  ``ground.NOT_KNOWN`` where somebody did but nobody can tell who, null where nobody handled it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from metrics.build.facts import answers, cohorts, contacts, orders, purchases
from metrics.build.facts.ground import Ground, complete
from metrics.build.facts.values import Coder
from metrics.strategy.model import Strategy

#: Dimensions each fact carries.
DIMENSIONS: dict[str, tuple[str, ...]] = {
    "contacts": contacts.DIMENSIONS,
    "answers": answers.DIMENSIONS,
    "invitations": answers.DIMENSIONS,
    "orders": orders.DIMENSIONS,
    "cohorts": cohorts.DIMENSIONS,
    "purchases": purchases.DIMENSIONS,
    "series": (),
}


@dataclass(frozen=True)
class Facts:
    """What stands in the engine: ``fact_<name>`` for each name with rows, and what was left out."""

    rows: dict[str, int]
    staffed: frozenset[str]
    """Facts some of whose rows staff handled."""
    left_out: int
    """Customers whose first order may lie before the data."""


def make(engine: Any, strategy: Strategy, as_of: date, history_from: date | None, no_staff: frozenset[str]) -> Facts:
    """Make all fact tables. ``no_staff``: canonical tables declared to have none; ``history_from``: the day before
    which orders are not complete."""
    complete(engine)
    g = Ground(engine, strategy, as_of, no_staff, Coder(engine, strategy))
    orders.know(g)
    contacts.make(g)
    orders.make(g)
    answers.make(g)
    left_out = cohorts.make(g, history_from)
    purchases.make(g)
    series = engine.table("src_series")
    engine.create(
        "fact_series",
        series.select(
            month=series.month,
            name=series.name,
            value=series.value,
            customer=ibis.literal(0, "int64"),
            handled=ibis.null("int64"),
        ),
    )
    rows, staffed = {}, set()
    for name in DIMENSIONS:
        fact = engine.table(f"fact_{name}")
        extent = engine.query(fact.aggregate(rows=fact.count(), handled=fact.handled.count())).to_pylist()[0]
        rows[name] = int(extent["rows"])
        if extent["handled"]:
            staffed.add(name)
    return Facts(rows, frozenset(staffed), left_out)
