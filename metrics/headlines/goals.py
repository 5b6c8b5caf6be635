"""Goal cards: what customers get, what we get, where its KPI stands on the way to its target."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.headlines.strategy import GoalStand
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.labels import row_text, span_text, value_name, value_text
from metrics.release import Release
from metrics.standing import Standing
from metrics.strategy.model import Strategy
from metrics.words import Words


@dataclass(frozen=True)
class Card:
    """Texts of a goal card. ``bar`` and ``mark``: lengths of value and path today, 0..1 of the same scale, which begins
    at zero (at the lowest possible figure for a score that can be negative); None without a figure."""

    name: str
    statement: str
    promise: str
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
        "statement": goal.statement(w.lang),
        "promise": _promise(at, release, w),
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


def _promise(at: GoalStand, release: Release, w: Words) -> str:
    """The brand promise this goal serves."""
    found = next((p for p in release.strategy.brand.promises if p.id == at.goal.promise), None)
    return found.statement(w.lang) if found else ""


def _count(at: GoalStand, w: Words) -> str:
    """KPIs that serve this goal: the tree counts those that carry the outcome, whatever goal they serve."""
    if at.kpis == 1:
        return w("1 KPI serves it, off course") if at.off else w("1 KPI serves it, not off course")
    if at.off == 0:
        return w("{count} KPIs serve it, none off course", count=at.kpis)
    return w("{count} KPIs serve it, {off} off course", count=at.kpis, off=at.off)


@dataclass(frozen=True)
class Promised:
    """A brand promise: the goals that serve it and the KPIs that measure it, by name; none is a gap."""

    statement: str
    goals: tuple[str, ...]
    kpis: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class BrandTexts:
    """Where the goals come from. Empty texts where the strategy says nothing."""

    vision: str
    promises: tuple[Promised, ...]
    competence: str
    segments: tuple[tuple[str, str], ...]


def brand(strategy: Strategy, w: Words) -> BrandTexts:
    """Vision, promises with what measures them, core competence and the segments that come first."""
    at, lang = strategy.brand, w.lang
    promises = tuple(
        Promised(
            p.statement(lang),
            tuple(g.name(lang) for g in strategy.goals if g.promise == p.id),
            tuple((k.id, k.name(lang)) for k in strategy.kpis if k.promise == p.id),
        )
        for p in at.promises
    )
    segments = tuple((value_name(strategy, "segment", s.segment, w), s.reason(lang)) for s in at.segments)
    vision = at.vision(lang) if at.vision else ""
    return BrandTexts(vision, promises, at.core_competence(lang) if at.core_competence else "", segments)
