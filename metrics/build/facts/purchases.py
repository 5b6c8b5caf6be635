"""Purchases: each order beside how long its customer has been one. What revenue by cohort is counted on.

``month`` is the first month of the quarter ordered in, ``age`` the quarters since the quarter of the customer's first
order, ``BEFORE`` where that was not seen (the customer joined before the history begins). ``buyer`` is 1 on one row of
each customer and quarter, so that its sum counts customers; ``spent`` on that row is what the customer spent in the
quarter, and nothing on the others.
"""

from __future__ import annotations

from typing import Any

import ibis

from metrics.build.facts.ground import Ground
from metrics.loyalty.value.sums import BEFORE

DIMENSIONS = ("segment",)


def make(g: Ground) -> None:
    """Table ``fact_purchases``; needs ``fact_orders`` and ``fact_cohorts``."""
    orders = g.engine.table("fact_orders").filter(lambda t: t.month.notnull())
    known = g.engine.table("known_orders").select("row", "ordered_at")
    cohorts = g.engine.table("fact_cohorts")
    start = cohorts.select(c_customer=cohorts.customer, c_month=cohorts.month, c_earned=cohorts.earned)
    j = orders.join(known, "row").left_join(start, orders.customer == start.c_customer)
    since = _quarter(j.month) - _quarter(j.c_month)
    j = j.mutate(age=since.fill_null(BEFORE).cast("int32"), quarter=j.month.truncate("Q"), day=j.ordered_at.date())
    # An order without an amount counts as an order, not as money, so it may not be the row that counts the customer.
    mine = ibis.window(group_by=[j.customer, j.quarter], order_by=[j.amount.isnull(), j.row])
    whole = ibis.window(group_by=[j.customer, j.quarter])
    first = ibis.row_number().over(mine) == 0
    g.engine.create(
        "fact_purchases",
        j.select(
            "row",
            "customer",
            "segment",
            "age",
            "day",
            "amount",
            "handled",
            month=j.quarter,
            earned=j.c_earned,
            buyer=first.ifelse(1, 0).cast("int64"),
            spent=first.ifelse(j.amount.sum().over(whole), 0).cast("int64"),
        ),
    )


def _quarter(month: Any) -> Any:
    return month.year() * 4 + month.quarter()
