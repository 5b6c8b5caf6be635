"""Every fitted driver model of a release as plain data: drivers with shares, effects, intervals, tiers and shapes;
segments and periods set beside each other; importance beside performance.

Shares order the drivers and say nothing of money; effects do. Below a tested link the words are "goes with".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.answers import Request, Row, ask
from metrics.drivers.part import EVERYBODY, Part
from metrics.drivers.quantity import Share
from metrics.errors import Refusal, Refused
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.labels import scale_top
from metrics.loyalty.evidence import Base, Kind, Method, Shape, What
from metrics.loyalty.results import DriverRow, Figures, ModelRow
from metrics.periods import WAVE
from metrics.release import Release
from metrics.standing import stand
from metrics.strategy.model import KPI, Local, Strategy


@dataclass(frozen=True)
class Cause:
    """What may go with an outcome: the question, KPI or condition (with its ``value``) and the name people read.
    ``stage``: where it happens, if declared."""

    what: What
    id: str
    value: str
    name: Local
    stage: str | None


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Estimate(Figures):
    """One driver of one model. ``share``: of what the model explains, 0 to 100; ``effect``: of one scale point
    (question), one unit (KPI) or of the condition itself; ``leak``: it nearly determines the outcome, a warning and no
    winner; ``shape`` with the ``penalty`` of the lowest and the ``reward`` of the highest answers against the
    middle."""

    leak: bool
    shape: Shape
    penalty: Interval | None
    reward: Interval | None

    @property
    def together(self) -> Interval | None:
        """Share of the drivers that say nearly the same as this one, as one."""
        return _interval(self.cluster_share, self.cluster_low, self.cluster_high)

    @property
    def as_share(self) -> Share:
        """The share as the type that no what-if takes."""
        return Share(self.share, self.low, self.high)

    @property
    def varied(self) -> bool:
        """Whether some met it and some did not: what never varies has no effect, and not an effect of zero."""
        return not self.effect_low == self.effect == self.effect_high == 0

    @property
    def above_zero(self) -> bool:
        return self.effect_low > 0

    @property
    def below_zero(self) -> bool:
        return self.effect_high < 0


@dataclass(frozen=True)
class Model:
    """A fitted outcome; ``r2`` is the share of its variation that drivers and controls explain, 0 to 1.

    ``stage``: only customers who used it (None: all); ``segment``: (dimension, value) or None; ``period``: a block or
    None. ``days``: in which a return was watched for, None for a score. ``halves``: rank correlation of the shares
    between random halves, 1 is the same order. ``incomplete`` and ``censored``: rows left out, None for 1 to 9."""

    number: int
    kpi: KPI
    unit: Unit
    base: Base
    kind: Kind
    stage: str | None
    segment: tuple[str, str] | None
    period: str | None
    n: int
    customers: int
    r2: float
    r2_low: float
    r2_high: float
    r2_controls: float
    method: Method
    halves: float
    incomplete: int | None
    censored: int | None
    days: int | None

    @property
    def r2_drivers(self) -> float:
        """What the drivers explain beyond the controls, 0 to 1."""
        return self.r2 - self.r2_controls

    @property
    def part(self) -> Part:
        """Whom it is of."""
        return Part(self.stage, self.segment, self.period)

    @property
    def whole(self) -> bool:
        """Fitted on everybody there is."""
        return self.part == EVERYBODY


@dataclass(frozen=True)
class Estimated:
    cause: Cause
    estimate: Estimate


@dataclass(frozen=True)
class Fitted:
    """A model with its drivers, largest share first."""

    model: Model
    drivers: tuple[Estimated, ...]

    def estimate(self, cause: Cause) -> Estimate | None:
        return next((d.estimate for d in self.drivers if d.cause == cause), None)


@dataclass(frozen=True)
class Compared:
    """One driver across segments or periods: (value or period, estimate) in declared order. ``sign_differs``: the
    effect lies certainly above zero in one and certainly below in another."""

    cause: Cause
    by: tuple[tuple[str, Estimate], ...]
    sign_differs: bool


@dataclass(frozen=True)
class Point:
    """Importance beside performance: a driver of a model and the cleared figure of the KPI that measures it, with
    its unit and, for a question, the highest answer."""

    driver: Estimated
    row: Row
    unit: Unit
    top: int | None


def fitted(release: Release) -> tuple[Fitted, ...]:
    """Every fitted model, in the build's order: outcomes as declared, everybody first, then stages, segments and
    periods."""
    return tuple(
        Fitted(_model(release.strategy, m), tuple(_estimated(release.strategy, d) for d in release.drivers[m.model]))
        for m in release.models
    )


def no_models(release: Release, base: Base, part: Part = EVERYBODY) -> dict[str, Refused]:
    """Outcome -> why no model of a part was fitted on this base."""
    asked = (part.stage or "", *(part.segment or ("", "")), part.period or WAVE)
    return {
        r.outcome: r.reason
        for r in release.no_models
        if r.base is base and (r.stage, r.dimension, r.value, r.period) == asked
    }


def cause_of(strategy: Strategy, what: What, id: str, value: str) -> Cause:
    """The cause behind the ids of a release."""
    if what is What.QUESTION:
        items = strategy.loyalty.drivers.items if strategy.loyalty.drivers else ()
        item = next(i for i in items if i.question == id)
        return Cause(what, id, value, item.name, item.stage)
    if what is What.KPI:
        kpi = strategy.kpi(id)
        return Cause(what, id, value, kpi.name, kpi.stage)
    if what is What.ACTION:
        action = next(a for a in strategy.actions if a.id == id)
        return Cause(what, id, value, action.name, action.stage)
    named = dict(strategy.values(id))[value]
    declared = next((d.name for d in strategy.dimensions if d.id == id), None)
    name = Local(en=f"{declared.en}: {named.en}", vi=f"{declared.vi}: {named.vi}") if declared else named
    return Cause(what, id, value, name, None)


def compared(release: Release, outcome: str, base: Base, dimension: str = "") -> tuple[Compared, ...]:
    """Drivers of an outcome side by side: by the values of a dimension, or by period where none is named. Empty
    below two models."""
    found = _side_by_side(release, outcome, base, dimension)
    if len(found) < 2:
        return ()
    causes = dict.fromkeys(d.cause for _, one in found for d in one.drivers)
    return tuple(_compared(cause, found) for cause in causes)


def sizes(release: Release, outcome: str, base: Base, dimension: str = "") -> dict[str, int]:
    """Value or period -> n of its model, as ``compared`` takes them."""
    return {value: one.model.n for value, one in _side_by_side(release, outcome, base, dimension)}


def _side_by_side(release: Release, outcome: str, base: Base, dimension: str) -> list[tuple[str, Fitted]]:
    order = [v for v, _ in release.strategy.values(dimension)] if dimension else []
    found: list[tuple[str, Fitted]] = []
    for one in fitted(release):
        m = one.model
        if m.kpi.id != outcome or m.base is not base or m.stage is not None:
            continue
        if dimension and m.segment and m.segment[0] == dimension and m.period is None:
            found.append((m.segment[1], one))
        if not dimension and m.segment is None and m.period is not None:
            found.append((m.period, one))
    return sorted(found, key=lambda f: (order.index(f[0]) if f[0] in order else 0, f[0]))


def _compared(cause: Cause, found: Sequence[tuple[str, Fitted]]) -> Compared:
    by = tuple((name, e) for name, one in found if (e := one.estimate(cause)) is not None)
    return Compared(cause, by, any(e.above_zero for _, e in by) and any(e.below_zero for _, e in by))


def groups(one: Fitted) -> tuple[tuple[Cause, ...], ...]:
    """Groups of drivers that say nearly the same (variance inflation above 5): read them together."""
    numbers = sorted({d.estimate.cluster for d in one.drivers} - {0})
    return tuple(tuple(d.cause for d in one.drivers if d.estimate.cluster == n) for n in numbers)


def points(release: Release, one: Fitted) -> tuple[Point, ...]:
    """The importance–performance map: drivers that a KPI measures, with the KPI's figure in its last period, of the
    model's segment where it has one."""
    found = []
    for driver in one.drivers:
        kpi = measuring(release.strategy, driver.cause)
        row = performance(release, kpi, one.model.part) if kpi else None
        if kpi and row:
            unit = BY_ID[kpi.metric].unit_of(kpi.of)
            found.append(Point(driver, row, unit, scale_top(release.strategy, kpi)))
    return tuple(found)


def performance(release: Release, kpi: KPI, part: Part) -> Row | None:
    """How well a KPI was done last: by the part's segment, if it has one, as a cell says that holds nobody else. None
    where that is not published."""
    if part.segment is None:
        row = stand(release, kpi.id).row
        return row if row and row.value is not None else None
    dimension, value = part.segment
    try:
        rows = ask(release, Request(kpi.id, by=(dimension,))).rows
    except Refusal:
        return None
    return next((r for r in reversed(rows) if r.values(dimension) == (value,) and r.value is not None), None)


def measuring(strategy: Strategy, cause: Cause) -> KPI | None:
    """The KPI whose figure says how well this is done."""
    if cause.what is What.KPI:
        return strategy.kpi(cause.id)
    if cause.what is What.QUESTION:
        return next((k for k in strategy.kpis if k.of.get("question") == cause.id and not k.scope), None)
    return None


def _model(strategy: Strategy, m: ModelRow) -> Model:
    kpi = strategy.kpi(m.outcome)
    days = kpi.of.get("days") if m.kind is Kind.BEHAVIOUR else None
    return Model(
        number=m.model,
        kpi=kpi,
        unit=BY_ID[kpi.metric].unit_of(kpi.of),
        base=m.base,
        kind=m.kind,
        stage=m.stage or None,
        segment=(m.dimension, m.value) if m.dimension else None,
        period=None if m.period == WAVE else m.period,
        n=m.n,
        customers=m.customers,
        r2=m.r2,
        r2_low=m.r2_low,
        r2_high=m.r2_high,
        r2_controls=m.r2_controls,
        method=m.method,
        halves=m.halves,
        incomplete=m.incomplete,
        censored=m.censored,
        days=int(days) if days is not None else None,
    )


def _interval(value: float | None, low: float | None, high: float | None) -> Interval | None:
    return None if value is None or low is None or high is None else Interval(value, low, high)


def _estimated(strategy: Strategy, d: DriverRow) -> Estimated:
    estimate = Estimate(
        **d.figures,
        leak=d.leak,
        shape=d.shape,
        penalty=_interval(d.penalty, d.penalty_low, d.penalty_high),
        reward=_interval(d.reward, d.reward_low, d.reward_high),
    )
    return Estimated(cause_of(strategy, d.what, d.driver, d.value), estimate)
