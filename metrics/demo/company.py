"""The demo company's fixed facts: calendar, season, places, teams and mixes. No random number is drawn here.

Days are whole numbers counted from ``START`` (day 0 = 2024-04-01); the files end with day 729, 2026-03-31.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Table = dict[str, Array]

START = np.datetime64("2024-04-01T00:00:00")
DAYS = 730
AS_OF = "2026-04-05"
AS_OF_DAY = 735
"""First moment nobody has seen yet: 2026-04-06 00:00; stamps from here on are blank."""
HORIZON = 2200
"""Days the order streams are simulated for; what falls after the window is cut off."""


def day(text: str) -> int:
    """Day number of an ISO date, for example ``day("2024-04-01") == 0``."""
    return (date.fromisoformat(text) - date(2024, 4, 1)).days


_DATES = START.astype("datetime64[D]") + np.arange(HORIZON)
MONTH_OF: Array = (_DATES.astype("datetime64[M]") - np.datetime64("2024-04", "M")).astype(int)
"""Month number (0 = 2024-04) by day number."""
QUARTER_OF: Array = MONTH_OF // 3
"""Quarter number (0 = 2024-Q2) by day number."""
MONTH_STARTS: Array = np.searchsorted(MONTH_OF, np.arange(25))
MONTHS: tuple[str, ...] = tuple(str(np.datetime64("2024-04", "M") + m) for m in range(24))
QUARTERS = ("2024-Q2", "2024-Q3", "2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1")

TET = (day("2025-01-29"), day("2026-02-17"))
BEFORE_TET, AFTER_TET = 1.62, 0.45
POS_OUTAGE = day("2025-06-14")
PRICE_RISE = day("2025-08-01")
CARRIER_CHANGE = day("2025-05-01")
SURVEY_CHANGE = day("2025-04-01")
REDESIGN = day("2025-09-01")
INCIDENTS = (
    ("2025-04-01", "survey_rule_change", "Đổi quy tắc mời khảo sát"),
    ("2025-05-01", "carrier_change_central", "Đổi đơn vị giao hàng miền Trung"),
    ("2025-01-29", "tet_2025", "Tết Ất Tỵ"),
    ("2026-02-17", "tet_2026", "Tết Bính Ngọ"),
    ("2025-11-11", "sale_11_11", "Ngày hội 11/11"),
    ("2025-12-12", "sale_12_12", "Ngày hội 12/12"),
    ("2025-08-01", "price_rise", "Tăng giá"),
    ("2025-06-14", "pos_outage", "Máy tính tiền ngừng một ngày"),
)


def _season() -> Array:
    s = np.ones(HORIZON)
    weekday = (np.arange(HORIZON) + 0) % 7  # 2024-04-01 was a Monday
    s *= np.where(weekday >= 5, 1.18, 0.928)
    for sale in ("2024-11-11", "2024-12-12", "2025-11-11", "2025-12-12"):
        s[day(sale)] = 2.2
    for tet in TET:
        s[tet - 28 : tet] *= BEFORE_TET
        s[tet : tet + 14] *= AFTER_TET
    return s


SEASON: Array = _season()
"""Relative number of orders by day; an ordinary week has mean 1."""
CLOCK: Array = np.concatenate([[0.0], np.cumsum(SEASON)])
"""Business time: season summed up to the start of each day. Uniform in it = as busy as the day is."""


def clock(days: Array) -> Array:
    """Business time at (fractional) days."""
    business: Array = np.interp(days, np.arange(HORIZON + 1), CLOCK)
    return business


def unclock(business: Array) -> Array:
    """Day number (whole) at a business time; past the horizon stays at the horizon."""
    days: Array = np.interp(business, CLOCK, np.arange(HORIZON + 1)).astype(int)
    return np.minimum(days, HORIZON - 1)


CHANNELS = ("store", "hotline", "zalo", "website", "facebook")
STORE, HOTLINE, ZALO, WEBSITE, FACEBOOK = range(5)
REGIONS = ("north", "central", "south")
NORTH, CENTRAL, SOUTH = range(3)
SEGMENTS = ("household", "young", "small_business")
PRODUCTS = ("cooling", "kitchen", "laundry", "cleaning", "household")
STAGES = ("find_out", "choose", "buy", "delivery", "installation", "use", "support", "returns", "buy_again", "")
TOPICS = (
    "late_delivery", "installation", "returns", "price", "faulty", "attitude", "warranty", "payment", "stock",
    "account", "how_to", "order_change", "invoice", "other_topic",
)  # fmt: skip
STAGE = {name: i for i, name in enumerate(STAGES)}
TOPIC = {name: i for i, name in enumerate(TOPICS)}
COMPLAINT = ("none", "fast", "slow", "reopened")

CITIES = (
    ("Hà Nội", NORTH, 0.215), ("Hải Phòng", NORTH, 0.075), ("Nam Định", NORTH, 0.04), ("Thái Nguyên", NORTH, 0.04),
    ("Vinh", NORTH, 0.03), ("Đà Nẵng", CENTRAL, 0.11), ("Huế", CENTRAL, 0.045), ("Quy Nhơn", CENTRAL, 0.045),
    ("TP. Hồ Chí Minh", SOUTH, 0.25), ("Cần Thơ", SOUTH, 0.055), ("Biên Hòa", SOUTH, 0.055), ("Mỹ Tho", SOUTH, 0.04),
)  # fmt: skip
DA_NANG = next(i for i, c in enumerate(CITIES) if c[0] == "Đà Nẵng")
CAN_THO = next(i for i, c in enumerate(CITIES) if c[0] == "Cần Thơ")
STORES_BY_REGION = (14, 8, 14)

TEAMS = (  # id, name, channel, staff at scale 1, grows with scale
    ("TEAM-HLB", "Hotline Bắc", HOTLINE, 18, True),
    ("TEAM-HLN", "Hotline Nam", HOTLINE, 16, True),
    ("TEAM-CSK", "CSKH cửa hàng", STORE, 11, True),
    ("TEAM-WEB", "Web chat", WEBSITE, 5, True),
    ("TEAM-ZAL", "Zalo", ZALO, 5, False),
    ("TEAM-FBK", "Facebook", FACEBOOK, 3, False),
)
QUEUE = ("TEAM-DTR", "Đổi trả")
"""A queue without staff: its tickets carry no agent."""

RESPONSE_RATE = np.array([0.27, 0.24, 0.19, 0.14, 0.09])
"""Share of invitations answered, by channel."""
ZALO_UNHAPPY = 0.7
"""On Zalo the unhappy answer this much as often as the rest (P11)."""
MEDIAN_AMOUNT = np.array([620_000, 1_350_000, 450_000, 780_000, 450_000])


def order_mix(days: Array) -> Array:
    """Share of orders by channel (n x 5): Zalo 4 to 17 %, the rest 52 store, 9 hotline, 24 website, 6 Facebook."""
    zalo = 0.04 + 0.13 * (days / DAYS) ** 1.6
    rest = np.array([0.52, 0.09, 0.0, 0.24, 0.06]) / 0.91
    mix = (1 - zalo)[:, None] * rest
    mix[:, ZALO] = zalo
    return mix


def shift(days: Array) -> Array:
    """The S-curve of P6, 0 before and 1 after the winter of 2024/25: service slips while Zalo grows."""
    return 1 / (1 + np.exp(-(days - day("2025-03-30")) / 15.0))


def ticket_mix(days: Array) -> Array:
    """Share of tickets by channel (n x 5): Zalo 8 to 38 %, of the rest 22 store, 54 hotline, 15 web, 9 Facebook."""
    zalo = 0.08 + 0.30 * shift(days)
    mix: Array = (1 - zalo)[:, None] * np.array([0.22, 0.54, 0.0, 0.15, 0.09])
    mix[:, ZALO] = zalo
    return mix


def ticket_happy(days: Array, channel: Array) -> Array:
    """Share of 4 or 5 among *answered* ticket ratings (P6): Zalo 93 to 89 %, every other channel 81 to 77.4 %."""
    slip = shift(days)
    share: Array = np.where(channel == ZALO, 0.93 - 0.04 * slip, 0.81 - 0.036 * slip)
    return share
