"""What happens to one order: channel, product, amount, delivery, installation, and a complaint about it."""

from __future__ import annotations

import numpy as np

from metrics.demo.company import (
    AS_OF_DAY,
    CARRIER_CHANGE,
    CENTRAL,
    HOTLINE,
    MEDIAN_AMOUNT,
    MONTH_OF,
    POS_OUTAGE,
    PRICE_RISE,
    STORE,
    STORES_BY_REGION,
    WEBSITE,
    Array,
    Table,
    order_mix,
)
from metrics.demo.customers import BUYER
from metrics.demo.draws import classes, pick, spread

NO_PROMISE, KEPT, LATE = 0, 1, 2
PRODUCT_MIX = (0.16, 0.27, 0.14, 0.13, 0.30)
INSTALL_SHARE = np.array([0.76, 0.155, 0.70, 0.0, 0.0])
"""Share of orders that need installing, by product: 26 % of all."""
PRODUCT_PRICE = np.array([2.1, 1.0, 1.9, 0.8, 0.62])
COMPLAINT_SHARES = (0.55, 0.325, 0.125)
"""Of the complaints about an order: closed within 24 hours, slower, reopened."""


def purchases(rng: np.random.Generator, company: Table, who: Array, day: Array) -> Table:
    """One row per order of customer ``who`` on ``day``. Times are fractional days, NaN where there is none.

    Columns: who, day, hour, channel, store, product, needs_install, promised, delivered, promise (0 none, 1 kept,
    2 late), install_promised, installed, install (as promise), complaint (index into COMPLAINT), complaint_open.
    """
    n = len(who)
    month = MONTH_OF[day]
    region = company["region"][who]
    channel = classes(spread(rng, month), order_mix(day.astype(float)))
    channel[(day == POS_OUTAGE) & (channel == STORE)] = WEBSITE
    channel[who == BUYER] = HOTLINE
    product = classes(spread(rng, month), PRODUCT_MIX)
    needs = pick(rng, INSTALL_SHARE[product], product, month)
    hour = np.where(channel == STORE, 8.5 + 12 * rng.beta(2, 2, n), 7 + 16 * rng.beta(2.2, 1.7, n))

    shipped = (channel != STORE) | needs | (rng.random(n) < 0.30)
    wait = 1 + classes(rng.random(n), [0.30, 0.38, 0.22, 0.10])
    p_late = np.where((region == CENTRAL) & (day + wait >= CARRIER_CHANGE), 0.22, 0.09)
    late = shipped & pick(rng, np.where(shipped, p_late, 0.0), region, day)
    promised = np.where(shipped, day + wait + 20 / 24, np.nan)
    on_day = day + np.maximum(1, wait - (rng.random(n) < 0.35))
    late_day = day + wait + 1 + rng.binomial(5, 0.28, n)
    delivered = np.where(late, late_day, on_day) + (8 + 11.5 * rng.random(n)) / 24
    never = late & (rng.random(n) < 0.03)
    delivered = np.where(shipped & ~never & (delivered < AS_OF_DAY), delivered, np.nan)

    base = np.where(late, late_day, on_day)
    fitted = needs & ~never & ~np.isnan(delivered)
    late_fit = fitted & pick(rng, np.where(fitted, 0.18, 0.0), month)
    install_promised = np.where(fitted, base + 2 + 20 / 24, np.nan)
    install_day = base + np.where(late_fit, 3 + rng.binomial(6, 0.3, n), 1 + (rng.random(n) < 0.5))
    installed = np.where(fitted, install_day + (9 + 10 * rng.random(n)) / 24, np.nan)
    installed = np.where(installed < AS_OF_DAY, installed, np.nan)
    install = np.where(fitted, np.where(late_fit, LATE, KEPT), NO_PROMISE)

    p_complain = 0.145 + 0.20 * late + 0.30 * late_fit
    complained = pick(rng, p_complain, late, late_fit, month)
    complaint = np.where(complained, 1 + classes(spread(rng, complained, month // 3), COMPLAINT_SHARES), 0)
    arrived = np.where(fitted, install_day, np.where(shipped, base, day))
    lag = rng.exponential(2.0, n).clip(0.05, 7)
    about_delay = late & (rng.random(n) < 0.75)
    opened = np.where(about_delay, promised + 0.5 + (late_day - day - wait) * rng.random(n), arrived + 1 + lag)

    stores = np.array([0, STORES_BY_REGION[0], sum(STORES_BY_REGION[:2])])
    store = stores[region] + np.floor(np.array(STORES_BY_REGION)[region] * rng.random(n) ** 1.3).astype(int)
    return {
        "who": who, "day": day, "hour": hour, "channel": channel, "store": np.where(channel == STORE, store, -1),
        "product": product, "needs_install": needs, "promised": promised, "delivered": delivered,
        "promise": np.where(shipped, np.where(late, LATE, KEPT), NO_PROMISE), "install_promised": install_promised,
        "installed": installed, "install": install, "complaint": complaint, "complaint_open": opened,
        "about_delay": about_delay, "about_install": late_fit & (rng.random(n) < 0.8),
    }  # fmt: skip


def amounts(rng: np.random.Generator, company: Table, orders: Table) -> Array:
    """Order amounts in VND, whole thousands; the median of each channel is that of ``MEDIAN_AMOUNT``.

    The buyer of P5 makes 88 % of what small businesses in their city spend.
    """
    who, channel, product = orders["who"], orders["channel"], orders["product"]
    taste = rng.normal(0, 0.27, len(company["joined"]))
    raw = PRODUCT_PRICE[product] * np.exp(taste[who] + rng.normal(0, 0.52, len(who)))
    raw *= np.where(orders["day"] >= PRICE_RISE, 1.04, 1.0)
    own = who == BUYER
    ranking = np.where(own, np.inf, raw)
    rounded = np.zeros(len(who), dtype=np.int64)
    for c, median in enumerate(MEDIAN_AMOUNT):
        here = channel == c
        if here.any():
            rounded[here] = np.maximum(np.round(raw[here] * median / np.median(ranking[here]) / 1000), 39) * 1000
    same = (company["city"][who] == company["city"][BUYER]) & (company["segment"][who] == company["segment"][BUYER])
    others = rounded[same & ~own].sum()
    share = raw[own] / raw[own].sum()
    rounded[own] = np.round(share * others * 0.88 / 0.12 / 1000) * 1000
    return rounded
