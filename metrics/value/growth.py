"""Earned growth: what last year's customers still bring, what new ones bring, and who of them others sent.

Source: Reichheld, Darnell and Burns, "Net Promoter 3.0", Harvard Business Review 99(6), 2021. Earned growth rate =
net revenue retention + earned new customers - 100, in percent of last year's revenue. Values are read from cleared
cells; intervals come from a bootstrap over customers in the build.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from metrics.kpis.cohort_revenue import BEFORE
from metrics.loyalty.value.sums import NEW, QUARTERS, SENT, YEAR, revenue_key
from metrics.loyalty.value.told import Figure
from metrics.periods import block_of, months_of
from metrics.value.cells import Cells, Share, added, share


@dataclass(frozen=True)
class Part:
    """A part in percent of last year's revenue; ``money`` what it is. The interval is None where none was made."""

    value: float
    low: float | None
    high: float | None
    money: float


@dataclass(frozen=True)
class Growth:
    """``quarters``: the eight, oldest first. ``earned`` is None where the sources do not say who sent whom; then
    ``bought`` holds all new customers and there is no ``rate``."""

    quarters: tuple[str, ...]
    base: float
    kept: Part
    earned: Part | None
    bought: Part
    rate: Part | None


def quarters_of(cells: Cells) -> tuple[str, ...]:
    """Closed quarters, from the first of which revenue is told, in order."""
    months = sorted(m for p in cells.told(revenue_key(0)) for m in months_of(p))
    if not months:
        return ()
    found = []
    for at in range(number(block_of(months[0], "quarter")), number(block_of(months[-1], "quarter")) + 1):
        quarter = f"{(at - 1) // 4}-Q{(at - 1) % 4 + 1}"
        if not cells.closed(quarter):
            break
        found.append(quarter)
    return tuple(found)


def number(quarter: str) -> int:
    """Quarters as numbers, so that ages can be counted."""
    return int(quarter[:4]) * 4 + int(quarter[6])


def growth(cells: Cells) -> Growth | None:
    """None with less than two closed years, or where a part of them is withheld."""
    quarters = quarters_of(cells)[-2 * YEAR :]
    if len(quarters) < 2 * YEAR:
        return None
    first = number(quarters[YEAR])
    base = kept = new = sent = 0.0
    for quarter in quarters:
        this = number(quarter) >= first
        for age in QUARTERS:
            amount = cells.in_quarter(revenue_key(age), "total", quarter)
            if amount is None:
                return None
            if not this:
                base += amount
            elif age == BEFORE or age > number(quarter) - first:
                kept += amount
            else:
                new += amount
                earned = cells.in_quarter(revenue_key(age, earned=True), "total", quarter)
                sent = float("nan") if earned is None else sent + earned
    if base <= 0:
        return None
    ends = cells.release.value_figures(cells.segment or "")
    told = bool(cells.release.strategy.loyalty.value.earned) and bool(cells.of(SENT)) and not isnan(sent)
    earned_part = _part(sent, base, ends.get(Figure.EARNED.value)) if told else None
    kept_part = _part(kept, base, ends.get(Figure.KEPT.value))
    rate = None
    if earned_part:
        low, high = _ends(ends.get(Figure.GROWTH.value))
        rate = Part(kept_part.value + earned_part.value - 100, low, high, kept + sent - base)
    rest = new - (sent if told else 0.0)
    return Growth(
        quarters,
        base,
        kept_part,
        earned_part,
        Part(100 * rest / base, None, None, rest),
        rate,
    )


def _part(money: float, base: float, ends: tuple[float | None, float, float] | None) -> Part:
    return Part(100 * money / base, *_ends(ends), money)


def _ends(ends: tuple[float | None, float, float] | None) -> tuple[float | None, float | None]:
    return (ends[1], ends[2]) if ends else (None, None)


@dataclass(frozen=True)
class Referral:
    """Share of new customers whom others sent: of the last year together, and by period, oldest first."""

    year: Share
    periods: tuple[tuple[str, Share], ...]


def referral(cells: Cells) -> Referral | None:
    """None where the sources do not say how customers came."""
    found = cells.of(SENT)
    periods = [p for p in cells.blocks(SENT) if p in found]
    if not periods:
        return None
    length = len(months_of(periods[0]))
    last = periods[-max(1, 12 // length) :]
    year = share(added([found[p] for p in last]), "earned", True)
    return Referral(year, tuple((p, share(found[p], "earned", True)) for p in periods))


def new_per_year(cells: Cells) -> int | None:
    """New customers of the last twelve closed months; None with less."""
    found = cells.of(NEW)
    periods = cells.blocks(NEW)
    if not periods:
        return None
    count = 12 // len(months_of(periods[0]))
    last = periods[-count:]
    return round(sum(found[p]["n"] for p in last)) if len(last) == count and all(p in found for p in last) else None
