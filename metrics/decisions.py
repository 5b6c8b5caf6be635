"""What needs a decision now: KPIs off course with what was agreed to do when they are low, and silent stages.

A decision names a role and a day, never a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from metrics.release import Release
from metrics.standing import KpiStand, Standing, stand
from metrics.strategy.model import Local, Stage


@dataclass(frozen=True)
class Decision:
    """``about``: id of a KPI or of a stage. ``text`` is the agreed reading rule of a KPI; None for a silent stage."""

    about: str
    stand: KpiStand | None
    stage: Stage | None
    text: Local | None
    owner: Local | None
    by: date


def decisions(release: Release, period: str | None = None) -> tuple[Decision, ...]:
    """Open decisions, most urgent first: KPIs off course (largest gap relative to the width of its interval first),
    then stages where the company is present and nobody listens."""
    as_of = date.fromisoformat(release.as_of)
    found: list[tuple[float, Decision]] = []
    for kpi in release.strategy.kpis:
        at = stand(release, kpi.id, period)
        if at.standing is Standing.OFF and kpi.reading:
            by = as_of + timedelta(kpi.reading.within_days)
            found.append((-_urgency(at), Decision(kpi.id, at, None, kpi.reading.low, kpi.owner, by)))
    found.sort(key=lambda pair: pair[0])
    silent = [
        Decision(s.id, None, s, None, s.owner, as_of + timedelta(40))
        for s in release.strategy.journey
        if s.presence == "present" and not s.listening_posts
    ]
    return (*(d for _, d in found), *silent)


def _urgency(at: KpiStand) -> float:
    row = at.row
    if row is None or at.gap is None:
        return 0.0
    width = (row.high - row.low) if row.low is not None and row.high is not None else 0.0
    return at.gap / width if width else 1.0
