"""How tickets were served: who took them, how fast, how it ended, and how the customer rated it (P4, P6, P11, P12)."""

from __future__ import annotations

import numpy as np

from metrics.demo.company import (
    AS_OF_DAY,
    CENTRAL,
    COMPLAINT,
    HOTLINE,
    MONTH_OF,
    NORTH,
    QUARTER_OF,
    STORE,
    TEAMS,
    TOPIC,
    ZALO,
    ZALO_UNHAPPY,
    Array,
    Table,
    ticket_happy,
)
from metrics.demo.draws import classes, pick, ranked, rng_for, spread
from metrics.demo.purchases import KEPT, LATE

FAMILY = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương",
    "Lý",
)  # fmt: skip
MIDDLE = (
    "Thị", "Văn", "Ngọc", "Minh", "Thanh", "Hữu", "Kim", "Quốc", "Bảo", "Gia", "Hồng", "Đức", "Thùy", "Xuân", "Hải",
)  # fmt: skip
GIVEN = (
    "An", "Anh", "Bình", "Châu", "Chi", "Cường", "Dung", "Duy", "Giang", "Hà", "Hạnh", "Hiếu", "Hoa", "Hùng", "Hương",
    "Khánh", "Lan", "Linh", "Long", "Mai", "Nam", "Nga", "Ngân", "Nhung", "Oanh", "Phong", "Phúc", "Phương", "Quân",
    "Quỳnh", "Sơn", "Tâm", "Thảo", "Thắng", "Thu", "Tiến", "Trang", "Trung", "Tuấn", "Uyên", "Vân", "Việt", "Vy",
    "Yến",
)  # fmt: skip
REPLY_MEDIAN = np.array([0.9, 0.45, 1.3, 1.1, 2.2])
"""Median hours to the first reply by channel."""
RATED = 0.24
"""Share of tickets the customer rated."""
REFUND_WAIT = 72.0


def agents(seed: int, scale: float) -> Table:
    """Staff: name (full), team (row of TEAMS), channel. The big teams grow with scale; Zalo and Facebook do not."""
    rng = rng_for(seed, 5)
    size = [max(round(n * max(scale, 1.0)), n) if grows else n for _, _, _, n, grows in TEAMS]
    team = np.repeat(np.arange(len(TEAMS)), size)
    combinations = rng.permutation(len(FAMILY) * len(MIDDLE) * len(GIVEN))[: len(team)]
    name = [f"{FAMILY[c % 16]} {MIDDLE[c // 16 % 15]} {GIVEN[c // 240]}" for c in combinations.astype(int)]
    return {"name": np.array(name), "team": team, "channel": np.array([t[2] for t in TEAMS])[team]}


def serve(seed: int, company: Table, orders: Table, tickets: Table, staff: Table) -> Table:
    """Adds to each ticket: agent (row of ``staff``, -1 = queue), team, reply and resolved (hours after opening; NaN =
    still open), within_sla, happy (what the customer thinks, answered or not), rating (1-5, 0 = not rated),
    compensation and priority. No agent has any effect on the rating (P12)."""
    rng = rng_for(seed, 6)
    n = len(tickets["time"])
    channel, topic, outcome = tickets["channel"], tickets["topic"], tickets["outcome"]
    agent, team = _agents(rng, company, tickets, staff)

    reply = REPLY_MEDIAN[channel] * np.exp(rng.normal(0, 1.15, n))
    reopened = outcome == COMPLAINT.index("reopened")
    fast = outcome == COMPLAINT.index("fast")
    slow = outcome == COMPLAINT.index("slow")
    calm = np.exp(rng.normal(np.log(5.0), 1.1, n))
    long = 26 + rng.exponential(42, n).clip(0, 190)
    done = np.select([fast, slow, reopened], [0.7 + 21.5 * rng.beta(1.3, 2.0, n), long, long * 1.15], calm)
    reply = np.maximum(np.minimum(reply, 0.6 * done), 1 / 60)
    opened = tickets["time"] * 24
    done = np.where(opened + done < AS_OF_DAY * 24 - 6, done, np.nan)

    order = tickets["order"]
    promise = np.where(order >= 0, orders["promise"][order], 0)
    waited = (topic == TOPIC["returns"]) & ~(done < REFUND_WAIT)
    felt = 0.9 * (promise == KEPT) - 0.9 * (promise == LATE) + 0.3 * (reply < 2) - 1.1 * reopened - 0.8 * waited
    felt = felt + rng.normal(0, 1.0, n)
    day = tickets["time"].astype(int)
    share = ticket_happy(day.astype(float), channel)
    # On Zalo the unhappy answer less: so that `share` is seen among answers, fewer must be happy among everybody.
    true = np.where(channel == ZALO, share * ZALO_UNHAPPY / (1 - share * (1 - ZALO_UNHAPPY)), share)
    happy = ranked(rng, felt, channel, MONTH_OF[day]) > 1 - true
    quiet = np.where((channel == ZALO) & ~happy, ZALO_UNHAPPY, 1.0)
    level = np.where(channel == ZALO, true + ZALO_UNHAPPY * (1 - true), 1.0)
    rated = pick(rng, RATED * quiet / level, channel, happy, day)
    good = 4 + classes(spread(rng, rated, happy), (0.45, 0.55))
    poor = 1 + classes(spread(rng, rated, happy), (0.25, 0.30, 0.45))

    complaint = tickets["is_complaint"]
    paid = complaint & (rng.random(n) < 0.12)
    urgent = classes(rng.random(n), (0.20, 0.58, 0.17, 0.05))
    limit = np.where(complaint, 24.0, 48.0)
    return tickets | {
        "agent": agent, "team": team, "reply": reply, "resolved": done,
        "within_sla": (done <= limit) & (reply <= 2) & ~reopened,
        "happy": happy, "rating": np.where(rated, np.where(happy, good, poor), 0),
        "compensation": np.where(paid, (50 + 10 * rng.integers(0, 46, n)) * 1000, 0),
        "priority": np.minimum(urgent + complaint, 3), "quarter": QUARTER_OF[day],
    }  # fmt: skip


def _agents(rng: np.random.Generator, company: Table, tickets: Table, staff: Table) -> tuple[Array, Array]:
    """Agent and team of each ticket. A quarter of the returns of hotline and stores lies in a queue without agent."""
    n = len(tickets["time"])
    channel = tickets["channel"]
    who = tickets["who"]
    region = np.where(who >= 0, company["region"][who], rng.integers(0, 3, n))
    north = (region == NORTH) | ((region == CENTRAL) & (rng.random(n) < 0.5))
    team = np.array([2, 0, 4, 3, 5])[channel]
    team = np.where((channel == HOTLINE) & ~north, 1, team)
    agent = np.full(n, -1)
    for t in range(len(TEAMS)):
        members = np.flatnonzero(staff["team"] == t)
        here = team == t
        load = np.exp(rng.normal(0, 0.10, len(members)))
        agent[here] = members[classes(spread(rng, MONTH_OF[tickets["time"][here].astype(int)]), load)]
    queued = (tickets["topic"] == TOPIC["returns"]) & ((channel == HOTLINE) | (channel == STORE))
    queued &= ~tickets["planted"] & (rng.random(n) < 0.25)
    return np.where(queued, -1, agent), np.where(queued, len(TEAMS), team)
