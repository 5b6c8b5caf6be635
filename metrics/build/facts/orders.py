"""Orders and their promises.

A promise is a day: delivered on or before the promised day is kept, later is late; the day has passed when the data
end and nothing came is never. An order of a status that the sources leave out (``leave_out_status``, for example
cancelled) is no order: it counts nowhere, and a promise about it is no promise.
"""

from __future__ import annotations

from typing import Any

import ibis

from metrics.build.facts.ground import NOT_KNOWN, Ground, customers, month, renamed, staff_of
from metrics.strategy.model import CONDITION_VALUES

DIMENSIONS = ("channel", "product", "segment", "region", "language", "promise", "installation")
SIDE = 1
_PROMISE = CONDITION_VALUES["promise"]
_KEPT, _LATE, _NEVER, _NONE = (*(_PROMISE.index(v) for v in ("kept", "late", "never")), len(_PROMISE))


def promise_place(promised: Any, done: Any, as_of: Any) -> Any:
    """kept, late, never, or other where there is no promise or its day has not passed."""
    return ibis.cases(
        (promised.isnull(), _NONE),
        (done.notnull() & (done.date() <= promised.date()), _KEPT),
        (done.notnull(), _LATE),
        (promised.date() < as_of, _NEVER),
        else_=_NONE,
    ).cast("int16")


def kept(place: Any) -> Any:
    """Whether a promise was kept, by its place; null where there was none or it is not due."""
    return ibis.cases((place == _KEPT, True), (place < _NONE, False), else_=ibis.null("boolean"))


def know(g: Ground) -> None:
    """Table ``known_orders``: every order of the sources, also those left out, with its dimensions and staff."""
    t = g.engine.table("src_orders")
    named, _ = staff_of(g, "orders", SIDE)
    k = customers(g)
    j = t.left_join(k, t.customer == k.k_customer).left_join(named, t.row == named.h_row)
    as_of = ibis.literal(g.as_of)
    stands = ~j.left_out.fill_null(False)
    needs = stands & j.needs_install.fill_null(True)
    unknown = ibis.literal("orders" not in g.no_staff) & j.staff_given.fill_null(False)
    g.engine.create(
        "known_orders",
        j.select(
            "row",
            "ordered_at",
            "amount",
            "returned_amount",
            customer=j.customer.cast("int64"),
            stands=stands,
            month=month(j.ordered_at),
            channel=g.coder.place(j.channel, "channel", "src_orders"),
            product=g.coder.place(j.product, "product", "src_orders"),
            segment=j.k_segment.fill_null(g.other("segment")),
            region=j.k_region.fill_null(g.other("region")),
            language=j.k_language.fill_null(g.other("language")),
            promise=stands.ifelse(promise_place(j.promised_at, j.delivered_at, as_of), _NONE).cast("int16"),
            installation=needs.ifelse(promise_place(j.install_promised_at, j.installed_at, as_of), _NONE).cast("int16"),
            promised_month=month(j.promised_at),
            install_month=month(j.install_promised_at),
            handled=ibis.coalesce(j.h_handled, unknown.ifelse(NOT_KNOWN, ibis.null("int64"))).cast("int64"),
        ),
    )


def make(g: Ground) -> None:
    """Table ``fact_orders``."""
    t = g.engine.table("known_orders")
    invitations = g.engine.table("src_invitations")
    about = invitations.filter(invitations.order_row.notnull())
    asked = about.group_by(i_row=about.order_row).aggregate(i_questions=about.question.collect(distinct=True))
    any_asked = g.some("src_invitations", "order_row")
    t = t.filter(t.stands)
    order = ibis.window(group_by=t.customer, order_by=[t.ordered_at, t.row])
    j = t.mutate(nth=ibis.row_number().over(order)).left_join(asked, t.row == asked.i_row)
    g.engine.create(
        "fact_orders",
        j.select(
            *(c for c in t.columns if c not in ("stands", "ordered_at")),
            delivery_kept=kept(j.promise),
            install_kept=kept(j.installation),
            first=j.customer.notnull().ifelse(j.nth == 0, ibis.null("boolean")),
            invited_to=j.i_questions.fill_null(ibis.literal([], type="array<string>"))
            if any_asked
            else ibis.null("array<string>"),
        ),
    )


def known(g: Ground, prefix: str) -> Any:
    """What contacts and answers take from their order."""
    return renamed(
        g.engine.table("known_orders"),
        prefix,
        "row", "month", "channel", "product", "promise", "installation", "handled",
    )  # fmt: skip
