"""Purchases: each order beside how long its customer has been one, in quarters since the quarter of the first order.

A customer whose first order was not seen (joined before the history begins) has age ``BEFORE``.
"""

from __future__ import annotations

from typing import Any

from metrics.build.facts.ground import Ground
from metrics.kpis.cohort_revenue import BEFORE

DIMENSIONS = ("channel", "product", "segment", "region", "language", "promise", "installation")


def make(g: Ground) -> None:
    """Table ``fact_purchases``; needs ``fact_orders`` and ``fact_cohorts``."""
    orders = g.engine.table("fact_orders").filter(lambda t: t.month.notnull())
    known = g.engine.table("known_orders").select("row", "ordered_at")
    cohorts = g.engine.table("fact_cohorts")
    start = cohorts.select(c_customer=cohorts.customer, c_month=cohorts.month, c_earned=cohorts.earned)
    j = orders.join(known, "row").left_join(start, orders.customer == start.c_customer)
    age = (_quarter(j.month) - _quarter(j.c_month)).fill_null(BEFORE).cast("int32")
    g.engine.create(
        "fact_purchases",
        j.select(
            "row",
            "month",
            "customer",
            "amount",
            "handled",
            *DIMENSIONS,
            age=age,
            day=j.ordered_at.date(),
            earned=j.c_earned,
        ),
    )


def _quarter(month: Any) -> Any:
    return month.year() * 4 + month.quarter()
