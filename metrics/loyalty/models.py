"""The declared driver models of a panel: everybody, each declared segment, each declared period.

One pass over the panel gives the sums of products per period and block of customers, one more per declared dimension;
every cut is a part of those sums. Each model passes the cell rule and n ≥ max(10 p, 200), or is refused with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from metrics.errors import Refusal, Refused
from metrics.loyalty.contrast import Ends, ends, leaks, levels
from metrics.loyalty.drivers import DriverModel, Term, fit
from metrics.loyalty.evidence import Shape
from metrics.loyalty.lmg import Array
from metrics.loyalty.panel import Panel, cleared, period_name
from metrics.loyalty.results import DriverRow, ModelRow, NoModelRow
from metrics.loyalty.sums import Sums, sums
from metrics.periods import WAVE
from metrics.strategy.model import Strategy

OTHER = "other"


@dataclass(frozen=True)
class Cut:
    """A part of a panel: ``dimension`` and ``value`` ('' all), ``period`` ('all' all)."""

    dimension: str = ""
    value: str = ""
    period: str = WAVE


@dataclass(frozen=True)
class Fitted:
    """A model of a cut. ``leak``: drivers that nearly determine the outcome."""

    panel: Panel
    cut: Cut
    model: DriverModel
    customers: int
    shapes: Mapping[Term, Ends]
    leak: frozenset[Term]

    def draws(self, term: Term) -> Array:
        """Replicates of the effect of a driver."""
        found: Array = self.model.draws[[r.term for r in self.model.rows].index(term)]
        return found


@dataclass(frozen=True)
class Models:
    """Fitted models, everybody first, and what there is no model of, with the reason."""

    fitted: tuple[Fitted, ...]
    refused: tuple[tuple[Cut, Refused], ...]


def fit_panel(engine: Any, strategy: Strategy, panel: Panel, cuts: bool = True) -> Models:
    """The model of everybody in a panel and, with ``cuts``, of each declared segment and period.

    ``panel.table`` may hold rows without some driver; they are in no model."""
    rows, controls = dummies(engine, strategy, panel)
    columns = [*controls, *(t.column for t in panel.drivers), panel.outcome.column]
    rows = rows.filter([rows[c].notnull() for c in columns])
    fitted: list[Fitted] = []
    refused: list[tuple[Cut, Refused]] = []
    shapes: dict[Term, Ends] = {}
    leak: frozenset[Term] = frozenset()
    for cut, part, mine in _cuts(engine, strategy, panel, rows, columns, cuts):
        try:
            customers = cleared(engine, strategy, mine, panel.who)
            model = fit(part, panel.drivers, panel.outcome, controls)
            if cut == Cut():
                at = [levels(engine, mine, t.column, panel.outcome.column) for t in panel.drivers]
                leak = frozenset(t for t, found in zip(panel.drivers, at) if leaks(found, panel.kind))
                shapes = ends(engine, mine, panel.drivers, at, panel.outcome, controls)
            fitted.append(Fitted(panel, cut, model, customers, shapes if cut == Cut() else {}, leak))
        except Refusal as no:
            refused.append((cut, no.kind))
    return Models(tuple(fitted), tuple(refused))


def dummies(engine: Any, strategy: Strategy, panel: Panel) -> tuple[Any, tuple[str, ...]]:
    """The panel's rows with a column for each value of each control but the first, and for each period but the first;
    the names of these columns and of the questions held constant."""
    rows = engine.table(panel.table)
    made: dict[str, Any] = {}
    for d in (*panel.controls, *(("period",) if strategy.loyalty.panel.periods != "none" else ())):
        present = engine.query(rows.select(d).distinct().order_by(d)).column(d).to_pylist()
        made |= {f"is_{d}_{v}": (rows[d] == v).cast("int64") for v in present[1:]}
    return rows.mutate(**made) if made else rows, (*made, *(t.column for t in panel.asked))


def _cuts(
    engine: Any, strategy: Strategy, panel: Panel, rows: Any, columns: Sequence[str], cuts: bool
) -> Iterator[tuple[Cut, Sums, Any]]:
    """Every cut with its sums and its rows."""
    try:
        by_period = sums(engine, rows, columns, ("period", "block"))
    except Refusal as no:
        yield Cut(), _nothing(columns, no), rows
        return
    yield Cut(), by_period, rows
    if not cuts:
        return
    declared = strategy.loyalty.panel
    held = engine.table(panel.table).columns
    for dimension in (d for d in declared.by if d in held):
        by_value = sums(engine, rows, columns, (dimension, "block"))
        for place, (value, _) in enumerate(strategy.values(dimension)):
            part = by_value.only(dimension, place)
            if len(part.parts):
                yield Cut(dimension, value), part, rows.filter(rows[dimension] == place)
    if declared.periods != "none":
        for first in sorted(set(by_period.parts[:, 0]) - {-1}):
            part = by_period.only("period", first)
            yield Cut(period=period_name(int(first), declared.periods)), part, rows.filter(rows.period == int(first))


def _nothing(columns: Sequence[str], no: Refusal) -> Sums:
    """Sums of no rows, for which every model is refused; a wide column stays refused as it was."""
    if no.kind is not Refused.NO_SIGNAL:
        raise no
    q = len(columns) + 1
    empty = np.zeros((0, 2), dtype=object)
    return Sums(tuple(columns), np.zeros(q - 1, np.int64), ("period", "block"), empty, np.zeros((0, q, q), np.int64))


def told(count: int) -> int | None:
    """A count of customers as it may be stored: three significant digits, nothing from 1 to 9."""
    return None if 0 < count < 10 else int(float(f"{count:.3g}"))


def rows_of(models: Models, panel: Panel, first: int) -> tuple[list[ModelRow], list[DriverRow], list[NoModelRow]]:
    """The release's rows of these models, numbered from ``first``."""
    made: list[ModelRow] = []
    drivers: list[DriverRow] = []
    for number, one in enumerate(models.fitted, start=first):
        m, whole = one.model, one.cut == Cut()
        made.append(
            ModelRow(
                model=number,
                base=panel.base,
                outcome=panel.outcome_kpi,
                kind=panel.kind,
                stage=panel.stage,
                dimension=one.cut.dimension,
                value=one.cut.value,
                period=one.cut.period,
                n=told(m.n) or 0,
                customers=told(one.customers) or 0,
                r2=m.r2,
                r2_low=m.r2_low,
                r2_high=m.r2_high,
                r2_controls=m.r2_controls,
                method=m.method,
                halves=m.halves,
                incomplete=told(panel.incomplete) if whole else 0,
                censored=told(panel.censored) if whole else 0,
            )
        )
        drivers += [_row(number, one, place) for place in range(len(m.rows))]
    none = [
        NoModelRow(panel.base, panel.outcome_kpi, panel.stage, c.dimension, c.value, c.period, why)
        for c, why in models.refused
    ]
    return made, drivers, none


def _row(number: int, one: Fitted, place: int) -> DriverRow:
    d = one.model.rows[place]
    at = one.shapes.get(d.term)
    penalty, reward = (at.penalty, at.reward) if at else ((None, None, None), (None, None, None))
    return DriverRow(
        model=number,
        what=d.term.what,
        driver=d.term.driver,
        value=d.term.value,
        share=d.share,
        low=d.low,
        high=d.high,
        tier=d.tier,
        rank_low=d.rank_low,
        rank_high=d.rank_high,
        effect=d.effect,
        effect_low=d.effect_low,
        effect_high=d.effect_high,
        vif=d.vif,
        cluster=d.cluster,
        cluster_share=d.cluster_share,
        cluster_low=d.cluster_low,
        cluster_high=d.cluster_high,
        same_halves=d.same_halves,
        leak=d.term in one.leak,
        shape=at.shape if at else Shape.UNCLEAR,
        penalty=penalty[0],
        penalty_low=penalty[1],
        penalty_high=penalty[2],
        reward=reward[0],
        reward_low=reward[1],
        reward_high=reward[2],
    )
