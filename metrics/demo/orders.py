"""The order book: first, second and later orders, cut to what the relationship survey's answers say must happen."""

from __future__ import annotations

import numpy as np

from metrics.demo.company import CLOCK, DAYS, HORIZON, Array, Table, clock, unclock
from metrics.demo.customers import BUYER
from metrics.demo.draws import classes, rng_for
from metrics.demo.purchases import amounts, purchases
from metrics.demo.relationship import WATCHED
from metrics.demo.returning import filled, later_orders, second_orders

ORDERS, CANCELED = 46_000, 1_500
BUYER_ORDERS = 60


def orders(seed: int, scale: float, company: Table, survey: Table) -> Table:
    """All orders sorted by time, with the columns of ``purchases`` and: first (bool: first order ever), canceled,
    amount, discount, returned (VND, all positive). A cancelled order never decides who came back."""
    rng = rng_for(seed, 3)
    new = np.flatnonzero(company["new"])
    first = purchases(rng, company, new, company["joined"][new])
    second = second_orders(rng, first)
    back = second < DAYS
    more_who, more_day = later_orders(rng, new[back], second[back])
    who = np.concatenate([new[back], more_who])
    when = np.concatenate([second[back], more_day])

    n_all = len(company["joined"])
    quiet_from, quiet_to = np.full(n_all, HORIZON), np.full(n_all, -1)
    stays = ~survey["returns"]
    quiet_from[survey["who"][stays]] = survey["day"][stays] - 2
    quiet_to[survey["who"][stays]] = survey["day"][stays] + WATCHED + 2
    keep = (when < quiet_from[who]) | (when > quiet_to[who])
    who, when = who[keep], when[keep]
    extra = _promised(rng, survey, who, when, n_all)
    buys = int(BUYER_ORDERS * np.clip(scale, 0.5, 8))
    buyer_days = np.sort(unclock((np.arange(buys) + rng.random(buys)) / buys * CLOCK[DAYS]))
    who = np.concatenate([who, extra[0], np.full(buys, BUYER)])
    when = np.concatenate([when, extra[1], buyer_days])
    total = round((ORDERS - CANCELED) * scale)
    old_who, old_day = filled(rng, company, np.concatenate([first["day"], when]), total, quiet_from, quiet_to)
    rest = purchases(rng, company, np.concatenate([who, old_who]), np.concatenate([when, old_day]))

    valid = {name: np.concatenate([first[name], rest[name]]) for name in first}
    n_valid = len(valid["who"])
    valid["first"] = np.arange(n_valid) < len(new)
    valid["canceled"] = np.zeros(n_valid, dtype=bool)
    valid["amount"] = amounts(rng, company, valid)
    book = _with_canceled(rng, valid, max(round(ORDERS * scale) - n_valid, 0), quiet_from, quiet_to)
    n = len(book["who"])
    rate = classes(rng.random(n), [0.58, 0.18, 0.14, 0.07, 0.03])
    book["discount"] = np.round(book["amount"] * np.array([0, 0.05, 0.10, 0.15, 0.20])[rate] / 1000).astype(int) * 1000
    part = np.where(rng.random(n) < 0.6, 1.0, rng.uniform(0.2, 0.8, n))
    returned = (rng.random(n) < 0.045) & ~book["canceled"] & (book["day"] < DAYS - 10)
    book["returned"] = np.where(returned, np.round(book["amount"] * part / 1000) * 1000, 0).astype(int)
    order = np.lexsort((book["who"], book["day"] + book["hour"] / 24))
    return {name: column[order] for name, column in book.items()}


def _promised(rng: np.random.Generator, survey: Table, who: Array, when: Array, n_all: int) -> tuple[Array, Array]:
    """An order within 180 days for each respondent who must come back and has none yet: customer and day."""
    answered = np.full(n_all, HORIZON)
    answered[survey["who"]] = survey["day"]
    after = when - answered[who]
    served = np.unique(who[(after > 1) & (after < WATCHED)])
    missing = survey["returns"] & ~np.isin(survey["who"], served)
    start = survey["day"][missing]
    a, b = clock(start + 3.0), clock(start + WATCHED - 3.0)
    return survey["who"][missing], unclock(a + (b - a) * rng.random(len(start)))


def _with_canceled(rng: np.random.Generator, valid: Table, n: int, quiet_from: Array, quiet_to: Array) -> Table:
    """Adds cancelled orders: second thoughts some minutes to two days after a real order of the same customer."""
    source = rng.permutation(len(valid["who"]))
    day = np.minimum(valid["day"][source] + rng.integers(0, 3, len(source)), DAYS - 1)
    who = valid["who"][source]
    free = ((day < quiet_from[who]) | (day > quiet_to[who])) & (who > BUYER)
    source, day = source[free][:n], day[free][:n]
    copy = {name: column[source].copy() for name, column in valid.items()}
    moved = day - copy["day"]
    for name in ("promised", "install_promised", "complaint_open"):
        copy[name] = copy[name] + moved
    copy["install_promised"][:] = np.nan
    copy["day"] = day
    copy["hour"] = np.minimum(copy["hour"] + 0.4 + rng.random(len(day)), 23.9)
    for name in ("delivered", "installed"):
        copy[name] = np.full(len(day), np.nan)
    for name in ("complaint", "install"):
        copy[name] = np.zeros(len(day), dtype=int)
    copy["first"] = np.zeros(len(day), dtype=bool)
    copy["canceled"] = np.ones(len(day), dtype=bool)
    return {name: np.concatenate([valid[name], copy[name]]) for name in valid}
