"""Tickets: sales talks and complaints about orders, everything else customers call about, and P5's dominated cell."""

from __future__ import annotations

import numpy as np

from metrics.demo.company import (
    CENTRAL,
    CHANNELS,
    COMPLAINT,
    DAYS,
    FACEBOOK,
    HOTLINE,
    MONTH_OF,
    MONTH_STARTS,
    SEASON,
    STAGE,
    STAGES,
    STORE,
    TOPIC,
    TOPICS,
    Array,
    Table,
    day,
    ticket_mix,
)
from metrics.demo.customers import DOMINATED, SMALL_BUSINESS
from metrics.demo.draws import classes, pick, rng_for, spread, whole

TICKETS = 48_000
COMPLAINT_SHARE = 0.41
FOLLOW_UPS = 0.252
"""Follow-ups as a share of all tickets; with those reopened it makes first-contact resolution 68 %."""
DOMINATED_TICKETS, DOMINATED_LARGEST = 128, 91
DOMINATED_FROM, DOMINATED_TO = day("2025-07-01"), day("2025-10-01")
SALES_SHARE = np.array([0.0, 0.90, 0.60, 0.0, 0.55])
"""Share of orders of a channel that a member of staff took down in a ticket."""
THEMES = np.array([27, 19, 14, 11, 11, 5, 3, 2.5, 2, 1.5, 0.5, 1.5, 1, 1]) / 100
"""Topics of complaints."""
QUESTIONS = np.array([9, 4, 7, 17, 3, 0.5, 6, 7, 12, 6, 11, 8, 5, 4.5]) / 100
"""Topics of all other tickets."""
SALES_TOPICS = (TOPIC["price"], TOPIC["stock"], TOPIC["payment"], TOPIC["order_change"])


def _stages() -> Array:
    """Share of stages by topic (two rows of tables: questions, complaints), the last stage being blank (P3)."""
    everyone = {
        "late_delivery": "delivery .87 support .13", "returns": "returns .9 support .1",
        "installation": "use .57 installation .10 blank .33", "faulty": "support .5 use .3 returns .2",
        "attitude": "support .6 buy .4", "warranty": "returns .5 support .5", "payment": "buy .8 buy_again .2",
        "stock": "choose .45 find_out .35 buy_again .2", "account": "buy_again .55 support .45",
        "how_to": "use .75 support .25", "order_change": "buy .5 delivery .5", "invoice": "buy .5 support .5",
        "other_topic": "support .4 find_out .25 choose .15 buy_again .2", "price": "find_out .4 choose .35 buy .25",
    }  # fmt: skip
    complaints = everyone | {"price": "buy .75 choose .25", "stock": "choose .5 buy .5", "payment": "buy 1"}
    table = np.zeros((2, len(TOPICS), len(STAGES)))
    for row, shares in enumerate((everyone, complaints)):
        for topic, text in shares.items():
            words = text.split()
            for stage, share in zip(words[::2], words[1::2], strict=True):
                table[row, TOPIC[topic], STAGE["" if stage == "blank" else stage]] = float(share)
    return table


STAGE_SHARES = _stages()


def tickets(seed: int, scale: float, company: Table, orders: Table) -> Table:
    """All tickets sorted by time: time (days), channel, who (-1 unknown), order (row of ``orders`` or -1), topic,
    stage, is_complaint, outcome (index into COMPLAINT), sale (bool), planted (bool, P5)."""
    rng = rng_for(seed, 4)
    linked = _joined([_sales(rng, orders), _complaints(rng, orders), _dominated(rng)])
    fill = _fill(rng, scale, orders, company, linked)
    found = _joined([linked, fill])
    found = {name: column[np.argsort(found["time"], kind="stable")] for name, column in found.items()}
    _chain(rng, found)

    cell = (found["who"] >= 0) & ~found["planted"] & found["is_complaint"] & (found["channel"] == HOTLINE)
    cell &= (found["time"] >= DOMINATED_FROM) & (found["time"] < DOMINATED_TO)
    who = found["who"]
    cell &= (company["segment"][who] == SMALL_BUSINESS) & (company["region"][who] == CENTRAL)
    found["channel"][cell] = STORE

    n = len(who)
    month = MONTH_OF[found["time"].astype(int)]
    stages = STAGE_SHARES[found["is_complaint"].astype(int), found["topic"]]
    found["stage"] = classes(spread(rng, found["is_complaint"], found["topic"]), stages)
    found["stage"][found["sale"]] = STAGE["buy"]
    blank = ~found["sale"] & (rng.random(n) < 0.036)
    found["stage"][blank] = STAGE[""]
    early = (found["stage"] == STAGE["find_out"]) | (found["stage"] == STAGE["choose"])
    stranger = early & ~found["planted"] & ~found["follow_up"] & ~found["followed"] & (rng.random(n) < 0.30)
    found["who"] = np.where(stranger, -1, who)
    loose = found["outcome"] < 0
    outcome = 1 + classes(spread(rng, loose, found["is_complaint"], month // 3), (0.55, 0.325, 0.125))
    calm = np.where(rng.random(n) < 0.03, COMPLAINT.index("reopened"), 0)
    found["outcome"] = np.where(loose, np.where(found["is_complaint"], outcome, calm), found["outcome"])
    return found


def _rows(time: Array, channel: Array, who: Array, order: Array, topic: Array, complaint: bool | Array) -> Table:
    n = len(time)
    return {
        "time": time, "channel": channel, "who": who, "order": order, "topic": topic,
        "is_complaint": np.broadcast_to(np.asarray(complaint), n).copy(), "outcome": np.full(n, -1),
        "sale": np.zeros(n, dtype=bool), "planted": np.zeros(n, dtype=bool), "fill": np.zeros(n, dtype=bool),
        "follow_up": np.zeros(n, dtype=bool), "followed": np.zeros(n, dtype=bool),
    }  # fmt: skip


def _joined(parts: list[Table]) -> Table:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _sales(rng: np.random.Generator, orders: Table) -> Table:
    """Tickets in which hotline, Zalo and Facebook staff took an order down."""
    share = np.where(orders["canceled"], 0.0, SALES_SHARE[orders["channel"]])
    at = np.flatnonzero(pick(rng, share, orders["channel"], MONTH_OF[orders["day"]]))
    time = orders["day"][at] + (orders["hour"][at] - 0.1 - 0.4 * rng.random(len(at))) / 24
    topic = np.array(SALES_TOPICS)[classes(rng.random(len(at)), [0.4, 0.3, 0.15, 0.15])]
    rows = _rows(np.maximum(time, 0.0), orders["channel"][at], orders["who"][at], at, topic, False)
    rows["sale"][:] = True
    return rows


def _complaints(rng: np.random.Generator, orders: Table) -> Table:
    """Complaints about an order, at most one each; their outcome was drawn with the order (P8)."""
    at = np.flatnonzero((orders["complaint"] > 0) & (orders["complaint_open"] < DAYS))
    time = np.floor(orders["complaint_open"][at]) + (8 + 13 * rng.random(len(at))) / 24
    placed = orders["day"][at] + orders["hour"][at] / 24
    time = np.clip(time, placed + 0.03, DAYS - 0.001)
    others = THEMES.copy()
    others[TOPIC["late_delivery"]] = 0.0
    others[TOPIC["installation"]] = 0.0
    topic = classes(rng.random(len(at)), others)
    topic[orders["about_delay"][at]] = TOPIC["late_delivery"]
    topic[orders["about_install"][at]] = TOPIC["installation"]
    mix = ticket_mix(time)
    mix[:, FACEBOOK] *= 0.6
    rows = _rows(time, classes(spread(rng, MONTH_OF[time.astype(int)]), mix), orders["who"][at], at, topic, True)
    rows["outcome"] = orders["complaint"][at].copy()
    return rows


def _dominated(rng: np.random.Generator) -> Table:
    """P5: complaints of 14 small businesses in Đà Nẵng on the hotline in one quarter, most of them of one customer."""
    n = DOMINATED_TICKETS
    others = np.arange(n - DOMINATED_LARGEST) % (DOMINATED.stop - 1) + 1
    who = np.concatenate([np.zeros(DOMINATED_LARGEST, dtype=int), others])
    days = DOMINATED_FROM + (np.arange(n) + rng.random(n)) / n * (DOMINATED_TO - DOMINATED_FROM)
    time = np.floor(days) + (8 + 11 * rng.random(n)) / 24
    rows = _rows(time, np.full(n, HOTLINE), rng.permutation(who), np.full(n, -1), classes(rng.random(n), THEMES), True)
    rows["planted"][:] = True
    return rows


def _fill(rng: np.random.Generator, scale: float, orders: Table, company: Table, linked: Table) -> Table:
    """The other tickets: what is missing to the planned number by month and channel, without an order."""
    busy = np.add.reduceat(SEASON[:DAYS], MONTH_STARTS[:24])
    plan = (0.5 / 24 + 0.5 * busy / busy.sum()) * TICKETS * scale
    middle = (MONTH_STARTS[:24] + MONTH_STARTS[1:]) / 2
    wanted = whole((plan[:, None] * ticket_mix(middle)).ravel()).reshape(24, len(CHANNELS))
    there = np.zeros_like(wanted)
    np.add.at(there, (MONTH_OF[linked["time"].astype(int)], linked["channel"]), 1)
    missing = np.maximum(wanted - there, 0)
    n = int(missing.sum())
    month = np.repeat(np.repeat(np.arange(24), len(CHANNELS)), missing.ravel())
    channel = np.repeat(np.tile(np.arange(len(CHANNELS)), 24), missing.ravel())
    time = np.floor(MONTH_STARTS[month] + rng.random(n) * np.diff(MONTH_STARTS)[month])
    time = time + (7.5 + 14 * rng.beta(1.6, 1.9, n)) / 24

    days = orders["day"].astype(float)
    low, high = np.searchsorted(days, time - 120), np.searchsorted(days, np.floor(time))
    old = np.flatnonzero(~company["new"])
    source = low + np.floor(rng.random(n) * np.maximum(high - low, 1)).astype(int)
    lone = high - low < 50
    who = np.where(lone, rng.choice(old, n), orders["who"][np.minimum(source, len(days) - 1)])

    # Follow-ups inherit from any earlier ticket, so the mix is set over linked tickets and first contacts together.
    follow = rng.random(n) < FOLLOW_UPS * (n + len(linked["time"])) / n
    roots = int((~follow).sum())
    complaints = linked["is_complaint"].sum()
    complaint = pick(rng, np.full(n, (COMPLAINT_SHARE * (roots + len(linked["time"])) - complaints) / roots), follow)
    have = np.bincount(linked["topic"][linked["is_complaint"]], minlength=len(TOPICS))
    need = np.maximum(THEMES * (have.sum() + complaint[~follow].sum()) - have, 0)
    u = spread(rng, complaint, follow)
    topic = np.where(complaint, classes(u, need), classes(u, QUESTIONS))
    rows = _rows(time, channel, who, np.full(n, -1), topic, complaint)
    rows["fill"][:] = True
    rows["follow_up"] = follow
    return rows


def _chain(rng: np.random.Generator, found: Table) -> None:
    """Turns some fill tickets into follow-ups: the same customer about the same topic, within five days, in place."""
    n = len(found["time"])
    parent = np.arange(n)
    for channel in range(len(CHANNELS)):
        rows = np.flatnonzero(found["channel"] == channel)
        time = found["time"][rows]
        since = np.searchsorted(time, time - 5.0)
        until = np.searchsorted(time, time - 0.05)
        room = until - since
        chosen = since + np.floor(rng.random(len(rows)) * np.maximum(room, 1)).astype(int)
        able = found["follow_up"][rows] & (room > 0)
        parent[rows[able]] = rows[chosen[able]]
    root = parent.copy()
    while True:
        further = root[root]
        if (further == root).all():
            break
        root = further
    barred = found["planted"][root]
    parent = np.where(barred, np.arange(n), parent)
    root = np.where(barred, np.arange(n), root)
    for name in ("who", "topic", "is_complaint"):
        found[name] = found[name][root]
    found["follow_up"] = parent != np.arange(n)
    found["followed"][parent[found["follow_up"]]] = True
