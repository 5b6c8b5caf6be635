"""Who stays: cohorts by age, the course of retention, and how many have come back by when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from metrics.loyalty.value.lifetable import product_limit
from metrics.loyalty.value.sums import AGES, NEW, days_of, repurchase_key, retention_key
from metrics.periods import year_before
from metrics.value.cells import Cells, Share, State, Sums, added, share

SHOWN_AGES = 12
SHOWN_COHORTS = 12
COMPARED = 3
"""Age in months at which two cohorts are compared, if both have reached it."""
REACHED = (6, COMPARED)
"""Ages that the newer one must have reached: rather more, for the course to be seen."""


@dataclass(frozen=True)
class Cohort:
    """New customers of one period: how many, and the share who ordered in each later month."""

    period: str
    n: int | None
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Line:
    """A course of retention: (age in months, share). ``period`` is None for all cohorts together."""

    period: str | None
    points: tuple[tuple[int, Share], ...]


@dataclass(frozen=True)
class Returned:
    """Share of new customers who have come back by this day, in percent, with its interval; ``n`` were watched."""

    days: int
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Cohorts:
    """``rows``: the latest cohorts, oldest first, ages 1 to 12 months. ``lines``: all cohorts together, then the newest
    that has reached the ages to compare by, then the one a year before it, as far as there are. ``newer`` and
    ``older``: the two of them over the ages both have reached."""

    rows: tuple[Cohort, ...]
    lines: tuple[Line, ...]
    returned: tuple[Returned, ...]
    newer: Share | None
    older: Share | None
    pair: tuple[str, str] | None
    age: int | None
    """The age at which the two are compared."""


def cohorts(cells: Cells) -> Cohorts | None:
    """None where no cohort is told of."""
    periods = cells.blocks(NEW)
    sizes = cells.of(NEW)
    by_age = {a: cells.of(retention_key(a)) for a in AGES}
    if not any(p in sizes for p in periods):
        return None
    rows = tuple(
        Cohort(
            p,
            round(sizes[p]["n"]) if p in sizes else None,
            tuple(share(by_age[a].get(p), "active", cells.closed(p, months=a)) for a in AGES[:SHOWN_AGES]),
        )
        for p in periods[-SHOWN_COHORTS:]
    )
    lines = [Line(None, _points(by_age, list(periods)))]
    reached = {p: sum(p in by_age[a] for a in AGES) for p in periods[1:]}
    newest = next((p for least in REACHED for p in reversed(periods[1:]) if reached[p] >= least), None)
    pair: tuple[str, str] | None = None
    newer = older = age = None
    if newest is not None:
        lines.append(Line(newest, _points(by_age, [newest])))
        before = year_before(newest)
        if before not in periods:
            before = next((p for p in periods if p != newest and p in by_age[AGES[0]]), "")
        if before:
            lines.append(Line(before, _points(by_age, [before])))
            common = [a for a in AGES if newest in by_age[a] and before in by_age[a]]
            if common:
                age = min(common, key=lambda a: (abs(a - COMPARED), a))
                pair = (newest, before)
                newer, older = (share(by_age[age][p], "active", True) for p in pair)
    return Cohorts(rows, tuple(lines), _returned(cells, periods), newer, older, pair, age)


def _points(by_age: Mapping[int, Mapping[str, Sums]], periods: list[str]) -> tuple[tuple[int, Share], ...]:
    found = []
    for age, sums in by_age.items():
        there = [sums[p] for p in periods if p in sums]
        if there:
            found.append((age, share(added(there), "active", True)))
    return tuple((a, s) for a, s in found if s.state is State.STANDS)


def _returned(cells: Cells, periods: tuple[str, ...]) -> tuple[Returned, ...]:
    """By each day the product-limit estimate over cohorts: those who could not yet return are left out, not counted
    as gone."""
    before: dict[str, float] = {}
    sizes = cells.of(NEW)
    steps: list[tuple[float, float, float]] = []
    watched: list[int] = []
    for days in days_of(cells.release.strategy):
        here = {p: s for p, s in cells.of(repurchase_key(days)).items() if p in periods and p in sizes}
        here = {p: s for p, s in here.items() if not steps or p in before}
        if not here:
            break
        at_risk = sum(s["n"] - before.get(p, 0.0) for p, s in here.items())
        events = sum(s["returned"] - before.get(p, 0.0) for p, s in here.items())
        steps.append((days, at_risk, events))
        watched.append(round(sum(s["n"] for s in here.values())))
        before = {p: s["returned"] for p, s in here.items()}
    return tuple(
        Returned(round(s.age), 100 * (1 - s.still), 100 * (1 - s.high), 100 * (1 - s.low), n)
        for s, n in zip(product_limit(steps), watched)
    )
