"""How old each KPI is and how often it was redefined: a number that changes its meaning tells nothing over years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from metrics.answers import block_periods
from metrics.exports.table import Column, Kind, Table, release_mark
from metrics.headlines.sentence import number_word, upper
from metrics.periods import WAVE, first_day
from metrics.release import Release
from metrics.strategy.history import dated_events
from metrics.strategy.model import KPI, Event, Goal
from metrics.words import Words

YEAR = 365.25


@dataclass(frozen=True)
class Age:
    """``first``: the first day a figure of it is about, None without a dated figure. ``since``: the day from which it
    is measured as it is now. ``redefined``: days and reasons of the changes inside its figures, in order."""

    kpi: KPI
    goal: Goal | None
    first: date | None
    since: date | None
    redefined: tuple[Event, ...]
    years: float | None


def ages(release: Release) -> tuple[Age, ...]:
    """Every KPI in declared order. What counts as redefined: declared events that changed its measurement, its history,
    and the day since which it is measured in this way; only where it has figures from before."""
    strategy, as_of = release.strategy, date.fromisoformat(release.as_of)
    found = []
    for kpi in strategy.kpis:
        blocks = [b for b in block_periods(release, kpi.id) if b != WAVE]
        first = first_day(blocks[0]) if blocks else None
        mine = [
            e
            for e in dated_events(strategy)
            if e.redefines and (not e.kpis or kpi.id in e.kpis) and first and first < e.date <= as_of
        ]
        mine.sort(key=lambda e: e.date)
        since = mine[-1].date if mine else kpi.since if kpi.since and first and kpi.since <= first else first
        years = (as_of - since).days / YEAR if since else None
        goal = next((g for g in strategy.goals if g.id == kpi.goal), None)
        found.append(Age(kpi, goal, first, since, tuple(mine), years))
    return tuple(found)


def title(found: Sequence[Age], w: Words) -> str:
    """How many KPIs still mean what they meant when their figures begin."""
    changed = sum(bool(a.redefined) for a in found)
    if not changed:
        return w("Every KPI still means what it meant when its figures begin")
    if changed == 1:
        return w("One of {all} KPIs was redefined; the others mean what they meant", all=len(found))
    return w(
        "{changed} of {all} KPIs were redefined; the others mean what they meant",
        changed=upper(number_word(changed, w)),
        all=len(found),
    )


def times(age: Age, w: Words) -> str:
    """Redefined once, or how often."""
    count = len(age.redefined)
    if not count:
        return w("never redefined")
    return w("redefined once") if count == 1 else w("redefined {count} times", count=count)


def length(age: Age, w: Words) -> str:
    """In this form for so long; below a year in months."""
    if age.years is None:
        return w("no dated figure")
    if age.years < 1:
        months = int(age.years * 12)
        return w("1 month") if months == 1 else w("{count} months", count=months)
    whole = abs(age.years - round(age.years)) < 0.05
    if whole and round(age.years) == 1:
        return w("1 year")
    return w("{years} years", years=w.number(age.years, 0 if whole else 1))


def reasons(age: Age, w: Words) -> str:
    """What changed and when, in order."""
    return "; ".join(f"{e.name(w.lang)} ({w.day(e.date)})" for e in age.redefined)


def table(found: Sequence[Age], release: Release, w: Words) -> Table:
    """Every KPI with its age, to be read and downloaded."""
    columns = (
        Column(w("KPI")),
        Column(w("Goal")),
        Column(w("Figures since"), Kind.DAY),
        Column(w("In this form since"), Kind.DAY),
        Column(w("Years in this form"), Kind.NUMBER, 1),
        Column(w("Times redefined"), Kind.NUMBER),
        Column(w("What changed")),
        Column(w("As of"), Kind.DAY, once=True),
        Column(w("Release"), once=True),
    )
    rows = tuple(
        (
            a.kpi.name(w.lang),
            a.goal.name(w.lang) if a.goal else None,
            a.first.isoformat() if a.first else None,
            a.since.isoformat() if a.since else None,
            a.years,
            len(a.redefined),
            reasons(a, w) or None,
            release.as_of,
            release_mark(release.draft, w),
        )
        for a in found
    )
    return Table(f"kpi-ages-{release.as_of}", w("Age of each KPI"), columns, rows, release.as_of, release.draft)


def others(found: Sequence[Age], w: Words) -> str:
    """How old the KPIs are that never changed, from the youngest to the oldest."""
    same = sorted((a for a in found if not a.redefined and a.years is not None), key=lambda a: a.years or 0.0)
    undated = sum(a.years is None for a in found)
    parts = []
    if same:
        young, old = length(same[0], w), length(same[-1], w)
        told = {"count": len(same), "years": old, "young": young, "old": old}
        parts.append(
            w("The {count} others have been measured the same way for {years}.", **told)
            if young == old
            else w("The {count} others have been measured the same way for {young} to {old}.", **told)
        )
    if undated:
        parts.append(w("KPIs without a dated figure, whose age cannot be told: {count}.", count=undated))
    return " ".join(parts)
