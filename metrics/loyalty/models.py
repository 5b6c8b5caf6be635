"""The declared driver models of a panel: everybody, each declared segment, each declared period.

One pass over the panel gives the sums of products per period and block of customers, one more per declared dimension;
every cut is a part of those sums. Each model passes the cell rule and n ≥ max(10 p, 200), or is refused with a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any

import numpy as np

from metrics.errors import Refusal, Refused
from metrics.loyalty.contrast import Ends, Levels, ends, leaks, levels
from metrics.loyalty.contrast import cut as both_ends
from metrics.loyalty.drivers import DriverModel, Term, fit, round3
from metrics.loyalty.evidence import Shape, one_reason
from metrics.loyalty.lmg import Array
from metrics.loyalty.panel import Panel, cleared, period_name
from metrics.loyalty.results import DriverRow, ModelRow, NoModelRow
from metrics.loyalty.sides import parted, sided
from metrics.loyalty.sums import Sums, sums
from metrics.periods import WAVE
from metrics.strategy.model import Strategy

SLIM = "panel_slim"
STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)


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
    controls = slim(engine, strategy, panel)
    columns = [*controls, *(t.column for t in panel.drivers), panel.outcome.column]
    fitted: list[Fitted] = []
    refused: list[tuple[Cut, Refused]] = []
    shapes: dict[Term, Ends] = {}
    leak: frozenset[Term] = frozenset()
    told = panel.drivers
    for cut, part, where, passed in _cuts(engine, strategy, panel, columns, cuts):
        try:
            customers = cleared(engine, strategy, SLIM, panel.who, where)
            drivers = tuple(t for t in told if t in passed)
            if not drivers:
                raise Refusal(Refused.NOT_CLEARED)
            model = fit(part, drivers, panel.outcome, panel.drawn, controls)
            if cut == Cut():
                told = drivers
                at = [levels(engine, SLIM, t.column, panel.outcome.column) for t in told]
                leak = frozenset(t for t, found in zip(told, at) if leaks(found, panel.kind))
                sure = {r.term for r in model.rows if r.effect_low > 0 or r.effect_high < 0}
                shapes = _shapes(engine, strategy, panel, told, at, controls, sure)
            fitted.append(Fitted(panel, cut, model, customers, shapes if cut == Cut() else {}, leak))
        except Refusal as no:
            refused.append((cut, no.kind))
    return Models(tuple(fitted), tuple(refused))


def _shapes(
    engine: Any,
    strategy: Strategy,
    panel: Panel,
    drivers: Sequence[Term],
    at: Sequence[Levels],
    controls: Sequence[str],
    sure: Collection[Term],
) -> dict[Term, Ends]:
    """The two ends of each driver, of which both and the middle pass the cell rule."""
    found = ends(engine, SLIM, drivers, at, panel.outcome, panel.drawn, controls, sure)
    for term, seen in zip(drivers, at):
        where = both_ends(seen)
        if where and term in found:
            part = f'CASE WHEN "{term.column}" <= {where[0]} THEN 0 WHEN "{term.column}" < {where[1]} THEN 1 ELSE 2 END'
            if not parted(engine, strategy, SLIM, part, 3, panel.decided.get(term.column, ())):
                del found[term]
    return found


def slim(engine: Any, strategy: Strategy, panel: Panel) -> tuple[str, ...]:
    """Table ``panel_slim``: the complete cases of a panel with only what a model reads, and a column for each value of
    each control but the first, and for each period but the first. Returns the names of these columns and of the
    questions held constant."""
    table = f'"{panel.table}"'
    declared = strategy.loyalty.panel
    given = [*(t.column for t in panel.drivers), *(t.column for t in panel.asked), panel.outcome.column]
    held = [d for d in dict.fromkeys([*declared.by, *panel.controls]) if engine_has(engine, panel.table, d)]
    made: dict[str, str] = {}
    for d in (*panel.controls, *(("period",) if declared.periods != "none" else ())):
        present = engine.query(f'SELECT DISTINCT "{d}" AS v FROM {table} ORDER BY v').column("v").to_pylist()
        made |= {f"is_{d}_{v}": f'CASE WHEN "{d}" = {v} THEN 1 ELSE 0 END' for v in present[1:]}
    kept = ", ".join(f'"{c}"' for c in ("row", "customer", "block", "period", *held, *given))
    more = "".join(f', {case} AS "{name}"' for name, case in made.items())
    complete = " AND ".join(f'"{c}" IS NOT NULL' for c in given)
    engine.create(SLIM, f"SELECT {kept}{more} FROM {table} WHERE {complete}")
    return (*made, *(t.column for t in panel.asked))


def engine_has(engine: Any, table: str, column: str) -> bool:
    return column in engine.schema(table).names


def _cuts(
    engine: Any, strategy: Strategy, panel: Panel, columns: Sequence[str], cuts: bool
) -> Iterator[tuple[Cut, Sums, str, frozenset[Term]]]:
    """Every cut with its sums, the condition that keeps its rows, and the drivers of which both sides pass in it."""
    nothing: frozenset[Term] = frozenset()

    def passing(key: str) -> dict[int, frozenset[Term]]:
        return sided(engine, strategy, SLIM, panel.drivers, panel.decided, key)

    try:
        by_period = sums(engine, SLIM, columns, ("period", "block"))
    except Refusal as no:
        yield Cut(), _nothing(columns, no), "true", nothing
        return
    yield Cut(), by_period, "true", passing("0").get(0, nothing)
    if not cuts:
        return
    declared = strategy.loyalty.panel
    for dimension in (d for d in declared.by if engine_has(engine, SLIM, d)):
        by_value = sums(engine, SLIM, columns, (dimension, "block"))
        passed = passing(f'"{dimension}"')
        for place, (value, _) in enumerate(strategy.values(dimension)):
            part = by_value.only(dimension, place)
            if len(part.parts):
                yield Cut(dimension, value), part, f'"{dimension}" = {place}', passed.get(place, nothing)
    if declared.periods != "none":
        passed = passing("period")
        for first in sorted(set(by_period.parts[:, 0]) - {-1}):
            part = by_period.only("period", first)
            yield (
                Cut(period=period_name(int(first), declared.periods)),
                part,
                f"period = {int(first)}",
                passed.get(int(first), nothing),
            )


def _nothing(columns: Sequence[str], no: Refusal) -> Sums:
    """Sums of no rows, for which every model is refused; a wide column stays refused as it was."""
    if no.kind is not Refused.NO_SIGNAL:
        raise no
    q = len(columns) + 1
    empty = np.zeros((0, 2), dtype=object)
    return Sums(tuple(columns), np.zeros(q - 1, np.int64), ("period", "block"), empty, np.zeros((0, q, q), np.int64))


def told(count: int) -> int | None:
    """A count of customers as it may be stored: about as many, nothing from 1 to 9."""
    return None if 0 < count < 10 else round(about(count))


def about(value: float) -> float:
    """The nearest of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 and 10 times a power of ten: at most a seventh away. Counts of
    rows stand in no joint test; told exactly, those of two KPIs would differ by one person's customers. A reader needs
    to know whether it is hundreds or thousands."""
    if value <= 0:
        return 0.0
    ten = 10.0 ** floor(log10(value))
    return round3(min((step * ten for step in STEPS), key=lambda near: abs(near - value)))


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
        NoModelRow(panel.base, panel.outcome_kpi, panel.stage, c.dimension, c.value, c.period, one_reason(why))
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
        **d.figures,
        leak=d.term in one.leak,
        shape=at.shape if at else Shape.UNCLEAR,
        penalty=penalty[0],
        penalty_low=penalty[1],
        penalty_high=penalty[2],
        reward=reward[0],
        reward_low=reward[1],
        reward_high=reward[2],
    )
