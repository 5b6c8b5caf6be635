"""Did an action move a KPI? Difference in differences over cleared cells: where it was done against where it was not,
before against after.

Source: Card and Krueger, "Minimum Wages and Employment", American Economic Review 84(4), 1994; the placebo is the
same difference inside the time before, which must hold zero, or the two places were already going different ways
(Angrist and Pischke, "Mostly Harmless Econometrics", Princeton 2009, chapter 5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from metrics.kpis import BY_ID
from metrics.kpis.intervals import Z95
from metrics.kpis.metric import Metric, Sums
from metrics.periods import WAVE, first_day, last_day
from metrics.strategy.model import KPI, Action, Strategy

#: Blocks before and after that are held against each other, at most.
MOST = 4


@dataclass(frozen=True)
class Cell:
    """A published cell: its view, period, values by dimension and sums."""

    view: str
    period: str
    dims: Mapping[str, tuple[str, ...]]
    sums: Sums


#: Metric key -> published cells.
Cells = Mapping[str, Sequence[Cell]]


@dataclass(frozen=True)
class Difference:
    """How much more a KPI changed where the action was done than elsewhere, in its unit, with a 95 % interval.
    ``placebo``: before it began the two went alike, or the time before is too short to tell."""

    value: float
    low: float
    high: float
    placebo: bool

    @property
    def sure(self) -> bool:
        return self.placebo and (self.low > 0 or self.high < 0)


def difference(kpi: KPI, action: Action, cells: Cells) -> Difference | None:
    """The difference in differences of a KPI for an action with a scope; None where cleared cells do not tell it: no
    scope, no cell on either side, or no whole block before and after."""
    metric = BY_ID[kpi.metric]
    if action.scope is None or metric.per_month:
        return None
    where = action.scope.where
    mine = [c for c in cells.get(metric.key(kpi.of), ()) if c.view == action.scope.view and set(c.dims) == set(where)]
    before = [c for c in mine if c.period != WAVE and last_day(c.period) < action.start]
    after = [c for c in mine if c.period != WAVE and first_day(c.period) >= action.start]
    early = sorted({c.period for c in before})[-MOST:]
    late = sorted({c.period for c in after})[:MOST]
    found = _difference(metric, _inside(mine, where, early), _inside(mine, where, late))
    if found is None:
        return None
    placebo = None
    if len(early) > 1:
        middle = len(early) // 2
        placebo = _difference(metric, _inside(mine, where, early[:middle]), _inside(mine, where, early[middle:]))
    value, error = found
    calm = placebo is None or abs(placebo[0]) <= Z95 * placebo[1]
    return Difference(value, value - Z95 * error, value + Z95 * error, calm)


def moved_both(strategy: Strategy, kpi: KPI, other: KPI, sign: int, cells: Cells) -> bool:
    """Whether an action on ``kpi`` moved both it and ``other`` against a comparison, the way round that ``sign`` says
    (+1: more of the one, more of the other)."""
    for action in strategy.actions:
        if action.kpi != kpi.id:
            continue
        one, two = difference(kpi, action, cells), difference(other, action, cells)
        if one and two and one.sure and two.sure and one.value * two.value * sign > 0:
            return True
    return False


_Sides = tuple[dict[str, float], dict[str, float]]


def _inside(cells: Iterable[Cell], where: Mapping[str, tuple[str, ...]], periods: Sequence[str]) -> _Sides | None:
    """Sums inside and outside of a scope over some periods; None where a cell lies on both sides."""
    sides: _Sides = ({}, {})
    for cell in cells:
        if cell.period not in periods:
            continue
        inside = all(set(cell.dims[d]) <= set(values) for d, values in where.items())
        outside = any(not set(cell.dims[d]) & set(values) for d, values in where.items())
        if not inside and not outside:
            return None
        side = sides[0] if inside else sides[1]
        for measure, value in cell.sums.items():
            side[measure] = side.get(measure, 0.0) + value
    return sides if sides[0] and sides[1] else None


def _difference(metric: Metric, before: _Sides | None, after: _Sides | None) -> tuple[float, float] | None:
    """(difference in differences, its standard error)."""
    if before is None or after is None:
        return None
    total, variance = 0.0, 0.0
    for sums, sign in ((after[0], 1), (before[0], -1), (after[1], -1), (before[1], 1)):
        value, interval = metric.value(sums), metric.interval(sums)
        if value is None or interval is None:
            return None
        total += sign * value
        variance += ((interval[1] - interval[0]) / (2 * Z95)) ** 2
    return total, sqrt(variance)
