"""Answers and invitations: they take month, dimensions, customer and staff from the contact they are about, else from
the order, else from what they say themselves. Without any date they are one wave.
"""

from __future__ import annotations

from typing import Any

import ibis

from metrics.build.facts import contacts as about
from metrics.build.facts.ground import ANSWERS, INVITATIONS, NOT_KNOWN, Ground, customers, month, renamed
from metrics.build.facts.orders import known
from metrics.strategy.model import CONDITION_VALUES

#: An answer has every dimension of the contact it is about.
DIMENSIONS = about.DIMENSIONS
_OWN = ("stage", "touchpoint", "channel")
_PERSON = ("segment", "region", "language")


def make(g: Ground) -> None:
    """Tables ``fact_answers`` and ``fact_invitations``."""
    t = g.engine.table("src_answers")
    j = _linked(g, t)
    # The items of one response are one respondent; several answers about one contact are one, too.
    respondent = ibis.coalesce(j.c_customer, j.response + ANSWERS)
    customer = ibis.coalesce(j.customer.cast("int64"), respondent)
    shared = _shared(g, j, "src_answers", j.answered_at)
    g.engine.create(
        "fact_answers", j.select("row", "question", "score", "contact_row", "order_row", customer=customer, **shared)
    )

    t = g.engine.table("src_invitations")
    j = _linked(g, t)
    shared = _shared(g, j, "src_invitations", j.sent_at)
    g.engine.create(
        "fact_invited",
        j.select(
            "row",
            "question",
            "contact_row",
            "order_row",
            customer=ibis.coalesce(j.customer.cast("int64"), j.c_customer, j.row + INVITATIONS),
            **shared,
        ),
    )
    _answered(g)


def _linked(g: Ground, t: Any) -> Any:
    contacts = renamed(g.engine.table("fact_contacts"), "c_", "row", "month", "customer", "handled", *DIMENSIONS)
    o, k = known(g, "o_"), customers(g)
    j = t.left_join(contacts, t.contact_row == contacts.c_row).left_join(o, t.order_row == o.o_row)
    return j.left_join(k, t.customer == k.k_customer)


def _shared(g: Ground, j: Any, table: str, dated: Any) -> dict[str, Any]:
    """Month, staff and dimensions of rows that may be about a contact or an order."""
    found: dict[str, Any] = {}
    for d in _OWN:
        own = g.coder.place(j[d], d, table)
        instead = (j[f"c_{d}"], j.o_channel) if d == "channel" else (j[f"c_{d}"],)
        found[d] = j[d].isnull().ifelse(ibis.coalesce(*instead, own), own).cast("int16")
    found["topic"] = j.c_topic.fill_null(g.other("topic"))
    found["product"] = ibis.coalesce(j.c_product, j.o_product).fill_null(g.other("product"))
    for d in _PERSON:
        found[d] = ibis.coalesce(j[f"k_{d}"], j[f"c_{d}"]).fill_null(g.other(d))
    for d in ("promise", "installation"):
        found[d] = ibis.coalesce(j[f"c_{d}"], j[f"o_{d}"]).fill_null(len(CONDITION_VALUES[d]))
    found["complaint"] = j.c_complaint.fill_null(about.OUTCOME_UNKNOWN)
    found["waited"] = j.c_waited.fill_null(about.WAIT_UNKNOWN)
    found["month"] = ibis.coalesce(j.c_month, j.o_month, month(dated))
    found["handled"] = ibis.cases(
        (j.c_row.notnull(), j.c_handled),
        (j.o_row.notnull(), j.o_handled),
        (_lost(g, j), ibis.literal(NOT_KNOWN, "int64")),
        else_=ibis.null("int64"),
    )
    return found


def _lost(g: Ground, j: Any) -> Any:
    """Rows whose staff are unknown because what they are about was not found: somebody may have handled it.

    A question about the whole relation is about no contact. Any other may be, unless every answer to the same
    question at the same stage that does say what it is about is about an order."""
    relation = [q.id for q in g.strategy.questions if q.listens_to == "relationship"]
    contacts_staffed, orders_staffed = (g.some(f"src_{t}_staff", "row") for t in ("contacts", "orders"))
    alike = ibis.window(group_by=[j.question, j.stage.fill_null("")])
    contact_among, order_among = j.c_row.notnull().max().over(alike), j.o_row.notnull().max().over(alike)
    about_something = ~j.question.isin(relation) if relation else ibis.literal(True)
    lost_contact = ibis.literal(contacts_staffed) & (contact_among | ~order_among)
    return about_something & (lost_contact | ibis.literal(orders_staffed))


def _answered(g: Ground) -> None:
    """Table ``fact_invitations``: every scored answer to a question somebody was invited to, and the invitations that
    nobody answered. Whoever answered was invited, also where the invitation is not in the file; so the answers that a
    response rate counts are those its score counts, row by row, and two numbers of the same answers tell nothing more.

    An answer takes the place of one invitation to the same question about the same contact; without a contact about
    the same order; without either to the same customer. Where both files name the stage, it has to be the same one."""
    t, a = g.engine.table("fact_invited"), g.engine.table("fact_answers")
    if not g.some("fact_answers", "row"):
        g.engine.create("fact_invitations", t.mutate(answered=ibis.null("boolean"), answer_row=ibis.null("int64")))
        return
    staged = g.some("src_answers", "stage") and g.some("src_invitations", "stage")
    scored = a.filter(a.score.notnull()).semi_join(t.select("question").distinct(), "question")
    kinds = {
        "contact_row": (t.contact_row.notnull(), False),
        "order_row": (t.contact_row.isnull() & t.order_row.notnull(), staged),
        "customer": (t.contact_row.isnull() & t.order_row.isnull(), staged),
    }
    keys = {c: ["question", c, *(["stage"] if by_stage else [])] for c, (_, by_stage) in kinds.items()}
    turns = {
        f"{c}_turn": ibis.row_number().over(ibis.window(group_by=[asked, *(t[k] for k in keys[c])], order_by=t.row))
        for c, (asked, _) in kinds.items()
    }
    j = t.mutate(**turns, **{f"{c}_asked": asked for c, (asked, _) in kinds.items()})
    for c, key in keys.items():
        given = scored.filter(scored[c].notnull()).group_by(key).aggregate(given=lambda s: s.count())
        given = given.rename({f"{c}_{name}": name for name in (*key, "given")})
        j = j.left_join(given, [j[name] == given[f"{c}_{name}"] for name in key])
    open_ = ((j[f"{c}_asked"], j[f"{c}_turn"] >= j[f"{c}_given"].fill_null(0)) for c in kinds)
    left = j.filter(ibis.cases(*open_, else_=True))
    g.engine.create(
        "fact_invitations",
        left.select(*t.columns, answered=ibis.literal(False), answer_row=ibis.null("int64")).union(
            scored.select(*t.columns, answered=ibis.literal(True), answer_row=scored.row)
        ),
    )
