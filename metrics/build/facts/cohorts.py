"""Cohorts: customers by the month of their first order ever, and when they ordered again.

A customer who joined before the order history begins may have ordered before it; their first order is not known, so
they are left out and counted. The conditions are those of the first order: what it was like to buy here once.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis

from metrics.build.facts.contacts import NO_COMPLAINT, OUTCOME_UNKNOWN, worst_of_order
from metrics.build.facts.ground import NOT_KNOWN, Ground
from metrics.build.facts.values import fold
from metrics.clearing.rule import UNKNOWN

DIMENSIONS = ("channel", "product", "segment", "region", "language", "promise", "installation", "complaint")


def make(g: Ground, history_from: date | None) -> int:
    """Table ``fact_cohorts``; returns how many customers were left out."""
    orders = g.engine.table("fact_orders")
    orders = orders.filter(orders.customer.notnull())
    known = g.engine.table("known_orders").select("row", "ordered_at")
    orders = orders.join(known, "row")
    left_out = 0
    if history_from is not None:
        c = g.engine.table("src_customers")
        since = c.filter(c.customer.notnull() & (c.joined >= ibis.literal(history_from)))
        whole = orders.semi_join(since.select(customer=since.customer.cast("int64")), "customer")
        count = g.engine.query(_customers(orders, whole)).to_pylist()[0]
        left_out = int(count["before"]) - int(count["after"])
        orders = whole
    day = orders.ordered_at.date()
    index = orders.ordered_at.year() * 12 + orders.ordered_at.month()
    mine = ibis.window(group_by=orders.customer)
    dated = orders.mutate(day=day, index=index, first_day=day.min().over(mine), first_index=index.min().over(mine))
    by_customer = dated.group_by(c_customer=dated.customer).aggregate(
        next_day=dated.day.min(where=dated.day > dated.first_day),
        active_ages=(dated["index"] - dated.first_index)
        .cast("int32")
        .collect(where=dated["index"] > dated.first_index, distinct=True),
    )
    first = dated.filter(dated["first"])
    worst = worst_of_order(g)
    j = first.left_join(by_customer, first.customer == by_customer.c_customer)
    j = j.left_join(worst, first.row == worst.w_row)
    found_by = _found_by(g)
    j = j.left_join(found_by, first.customer == found_by.f_customer)
    none = NO_COMPLAINT if _complaints_known(g) else OUTCOME_UNKNOWN
    g.engine.create(
        "fact_cohorts",
        j.select(
            "row",
            *(d for d in DIMENSIONS if d != "complaint"),
            "month",
            "customer",
            "handled",
            complaint=j.w_outcome.fill_null(none).cast("int16"),
            gap_days=j.next_day.delta(j.first_day, unit="day").cast("int32"),
            active_ages=j.active_ages,
            earned=j.f_earned,
        ),
    )
    _deciders(g)
    return left_out


def _deciders(g: Ground) -> None:
    """Table ``fact_deciders`` (row of the order, staff): who handled the complaints about an order, or the order."""
    contacts, orders, lines = (g.engine.table(f"fact_{name}") for name in ("contacts", "orders", "staff"))
    told = contacts.filter(contacts.is_complaint & contacts.order_row.notnull())
    t = g.engine.table("src_complaints")
    alone = t.filter(t.order_row.notnull() & t.contact_row.isnull())
    staffed = g.some("fact_contacts", "handled")
    handled = ibis.union(
        told.select(row=told.order_row, by=told.handled),
        orders.select("row", by=orders.handled),
        # Of a complaint without its contact nobody knows who handled it.
        alone.select(row=alone.order_row, by=ibis.literal(NOT_KNOWN if staffed else None, "int64")),
    ).filter(lambda t: t.by.notnull())
    j = handled.left_join(lines, handled.by == lines.handled)
    who = j.select(row=j.row, staff=j.staff.cast("int64").fill_null(UNKNOWN)).distinct()
    g.engine.create("fact_deciders", who)


def _customers(orders: Any, whole: Any) -> Any:
    before = orders.aggregate(before=orders.customer.nunique())
    after = whole.aggregate(after=whole.customer.nunique())
    return before.cross_join(after)


def _complaints_known(g: Ground) -> bool:
    return g.some("fact_contacts", "is_complaint") or g.some("src_complaints", "row")


def _found_by(g: Ground) -> Any:
    """customer -> whether another customer sent them, by the declared spellings; null where the source says nothing,
    or the strategy not which spellings mean it."""
    c = g.engine.table("src_customers")
    c = c.filter(c.customer.notnull())
    declared = tuple(dict.fromkeys(fold(text) for text in g.strategy.loyalty.value.earned))
    earned = ibis.null("boolean")
    if declared:
        told = c.acquisition.notnull()
        earned = told.ifelse(g.coder.id(c.acquisition, "src_customers", declared) < len(declared), earned)
    return c.select(f_customer=c.customer.cast("int64"), f_earned=earned)
