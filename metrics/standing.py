"""Where a KPI stands: its figure in a period held against the path to its target, and what may be said of it.

Meaning and precedence of the six standings: withheld, off, not sure, no handle, watch, on. Interval against path,
never a point against a threshold.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, unique

from metrics.answers import Grain, Request, Row, ask, block_periods
from metrics.errors import Refusal, Refused
from metrics.periods import WAVE, first_day, last_day, months_of, year_before
from metrics.release import Release
from metrics.strategy.history import dated_events
from metrics.strategy.model import KPI, Event, Target

DOUBT_DAYS = 366
"""A changed measurement is a doubt for a year: until then no two like years can be compared."""


@unique
class Standing(Enum):
    ON = "on"
    WATCH = "watch"
    OFF = "off"
    UNSURE = "unsure"
    NO_HANDLE = "no_handle"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class KpiStand:
    """A KPI in one period. ``target`` is the path to the target at the end of that period, ``aim`` its last dated
    target, ``gap`` what is still to go in the good direction (0 or less: reached). ``doubt`` is the event that
    changed how it is measured. ``refused``: why there is no figure at all."""

    kpi: KPI
    standing: Standing
    period: str | None
    row: Row | None
    target: float | None
    aim: Target | None
    gap: float | None
    doubt: Event | None
    has_lever: bool
    refused: Refused | None = None


def figure(release: Release, kpi: str, period: str, within: tuple[tuple[str, str], ...] = ()) -> Row | None:
    """The KPI's one figure for a period (month, quarter, half-year, year or all), None when no row stands.

    None too for a longer period in which the KPI was redefined: figures of two definitions are never joined.

    Raises as ``answers.ask`` does."""
    if mixed(release, kpi, period):
        return None
    months = months_of(period)
    start, end = (months[0], months[-1]) if months else (None, None)
    by = tuple(d for d, _ in within)
    answer = ask(release, Request(kpi, by=by, within=within, start=start, end=end, grain=Grain.ALL))
    if not answer.rows or len(answer.rows) > 1:
        return None
    if months and not _complete(release, kpi, months):
        return None
    row = answer.rows[0]
    return Row(period, *(getattr(row, f) for f in ("dims", "value", "low", "high", "n", "status", "pooled", "sums")))


def mixed(release: Release, kpi: str, period: str) -> bool:
    """Whether a period longer than a quarter holds figures of two definitions of a KPI."""
    if len(months_of(period)) <= 3:
        return False
    first, last = first_day(period), last_day(period)
    events = (e for e in dated_events(release.strategy) if e.redefines and (not e.kpis or kpi in e.kpis))
    return any(first < e.date <= last for e in events)


def _complete(release: Release, kpi: str, months: tuple[str, ...]) -> bool:
    """Whether the KPI's totals reach over all these months: half a quarter is not a quarter."""
    blocks = block_periods(release, kpi)
    have = {m for b in blocks for m in months_of(b)}
    return WAVE in blocks or set(months) <= have


def last_period(release: Release, kpi: str) -> str | None:
    """The last quarter in which the KPI has its whole total, or its last block where blocks are longer; 'all' for a
    wave; None without any."""
    blocks = block_periods(release, kpi)
    if not blocks:
        return None
    if blocks[-1] == WAVE or len(months_of(blocks[-1])) > 3:
        return blocks[-1]
    quarters = quarters_of(blocks)
    return quarters[-1] if quarters else blocks[-1]


def quarters_of(blocks: tuple[str, ...]) -> tuple[str, ...]:
    """Calendar quarters that are whole in these blocks (months or quarters), in order."""
    have = {m for b in blocks for m in months_of(b)}
    quarters = sorted({f"{m[:4]}-Q{(int(m[5:]) + 2) // 3}" for m in have})
    return tuple(q for q in quarters if set(months_of(q)) <= have)


def periods(release: Release) -> tuple[str, ...]:
    """Periods a page can be set to, in order: whole calendar years and quarters of any KPI, or longer blocks, or
    'all'."""
    found: set[str] = set()
    for kpi in release.strategy.kpis:
        blocks = block_periods(release, kpi.id)
        if blocks and blocks[-1] != WAVE:
            found |= set(quarters_of(blocks) if len(months_of(blocks[-1])) <= 3 else blocks)
            found |= set(years_of(blocks))
    return tuple(sorted(found)) or (WAVE,)


def years_of(blocks: tuple[str, ...]) -> tuple[str, ...]:
    """Calendar years that are whole in these blocks, in order."""
    have = {m for b in blocks for m in months_of(b)}
    return tuple(y for y in sorted({m[:4] for m in have}) if set(months_of(y)) <= have)


def default_period(release: Release) -> str:
    """The last year of the loyalty outcome, where the year before stands too and can be compared; else its last period,
    else the last of all.

    CX has no end date, so the window is years: courses run over all that is published and changes are told against the
    year before. A single year, though, says less than its last quarter: it hides a fall inside it."""
    outcome = release.strategy.loyalty.outcome
    if outcome:
        years = [y for y in years_of(block_periods(release, outcome)) if not mixed(release, outcome, y)]
        if years and year_before(years[-1]) in years:
            return years[-1]
    last = last_period(release, outcome) if outcome else None
    return last or periods(release)[-1]


def path(kpi: KPI, on: date) -> float | None:
    """Value of the path through the dated targets on a day: straight lines between them, level before the first and
    after the last; None without targets."""
    targets = sorted(kpi.targets, key=lambda t: t.by)
    if not targets:
        return None
    if on <= targets[0].by:
        return targets[0].value
    for before, after in itertools.pairwise(targets):
        if on <= after.by:
            share = (on - before.by).days / (after.by - before.by).days
            return before.value + share * (after.value - before.value)
    return targets[-1].value


def stand(release: Release, kpi_id: str, period: str | None = None) -> KpiStand:
    """Where a KPI stands in a period; without one, in its own last period. Raises no Refusal for a refused KPI: it
    stands ``withheld`` and says why. Raises Refusal for a KPI the strategy does not declare."""
    kpi = next((k for k in release.strategy.kpis if k.id == kpi_id), None)
    if kpi is None:
        raise Refusal(Refused.NOT_CLEARED)
    aim = max(kpi.targets, key=lambda t: t.by, default=None)
    lever = bool(kpi.levers)
    wanted = period or last_period(release, kpi_id)
    if wanted == WAVE or WAVE in block_periods(release, kpi_id):
        wanted = WAVE
    try:
        row = figure(release, kpi_id, wanted) if wanted else None
        if not wanted:
            ask(release, Request(kpi_id))
    except Refusal as refusal:
        return KpiStand(kpi, Standing.WITHHELD, wanted, None, None, aim, None, None, lever, refusal.kind)
    end = last_day(wanted) if wanted and wanted != WAVE else date.fromisoformat(release.as_of)
    target = path(kpi, end)
    doubt = redefinition(release, kpi, end)
    if row is not None and row.value is None:
        return KpiStand(kpi, Standing.WITHHELD, wanted, row, target, aim, None, doubt, lever)
    standing = _standing(kpi, row, target, doubt, lever)
    gap = None
    if row is not None and row.value is not None and target is not None:
        gap = target - row.value if kpi.direction == "up" else row.value - target
    return KpiStand(kpi, standing, wanted, row, target, aim, gap, doubt, lever)


def redefinition(release: Release, kpi: KPI, on: date) -> Event | None:
    """The latest declared change of this KPI's measurement within a year before a day."""
    events = [
        e
        for e in dated_events(release.strategy)
        if e.redefines and (not e.kpis or kpi.id in e.kpis) and timedelta(0) <= on - e.date <= timedelta(DOUBT_DAYS)
    ]
    return max(events, key=lambda e: e.date, default=None)


def _standing(kpi: KPI, row: Row | None, target: float | None, doubt: Event | None, lever: bool) -> Standing:
    if row is None or row.value is None or target is None:
        return Standing.UNSURE
    low = row.low if row.low is not None else row.value
    high = row.high if row.high is not None else row.value
    if kpi.direction == "down":
        low, high, target = -high, -low, -target
    if high < target:
        return Standing.OFF
    if low < target:
        return Standing.UNSURE
    if not lever:
        return Standing.NO_HANDLE
    return Standing.WATCH if doubt else Standing.ON
