"""Goal cards: what customers get, what we get, where its KPI stands on the way to its target."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.headlines.strategy import GoalStand
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.labels import row_text, span_text, value_text
from metrics.release import Release
from metrics.standing import Standing
from metrics.words import Words


@dataclass(frozen=True)
class Card:
    """Texts of a goal card. ``bar`` and ``mark``: lengths of value and path today, 0..1 of the same scale, which begins
    at zero (at the lowest possible figure for a score that can be negative); None without a figure."""

    name: str
    customers_get: str
    we_get: str
    kpi_id: str
    kpi: str
    value: str
    span: str
    path: str
    bar: float | None
    mark: float | None
    standing: Standing | None
    has_lever: bool
    count: str
    sponsor: str


def card(at: GoalStand, release: Release, w: Words) -> Card:
    """The card of a goal."""
    goal, stood = at.goal, at.card
    sponsor = goal.sponsor(w.lang)
    if goal.horizon:
        sponsor += " · " + w("to {month}", month=w.period(f"{goal.horizon:%Y-%m}"))
    texts = {
        "name": goal.name(w.lang),
        "customers_get": goal.customer_outcome(w.lang) if goal.customer_outcome else "",
        "we_get": goal.business_outcome(w.lang) if goal.business_outcome else "",
        "count": _count(at, w),
        "sponsor": sponsor,
    }
    if stood is None:
        return Card(
            **texts, kpi_id="", kpi="", value="–", span="", path="", bar=None, mark=None, standing=None, has_lever=True
        )
    unit = BY_ID[stood.kpi.metric].unit_of(stood.kpi.of)
    currency = release.strategy.organisation.currency
    row = stood.row
    value = row.value if row else None
    bar, mark = _bar(value, row.high if row else None, stood.target, unit)
    sign = "" if stood.kpi.direction == "up" else "≤ "
    path = (
        w("path {value}", value=sign + value_text(stood.target, unit, w, currency)) if stood.target is not None else ""
    )
    return Card(
        **texts,
        kpi_id=stood.kpi.id,
        kpi=stood.kpi.name(w.lang),
        value=row_text(row, unit, w, currency),
        span=span_text(row.low, row.high, unit, w) if row else w("no figure in this period"),
        path=path,
        bar=bar,
        mark=mark,
        standing=stood.standing,
        has_lever=stood.has_lever,
    )


def _bar(
    value: float | None, high: float | None, target: float | None, unit: Unit
) -> tuple[float | None, float | None]:
    if value is None:
        return None, None
    least = -100.0 if unit is Unit.POINTS and min(value, target or 0.0) < 0 else 0.0
    most = max(value, high or value, target if target is not None else value)
    most += (most - least) * 0.08
    if most <= least:
        return 0.0, None
    scale = most - least
    mark = (target - least) / scale if target is not None else None
    return max(0.0, (value - least) / scale), mark


def _count(at: GoalStand, w: Words) -> str:
    if at.kpis == 1:
        return w("1 KPI, off course") if at.off else w("1 KPI, not off course")
    if at.off == 0:
        return w("{count} KPIs, none off course", count=at.kpis)
    return w("{count} KPIs, {off} off course", count=at.kpis, off=at.off)
