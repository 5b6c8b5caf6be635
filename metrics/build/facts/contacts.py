"""Contacts, the complaints among them, and whose work they were.

A contact that names no staff was handled by nobody where its touchpoint is declared ``self_service`` (or the sources
say that no staff handle contacts at all); else somebody did and it is not known who.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import ibis

from metrics.build.facts.ground import CONTACTS, NOT_KNOWN, Ground, customers, hours, month, staff_of
from metrics.build.facts.orders import SIDE as ORDERS_SIDE
from metrics.build.facts.orders import kept, known, promise_place
from metrics.strategy.model import CONDITION_VALUES

DIMENSIONS = (
    "stage", "touchpoint", "channel", "topic", "product", "segment", "region", "language",
    "promise", "installation", "complaint", "waited",
)  # fmt: skip
SIDE = 0
REPEAT_SECONDS = 7 * 24 * 3600
FAST_HOURS = 24
_OUTCOME = CONDITION_VALUES["complaint"]
NO_COMPLAINT, FAST, SLOW, REOPENED = (_OUTCOME.index(v) for v in ("none", "fast", "slow", "reopened"))
OUTCOME_UNKNOWN = len(_OUTCOME)
WITHIN, OVER, WAIT_UNKNOWN = 0, 1, 2


def outcome(is_complaint: Any, resolved_hours: Any, reopened: Any) -> Any:
    """How a complaint went: fast is closed within 24 hours and not reopened; still open is slow. ``other`` where
    the source says neither whether it is a complaint nor when it was closed."""
    return ibis.cases(
        (is_complaint.isnull(), OUTCOME_UNKNOWN),
        (~is_complaint, NO_COMPLAINT),
        (reopened.fill_null(False), REOPENED),
        (resolved_hours < FAST_HOURS, FAST),
        (resolved_hours.notnull(), SLOW),
        else_=OUTCOME_UNKNOWN,
    ).cast("int16")


def make(g: Ground) -> None:
    """Tables ``fact_contacts`` and ``fact_staff`` (handled, staff): who handled contacts and orders."""
    named, lines = staff_of(g, "contacts", SIDE)
    g.engine.create("fact_staff", ibis.union(lines, staff_of(g, "orders", ORDERS_SIDE)[1]))
    t = _timed(g, _placed(g, _followed(g.engine.table("src_contacts"))))
    k, o, c = customers(g), known(g, "o_"), _complaints(g)
    invitations = g.engine.table("src_invitations")
    asked = invitations.filter(invitations.contact_row.notnull()).select(i_row=invitations.contact_row).distinct()
    j = t.left_join(k, t.customer == k.k_customer)
    j = j.left_join(o, t.order_row == o.o_row).left_join(c, t.row == c.c_row)
    j = j.left_join(named, t.row == named.h_row).left_join(asked, t.row == asked.i_row)

    listed = g.some("src_complaints", "contact_row")
    complained = (j.is_complaint.fill_null(False) | j.c_row.notnull()) if listed else j.is_complaint
    reopened = ibis.coalesce(j.reopened, j.c_reopened)
    own_promise = promise_place(j.promised_at, j.resolved_at, ibis.literal(g.as_of))
    own_kept = ibis.coalesce(j.promise_kept, kept(own_promise))
    by_flag = ibis.cases((own_kept.isnull(), len(CONDITION_VALUES["promise"])), (own_kept, 0), else_=1)
    own_place = j.promised_at.isnull().ifelse(by_flag, own_promise)
    over = next((d.over_hours for d in g.strategy.dimensions if d.id == "waited"), None)
    waited = (
        ibis.literal(WAIT_UNKNOWN)
        if over is None
        else ibis.cases(
            (j.first_response_hours.isnull(), WAIT_UNKNOWN), (j.first_response_hours <= over, WITHIN), else_=OVER
        )
    )
    g.engine.create(
        "fact_contacts",
        j.select(
            "row", "stage", "touchpoint", "channel", "order_row", "first_response_hours", "repeated", "resolved",
            customer=ibis.coalesce(j.customer.cast("int64"), j.row + CONTACTS),
            month=month(j.opened),
            topic=g.coder.place(j.topic, "topic", "src_contacts"),
            product=_else(g.coder.place(j.product, "product", "src_contacts"), j.product, j.o_product),
            segment=j.k_segment.fill_null(g.other("segment")),
            region=j.k_region.fill_null(g.other("region")),
            language=j.k_language.fill_null(g.other("language")),
            promise=j.o_row.isnull().ifelse(own_place, j.o_promise).cast("int16"),
            installation=j.o_installation.fill_null(len(CONDITION_VALUES["installation"])),
            complaint=outcome(complained, ibis.coalesce(j.c_hours, j.resolved_hours), reopened),
            waited=waited.cast("int16"),
            resolved_hours=ibis.coalesce(j.c_hours, j.resolved_hours),
            reopened=reopened,
            promise_kept=own_kept,
            is_complaint=complained,
            invited=j.i_row.notnull() if g.some("src_invitations", "contact_row") else ibis.null("boolean"),
            handled=_handled(g, j),
        ),
    )  # fmt: skip


def _else(place: Any, text: Any, instead: Any) -> Any:
    """The place of a text; where the text is blank, what the order says."""
    return text.isnull().ifelse(ibis.coalesce(instead, place), place)


def _handled(g: Ground, j: Any) -> Any:
    """See ``metrics.build.facts``."""
    if "contacts" in g.no_staff:
        return ibis.null("int64")
    self_service = [i for i, t in enumerate(t for s in g.strategy.journey for t in s.touchpoints) if t.self_service]
    nobody = j.touchpoint.isin(self_service) if self_service else ibis.literal(False)
    return ibis.coalesce(j.h_handled, nobody.ifelse(ibis.null("int64"), NOT_KNOWN)).cast("int64")


def _followed(t: Any) -> Any:
    """``repeated`` filled in where the source does not say: another contact of the same customer about the same topic
    within 7 days. Null for unknown customers: nobody can tell."""
    topic = t.topic.strip().lower().fill_null("")
    order = ibis.window(group_by=[t.customer, topic], order_by=[t.opened, t.row])
    gap = t.opened.lead().over(order).epoch_seconds() - t.opened.epoch_seconds()
    seen = t.customer.notnull().ifelse((gap <= REPEAT_SECONDS).fill_null(False), ibis.null("boolean"))
    return t.mutate(repeated=ibis.coalesce(t.repeated, seen))


def _placed(g: Ground, t: Any) -> Any:
    """Stage, touchpoint and channel as places. A blank touchpoint is told by stage and channel where only one can be
    meant; a blank stage or channel by the touchpoint."""
    stages = {s.id: i for i, s in enumerate(g.strategy.journey)}
    channels = {value: i for i, (value, _) in enumerate(g.strategy.values("channel"))}
    points = [
        (i, s.id, t.channel) for i, (s, t) in enumerate((s, t) for s in g.strategy.journey for t in s.touchpoints)
    ]
    placed = t.mutate(
        at_stage=g.coder.place(t.stage, "stage", "src_contacts"),
        at_touchpoint=g.coder.place(t.touchpoint, "touchpoint", "src_contacts"),
        at_channel=g.coder.place(t.channel, "channel", "src_contacts"),
    )
    at = [(stages[stage], channels.get(channel or ""), i) for i, stage, channel in points]
    once = Counter((stage, channel) for stage, channel, _ in at)
    told = [
        (stage * 1000 + channel, i) for stage, channel, i in at if channel is not None and once[stage, channel] == 1
    ]
    stage_told = [(i, stage) for stage, _, i in at]
    channel_told = [(i, channel) for _, channel, i in at if channel is not None]

    def filled(text: Any, place: Any, key: Any, branches: list[tuple[int, int]]) -> Any:
        return text.isnull().ifelse(key.cases(*branches, else_=place), place).cast("int16") if branches else place

    key = placed.at_stage.cast("int32") * 1000 + placed.at_channel
    placed = placed.mutate(at_touchpoint=filled(placed.touchpoint, placed.at_touchpoint, key, told))
    by = placed.at_touchpoint
    return placed.mutate(
        stage=filled(placed.stage, placed.at_stage, by, stage_told),
        channel=filled(placed.channel, placed.at_channel, by, channel_told),
        touchpoint=by,
    ).drop("at_stage", "at_touchpoint", "at_channel")


def _timed(g: Ground, t: Any) -> Any:
    """Hours to first response and to resolution: infinite where it has not happened though its file tells when, null
    where the file does not tell. A wait in seconds counts where no time of response is given."""
    file = ibis.window(group_by=t.file_no)
    never = ibis.literal(float("inf"))
    response, resolution = hours(t.opened, t.first_response), hours(t.opened, t.resolved_at)
    told = t.first_response.notnull().max().over(file)
    told_resolved = t.resolved_at.notnull().max().over(file)
    open_ = t.first_response.isnull() & t.wait_seconds.isnull() & told
    unresolved = t.resolved_at.isnull() & told_resolved
    return t.mutate(
        first_response_hours=ibis.coalesce(
            response, t.wait_seconds / 3600.0, open_.ifelse(never, ibis.null("float64"))
        ),
        resolved_hours=ibis.coalesce(resolution, unresolved.ifelse(never, ibis.null("float64"))),
    )


def _complaints(g: Ground) -> Any:
    """Complaints kept in a table of their own, by the contact they are about: hours to resolution, reopened."""
    t = g.engine.table("src_complaints")
    t = t.filter(t.contact_row.notnull())
    done = t.resolved_at.notnull()
    told = g.some("src_complaints", "resolved_at")
    never = ibis.literal(float("inf")) if told else ibis.null("float64")
    took = done.ifelse(hours(t.opened, t.resolved_at), never)
    return t.group_by(c_row=t.contact_row).aggregate(c_hours=took.max(), c_reopened=t.reopened.max())


def worst_of_order(g: Ground) -> Any:
    """order -> the worst outcome of complaints about it (``w_row``, ``w_outcome``)."""
    contacts = g.engine.table("fact_contacts")
    told = contacts.filter(contacts.is_complaint & contacts.order_row.notnull())
    t = g.engine.table("src_complaints")
    alone = t.filter(t.order_row.notnull() & t.contact_row.isnull())
    never = ibis.literal(float("inf")) if g.some("src_complaints", "resolved_at") else ibis.null("float64")
    took = alone.resolved_at.isnull().ifelse(never, hours(alone.opened, alone.resolved_at))
    both = ibis.union(
        told.select(w_row=told.order_row, w=told.complaint),
        alone.select(w_row=alone.order_row, w=outcome(ibis.literal(True), took, alone.reopened)),
    )
    worst = both.w.max(where=both.w < OUTCOME_UNKNOWN)
    return both.group_by("w_row").aggregate(w_outcome=worst.fill_null(OUTCOME_UNKNOWN).cast("int16"))
