"""The journey as a map: each stage in the customer's order with its own measure, its channels and its gaps.

A stage without a signal is a finding, so it has a form of its own: the company is absent, nobody asks, or, where
many pass and come to harm unheard, the blind spot. Nothing here is computed from rows: it reads answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, unique

from metrics.answers import Answer, Grain, Request, Row, ask, views_of
from metrics.errors import Refusal
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.periods import months_of
from metrics.release import Release
from metrics.standing import KpiStand, Standing, figure, stand
from metrics.strategy.model import KPI, Stage, Strategy

#: Which condition of an order tells whether the promise of an ``on_time`` KPI was kept.
CONDITION_OF = {"delivery": "promise", "installation": "installation"}
CROSS = ("channel", "touchpoint")
"""Dimensions a map may have as its rows, in this order."""


@unique
class Gap(Enum):
    ABSENT = "absent"
    """Customers are here, the company is not."""
    UNASKED = "unasked"
    """The company is here and asks nothing."""
    BLIND = "blind"
    """Unasked, with volume and harm; at most one stage, the one where most complaints are about it."""


@unique
class Spread(Enum):
    """What the channels of a stage look like."""

    CELLS = "cells"
    UNCUT = "uncut"
    """No declared view cuts this measure by the rows of the map."""
    WITHHELD = "withheld"
    """Not cleared as a breakdown; the total stands."""
    NOTHING = "nothing"
    """No measure, or none in this period."""


@dataclass(frozen=True)
class MapCell:
    """``values``: channels that stand in it, several when pooled. ``level``: distance to the stage's target, 1 (far
    below) to 6 (well above), None without a target."""

    values: tuple[str, ...]
    row: Row
    level: int | None


@dataclass(frozen=True)
class Harm:
    """What silence costs at a stage. ``need``: share of orders that pass it (of
    ``need_of``: orders, or cohorts for first orders); ``complaints``: share of complaints
    whose topic it is, both 0 to 100; ``kept`` and ``late``: the loyalty outcome after its promise was kept, or not,
    in the period ``over`` ('all' where the asked one has none yet). A topic belongs to a stage that has its id."""

    need: float | None
    need_of: str | None
    complaints: float | None
    kept: Row | None
    late: Row | None
    over: str
    after: Answer | None

    @property
    def any(self) -> bool:
        return self.complaints is not None or self.late is not None


@dataclass(frozen=True)
class StageSight:
    """A stage as the map shows it. ``volume``: rows in the period, with the fact they are rows of (orders,
    contacts ...). ``span``: length of the measure's scale. ``whole`` and ``answer`` hold the figure and the cells as
    they are downloaded."""

    stage: Stage
    at: KpiStand | None
    unit: Unit | None
    span: float
    volume: int | None
    volume_of: str | None
    gap: Gap | None
    harm: Harm | None
    spread: Spread
    cells: tuple[MapCell, ...]
    whole: Answer | None
    answer: Answer | None
    own_period: bool
    """False when the measure stands in an earlier period than the one asked for."""

    @property
    def row(self) -> Row | None:
        return self.at.row if self.at else None


@dataclass(frozen=True)
class Journey:
    """``cross``: dimension of the map's rows and ``values`` its values in declared order; None without one.
    ``coverage``: share of contacts that the map shows, 0 to 1. ``unfiled``: share of complaints without a stage."""

    period: str
    stages: tuple[StageSight, ...]
    cross: str | None
    values: tuple[str, ...]
    coverage: float | None
    unfiled: float | None

    @property
    def blind(self) -> StageSight | None:
        return next((s for s in self.stages if s.gap is Gap.BLIND), None)

    @property
    def heard(self) -> tuple[StageSight, ...]:
        """Stages where customers are asked."""
        return tuple(s for s in self.stages if s.stage.listening_posts)

    @property
    def off(self) -> tuple[StageSight, ...]:
        """Stages off course, furthest from the target first, on the scale of each one's measure."""
        found = [s for s in self.stages if s.at and s.at.standing is Standing.OFF]
        return tuple(sorted(found, key=lambda s: -(s.at.gap or 0.0) / (s.span or 1.0) if s.at else 0.0))

    def answers(self) -> tuple[Answer, ...]:
        """What is on the map, for its table: figures, cells, and the harm of the blind spot."""
        found: list[Answer | None] = []
        for s in self.stages:
            found.append(s.whole if s.gap is not Gap.ABSENT else None)
            found.append(s.answer if s.gap is None and s.spread is Spread.CELLS else None)
            found.append(s.harm.after if s.gap is Gap.BLIND and s.harm else None)
        return tuple(a for a in found if a)


def journey(release: Release, period: str) -> Journey:
    """The map for a period (quarter, half-year, year or all). A measure that has no whole total in it is shown for
    its own last period instead (``own_period`` False). Never raises Refusal: what is refused has a form."""
    strategy = release.strategy
    cross = _cross(strategy)
    values = tuple(v for v, _ in strategy.values(cross)) if cross else ()
    stages = [_sight(release, stage, period, cross) for stage in strategy.journey]
    worst = max(
        (s for s in stages if s.gap is Gap.UNASKED and s.harm and s.volume),
        key=lambda s: ((s.harm.complaints or 0.0) if s.harm else 0.0, s.volume or 0),
        default=None,
    )
    if worst:
        stages[stages.index(worst)] = replace(worst, gap=Gap.BLIND)
    return Journey(
        period=period,
        stages=tuple(stages),
        cross=cross,
        values=values,
        coverage=_coverage(release, period, cross),
        unfiled=_share(release, period, "stage", "other"),
    )


def stage_kpis(strategy: Strategy, stage: Stage) -> tuple[KPI, ...]:
    """KPIs that name this stage, its own measure on the map first: the loyalty outcome where it belongs here, else
    what customers say when asked here, else the first that the strategy names."""
    mine = [k for k in strategy.kpis if k.stage == stage.id]
    own = next((k for k in mine if k.id == strategy.loyalty.outcome), None)
    own = own or next((k for k in mine if k.of.get("question") in stage.listening_posts), None)
    return tuple(([own] if own else []) + [k for k in mine if k is not own])


def distance(row: Row, target: float | None, direction: str, span: float) -> int | None:
    """Distance to a target in six steps: 1 a fifth of ``span`` or more on the bad side, 2 a tenth, 3 less; 4 the
    interval reaches the target; 5 on the good side, 6 by a tenth or more. ``span``: length of the measure's scale."""
    if row.value is None or target is None or span <= 0:
        return None
    low = row.low if row.low is not None else row.value
    high = row.high if row.high is not None else row.value
    if low <= target <= high:
        return 4
    good = (row.value - target) / span * (1 if direction == "up" else -1)
    if good < 0:
        return 1 if good <= -0.2 else 2 if good <= -0.1 else 3
    return 6 if good >= 0.1 else 5


def scale_span(strategy: Strategy, kpi: KPI, target: float | None) -> float:
    """Length of a KPI's scale; for measures without one, the size of the target."""
    unit = BY_ID[kpi.metric].unit_of(kpi.of)
    if unit is Unit.PERCENT:
        return 100.0
    if unit is Unit.POINTS:
        return 200.0
    question = next((q for q in strategy.questions if q.id == kpi.of.get("question")), None)
    if unit is Unit.SCORE and question:
        return float(question.scale[1] - question.scale[0])
    return abs(target or 0.0)


def _sight(release: Release, stage: Stage, period: str, cross: str | None) -> StageSight:
    kpis = stage_kpis(release.strategy, stage)
    kpi = kpis[0] if kpis else None
    at, own = stand_of(release, kpi, period) if kpi else (None, True)
    volume, volume_of = _volume(release, stage, period)
    gap, harm = None, None
    if stage.presence == "none":
        gap = Gap.ABSENT
    elif not stage.listening_posts:
        gap = Gap.UNASKED
        harm = _harm(release, stage, period)
        harm = harm if harm.any else None
    spread, answer, figures = Spread.NOTHING, None, None
    cells: tuple[MapCell, ...] = ()
    if kpi and at and at.row and at.row.value is not None and at.period:
        spread, cells, answer = _cells(release, kpi, at, cross)
        figures = asked(release, kpi.id, (), (), at.period)
    return StageSight(
        stage=stage,
        at=at,
        unit=BY_ID[kpi.metric].unit_of(kpi.of) if kpi else None,
        span=scale_span(release.strategy, kpi, at.target if at else None) if kpi else 0.0,
        volume=volume,
        volume_of=volume_of,
        gap=gap,
        harm=harm,
        spread=spread,
        cells=cells,
        whole=figures,
        answer=answer,
        own_period=own,
    )


def stand_of(release: Release, kpi: KPI, period: str) -> tuple[KpiStand, bool]:
    """Where the KPI stands in the period, or in its own last one when it has no whole total there."""
    at = stand(release, kpi.id, period)
    if at.row is None and at.refused is None:
        last = stand(release, kpi.id)
        return (last, False) if last.row is not None else (at, True)
    return at, True


def _cross(strategy: Strategy) -> str | None:
    return next((d for d in CROSS if strategy.values(d)), None)


def _cells(
    release: Release, kpi: KPI, at: KpiStand, cross: str | None
) -> tuple[Spread, tuple[MapCell, ...], Answer | None]:
    """The stage's measure by channel. One withheld cell withholds the column: beside its total and its siblings it
    could be worked out."""
    if cross is None or not any(dims[:1] == (cross,) for _, dims in views_of(release, kpi.id)):
        return Spread.UNCUT, (), None
    answer = asked(release, kpi.id, (cross,), (), at.period or "all")
    rows = [r for r in answer.rows if r.values(cross)] if answer else []
    declared = {v for v, _ in release.strategy.values(cross)}
    if not rows or any(r.value is None for r in rows) or any(declared <= set(r.values(cross)) for r in rows):
        return Spread.WITHHELD, (), None
    span = scale_span(release.strategy, kpi, at.target)
    cells = tuple(MapCell(r.values(cross), r, distance(r, at.target, kpi.direction, span)) for r in rows)
    return Spread.CELLS, cells, answer


def _volume(release: Release, stage: Stage, period: str) -> tuple[int | None, str | None]:
    """Rows of the KPI that the stage counts by. A KPI of contacts without a scope is read at the stage; pooled with
    another stage it is not this stage's volume."""
    if stage.volume is None:
        return None, None
    kpi = release.strategy.kpi(stage.volume)
    metric = BY_ID[kpi.metric]
    within = () if kpi.scope or metric.fact in ("orders", "cohorts", "series") else (("stage", stage.id),)
    row = total(release, kpi.id, period, within)
    if row is None or row.n is None or (within and row.values("stage") != (stage.id,)):
        return None, None
    if metric.fact == "series":
        return (round(row.value), "series") if row.value is not None else (None, None)
    return row.n, metric.fact


def _harm(release: Release, stage: Stage, period: str) -> Harm:
    promise = next(
        (str(k.of.get("promise", "delivery")) for k in stage_kpis(release.strategy, stage) if k.metric == "on_time"),
        None,
    )
    condition = CONDITION_OF.get(promise) if promise else None
    kept, late, over, after = _after(release, condition, period) if condition else (None, None, period, None)
    need, need_of = _need(release, condition, period) if condition else (None, None)
    return Harm(
        need=need,
        need_of=need_of,
        complaints=_share(release, period, "topic", stage.id),
        kept=kept,
        late=late,
        over=over,
        after=after,
    )


def _after(release: Release, condition: str, period: str) -> tuple[Row | None, Row | None, str, Answer | None]:
    """The loyalty outcome by whether a promise was kept; over all periods when the asked one has no cell."""
    outcome = release.strategy.loyalty.outcome
    if outcome is None:
        return None, None, period, None
    for span in (period, "all"):
        answer = asked(release, outcome, (condition,), (), span)
        rows = answer.rows if answer else ()
        kept = next((r for r in rows if r.values(condition) == ("kept",) and r.value is not None), None)
        late = next(
            (r for r in rows if "late" in r.values(condition) and not {"kept", "other"} & set(r.values(condition))),
            None,
        )
        if kept and late and late.value is not None:
            return kept, late, span, answer
    return None, None, period, None


def _need(release: Release, condition: str, period: str) -> tuple[float | None, str | None]:
    """Share of orders that had the promise of this condition at all, 0 to 100, and the fact it is a share of: orders,
    or where no KPI counts all of them, the first orders of customers (cohorts)."""
    kpis = [k for k in release.strategy.kpis if not k.scope and k.metric != "on_time"]
    for fact in ("orders", "cohorts"):
        for kpi in (k for k in kpis if BY_ID[k.metric].fact == fact):
            answer = asked(release, kpi.id, (condition,), (), period)
            rows = [r for r in answer.rows if r.n is not None] if answer else []
            whole = total(release, kpi.id, period)
            mixed = any("other" in r.values(condition) and len(r.values(condition)) > 1 for r in rows)
            if rows and whole and whole.n and not mixed:
                return 100 * sum(r.n or 0 for r in rows if r.values(condition) != ("other",)) / whole.n, fact
    return None, None


def complaints_kpi(release: Release) -> KPI | None:
    return next((k for k in release.strategy.kpis if k.metric == "complaint_rate" and not k.scope), None)


def _share(release: Release, period: str, dimension: str, value: str) -> float | None:
    """Share of all complaints that stand in one cell of their own, 0 to 100; None when it has none."""
    kpi = complaints_kpi(release)
    if kpi is None:
        return None
    answer = asked(release, kpi.id, (dimension,), (), period)
    whole = total(release, kpi.id, period)
    row = next((r for r in answer.rows if r.values(dimension) == (value,)), None) if answer else None
    if row is None or row.value is None or whole is None:
        return None
    complaints = dict(whole.sums).get("complaints", 0.0)
    return 100 * dict(row.sums)["complaints"] / complaints if complaints else None


def _coverage(release: Release, period: str, cross: str | None) -> float | None:
    """Share of all contacts that stand on the map: in a cell of one stage, and of some channels but not all. Contacts
    without a stage, and cells that could not be split, count in wider totals only."""
    best: tuple[int, float] | None = None
    declared = {v for v, _ in release.strategy.values(cross)} if cross else set()
    for kpi in release.strategy.kpis:
        if cross is None or kpi.scope or BY_ID[kpi.metric].fact != "contacts":
            continue
        answer = asked(release, kpi.id, ("stage", cross), (), period)
        whole = total(release, kpi.id, period)
        if answer and whole and whole.n and (best is None or whole.n > best[0]):
            shown = [r for r in answer.rows if len(r.values("stage")) == 1 and r.values("stage") != ("other",)]
            best = (whole.n, _size([r for r in shown if not declared <= set(r.values(cross))]) / whole.n)
    return min(1.0, best[1]) if best else None


def _size(rows: Sequence[Row]) -> int:
    return sum(r.n or 0 for r in rows)


def total(release: Release, kpi: str, period: str, within: tuple[tuple[str, str], ...] = ()) -> Row | None:
    """The KPI's one figure for a period, None where none stands or it is refused."""
    try:
        return figure(release, kpi, period, within)
    except Refusal:
        return None


def asked(
    release: Release, kpi: str, by: tuple[str, ...], within: tuple[tuple[str, str], ...], period: str
) -> Answer | None:
    """The answer over a period as one row per cell, None where it is refused."""
    months = months_of(period)
    start, end = (months[0], months[-1]) if months else (None, None)
    try:
        return ask(release, Request(kpi, by=by, within=within, start=start, end=end, grain=Grain.ALL))
    except Refusal:
        return None
