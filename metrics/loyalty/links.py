"""What the data say of one KPI and another: an adjusted effect, lagged, in halves and in the main segments.

Three grounds, the best there is. Customers: the KPI as one customer met it, and what that customer did (or met, or
said) after it. Survey: where the KPI is the mean of a driver question, its effect beside the other drivers. Months:
how one KPI's monthly change goes with the other's a month later; few months say little, and are shown as few.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import ceil, erfc, sqrt
from typing import Any

import numpy as np

from metrics.errors import Refusal, Refused
from metrics.loyalty import behaviour, customers
from metrics.loyalty.contrast import leaks, levels
from metrics.loyalty.drivers import DriverModel, Term, centred, fit, needed, round3, slopes
from metrics.loyalty.evidence import Base, Kind, What
from metrics.loyalty.experience import HUNDREDTH, measurable, name_of
from metrics.loyalty.lmg import Array
from metrics.loyalty.models import SLIM, engine_has, slim
from metrics.loyalty.panel import Panel, cleared, period_sql, staff_behind
from metrics.loyalty.resample import resampling
from metrics.loyalty.sides import sided
from metrics.loyalty.sums import Sums, sums
from metrics.sources.read import Read
from metrics.strategy.model import KPI, Strategy

#: A segment with at least this share of the rows is a main one.
MAIN = 0.2
#: Pairs of monthly changes below which months say nothing.
LEAST_MONTHS = 12
#: Monthly figures of a KPI by month YYYY-MM, as published.
Monthly = Mapping[str, float]


@dataclass(frozen=True)
class Effect:
    """Change of one KPI in its unit for one unit of another. ``draws``: replicates; ``part``: share of the outcome's
    variance that it explains beyond the controls, with interval, None for months; ``segments_same``: the effect has the
    same sign in every main segment, None without segments. ``reach``: share of the rows behind the other KPI that met
    this one at all, so that the company moves by effect times reach; None where that is not known."""

    base: Base
    n: int
    lag_days: int
    effect: float
    low: float
    high: float
    halves: tuple[float, float]
    segments_same: bool | None
    leak: bool
    part: tuple[float, float] | None
    reach: float | None
    draws: Array

    @property
    def sure(self) -> bool:
        return self.low > 0 or self.high < 0

    @property
    def chance(self) -> float:
        """Two-sided p of the effect, from the spread of its replicates."""
        spread = float(self.draws.std())
        return erfc(abs(self.effect) / spread / sqrt(2)) if spread > 0 else 1.0

    @property
    def stable(self) -> bool:
        """Halves and main segments have the sign of the whole."""
        same = all(np.sign(half) == np.sign(self.effect) for half in self.halves)
        return same and self.segments_same is not False


def of_panel(engine: Any, strategy: Strategy, panel: Panel, term: Term, of_all: int | None = None) -> Effect:
    """The effect of one driver of a panel, beside its other drivers and the controls. ``of_all``: rows behind the
    outcome, whether or not they met the driver; None where that is not known.

    Raises Refusal: TOO_FEW, NO_SIGNAL, NOT_CLEARED."""
    controls = slim(engine, strategy, panel)
    columns = [*controls, *(t.column for t in panel.drivers), panel.outcome.column]
    cuts = [d for d in strategy.loyalty.panel.by if engine_has(engine, SLIM, d)]
    of = [sums(engine, SLIM, columns, (d, "block")) for d in cuts] or [sums(engine, SLIM, columns)]
    cleared(engine, strategy, SLIM, panel.who)
    told = sided(engine, strategy, SLIM, panel.drivers, panel.decided).get(0, frozenset())
    if term not in told:
        raise Refusal(Refused.NOT_CLEARED)
    model = fit(of[0], [t for t in panel.drivers if t in told], panel.outcome, panel.drawn, controls)
    at = next(i for i, row in enumerate(model.rows) if row.term == term)
    unit = panel.outcome.unit / term.unit
    columns = [*controls, *(t.column for t in panel.drivers if t in told), panel.outcome.column]
    place = columns.index(term.column)
    whole = of[0].of(columns).by_block().astype(float)
    halves = slopes(centred(np.stack([whole[0::2].sum(axis=0), whole[1::2].sum(axis=0)])))[place] * unit
    signs = []
    for d, found in zip(cuts, of):
        inside = sided(engine, strategy, SLIM, [term], panel.decided, f'"{d}"')
        signs += _segments(strategy, found.of(columns), d, place, len(columns), set(inside))
    row = model.rows[at]
    return Effect(
        base=panel.base,
        n=model.n,
        lag_days=strategy.loyalty.panel.lag_days,
        effect=row.effect,
        low=row.effect_low,
        high=row.effect_high,
        halves=(round3(halves[0]), round3(halves[1])),
        segments_same=all(s == np.sign(row.effect) for s in signs) if signs else None,
        leak=leaks(levels(engine, SLIM, term.column, panel.outcome.column), panel.kind),
        part=_part(model, at),
        reach=None if of_all is None else round3(min(1.0, model.n / of_all)),
        draws=model.draws[at],
    )


def _part(model: DriverModel, at: int) -> tuple[float, float]:
    """How much one driver carries: its share of what the drivers explain; alone, what it explains of the outcome."""
    row = model.rows[at]
    if len(model.rows) > 1:
        return row.low / 100, row.high / 100
    return max(model.r2_low - model.r2_controls, 0.0), max(model.r2_high - model.r2_controls, 0.0)


def _segments(
    strategy: Strategy, found: Sums, dimension: str, place: int, columns: int, inside: set[int]
) -> list[float]:
    """Signs of the effect in the main segments of a dimension that are large enough for a model, of those ``inside``:
    where both its sides pass."""
    everybody = found.products[:, 0, 0].sum()
    signs = []
    for value in range(len(strategy.values(dimension))):
        mine = found.only(dimension, value).products.sum(axis=0)
        if value in inside and mine[0, 0] >= max(needed(columns - 1), MAIN * everybody):
            signs.append(float(np.sign(slopes(centred(mine[None].astype(float)))[place, 0])))
    return signs


def on_behaviour(engine: Any, strategy: Strategy, whole: Panel, term: Term) -> Effect:
    """The effect of a KPI, as one customer met it around the first order, on what that customer did afterwards."""
    return of_panel(engine, strategy, replace(whole, drivers=(term,)), term, _size(engine, whole.table))


def after_rows(engine: Any, strategy: Strategy, found: Read, kpi: KPI, done: KPI) -> Effect:
    """The effect of a KPI on a behaviour over all its rows: of each, what its customer did after it was known.

    Raises Refusal: NO_SIGNAL for a KPI that sources do not tell of single customers, SAMPLED, TOO_FEW, NOT_CLEARED."""
    if not measurable(kpi) or done.scope is not None:
        raise Refusal(Refused.NO_SIGNAL)
    rows = name_of(kpi)
    engine.create("pair_starts", f'SELECT "row" AS key, customer, CAST(known AS DATE) AS day FROM {rows}')
    after = behaviour.after(engine, strategy, found, engine.table("pair_starts"), done)
    engine.create("pair_means", after.rename(a_row="key"))
    who = f'SELECT "row", handled FROM {rows}'
    return _paired(engine, strategy, kpi, done, Kind.BEHAVIOUR, behaviour.term(done), (who,))


def on_experience(engine: Any, strategy: Strategy, kpi: KPI, other: KPI) -> Effect:
    """The effect of a KPI as a customer met it on another KPI as the same customer met it later: for each row of the
    one, the mean of the other's rows whose result was known after it and within the window.

    Raises Refusal: NO_SIGNAL without any, TOO_FEW, NOT_CLEARED."""
    if not (measurable(kpi) and measurable(other)):
        raise Refusal(Refused.NO_SIGNAL)
    p = strategy.loyalty.panel
    engine.create(
        "pair_lines",
        'SELECT a."row" AS a_row, b."row" AS b_row, b.value, a.handled AS a_handled, b.handled AS b_handled'
        f" FROM {name_of(kpi)} AS a JOIN {name_of(other)} AS b ON a.customer = b.customer"
        f" AND b.known > a.known + INTERVAL '{p.lag_days}' DAY"
        f" AND b.known <= a.known + INTERVAL '{p.lag_days + p.window_days}' DAY",
    )
    engine.create("pair_means", "SELECT a_row, CAST(round(avg(value)) AS BIGINT) AS y FROM pair_lines GROUP BY a_row")
    met = engine.query("SELECT count(DISTINCT b_row) AS n FROM pair_lines").column("n")[0].as_py()
    sides = tuple(f'SELECT a_row AS "row", {side}_handled AS handled FROM pair_lines' for side in "ab")
    effect = _paired(engine, strategy, kpi, other, Kind.STATED, Term("y", HUNDREDTH), sides)
    return replace(effect, reach=round3(min(1.0, met / _size(engine, name_of(other)))))


def _size(engine: Any, table: str) -> int:
    return int(engine.query(f"SELECT count(*) AS n FROM {table}").column("n")[0].as_py())


def _paired(
    engine: Any, strategy: Strategy, kpi: KPI, other: KPI, kind: Kind, outcome: Term, who: tuple[str, ...]
) -> Effect:
    """The effect of a KPI's rows on ``y`` of ``pair_means`` (a_row, y), customers of one kind compared. ``who``:
    queries of (row, handled), one for each kind of work behind a row."""
    p, drawn = strategy.loyalty.panel, resampling(engine)
    engine.create(
        "pair",
        f'SELECT a."row", a.customer, a.segment, a.region, a.value AS x, m.y, {drawn.block_sql("a.customer")} AS block,'
        f" {period_sql('a.began', p.periods)} AS period FROM {name_of(kpi)} AS a"
        ' JOIN pair_means AS m ON a."row" = m.a_row',
    )
    staff_behind(engine, "pair_who", " UNION ".join(who))
    for i, one in enumerate(who):
        staff_behind(engine, f"pair_who_{i}", one)
    term = Term("x", HUNDREDTH, What.KPI, kpi.id)
    panel = Panel(
        base=Base.CUSTOMERS,
        outcome_kpi=other.id,
        kind=kind,
        table="pair",
        who="pair_who",
        drivers=(term,),
        outcome=outcome,
        controls=tuple(d for d in p.controls if d in ("segment", "region")),
        asked=(),
        incomplete=0,
        censored=0,
        drawn=drawn,
        decided={"x": tuple(f"pair_who_{i}" for i in range(len(who)))},
    )
    return of_panel(engine, strategy, panel, term)


def on_question(engine: Any, strategy: Strategy, panel: Panel, question: str) -> Effect:
    """The effect of one scale point of a driver question on the outcome of a survey panel, beside the others.

    Raises Refusal: NO_SIGNAL where the question is the outcome itself, else as ``of_panel``."""
    term = next((t for t in panel.drivers if t.driver == question), None)
    if term is None:
        raise Refusal(Refused.NO_SIGNAL)
    return of_panel(engine, strategy, panel, term, _size(engine, panel.table))


def over_months(strategy: Strategy, one: Monthly, other: Monthly, replicates: int) -> Effect:
    """How the change of one KPI from month to month goes with the other's change a month later (or as many months as
    the lag has): least squares of first differences, which a common trend cannot feign, with Student's t.

    Raises Refusal(TOO_FEW) below 12 pairs of changes, or where one never changes."""
    from scipy.special import stdtrit

    lag = max(1, ceil(strategy.loyalty.panel.lag_days / 30))
    x, y = _changes(one), _changes(other)
    months = sorted(m for m in x if _later(m, lag) in y)
    a, b = np.array([x[m] for m in months]), np.array([y[_later(m, lag)] for m in months])
    if len(months) < LEAST_MONTHS or a.std() == 0 or b.std() == 0:
        raise Refusal(Refused.TOO_FEW)
    effect, error = _line(a, b)
    free = len(months) - 2
    half = float(stdtrit(free, 0.975)) * error
    middle = len(months) // 2
    draws = effect + error * np.random.default_rng(len(months)).standard_t(free, replicates)
    return Effect(
        base=Base.MONTHS,
        n=len(months),
        lag_days=30 * lag,
        effect=round3(effect),
        low=round3(effect - half),
        high=round3(effect + half),
        halves=(round3(_line(a[:middle], b[:middle])[0]), round3(_line(a[middle:], b[middle:])[0])),
        segments_same=None,
        leak=bool(np.corrcoef(a, b)[0, 1] ** 2 > 0.99),
        part=None,
        reach=1.0,
        draws=draws,
    )


def _line(x: Array, y: Array) -> tuple[float, float]:
    """Slope of y on x and its standard error."""
    dx, dy = x - x.mean(), y - y.mean()
    square = float(dx @ dx)
    if square == 0:
        return 0.0, float("inf")
    slope = float(dx @ dy) / square
    rest = dy - slope * dx
    return slope, sqrt(float(rest @ rest) / max(len(x) - 2, 1) / square)


def _changes(months: Monthly) -> dict[str, float]:
    return {m: months[m] - months[before] for m in months if (before := _later(m, -1)) in months}


def _later(month: str, count: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + count
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def between(
    engine: Any,
    strategy: Strategy,
    found: Read,
    made: customers.Wide | None,
    kpi: KPI,
    other: KPI,
    panels: Mapping[str, Panel],
    said: Callable[[str], Panel],
    monthly: Mapping[str, Monthly],
    replicates: int,
) -> Effect:
    """The effect of a KPI on another on the best ground there is: ``panels`` of customers by behaviour, ``said`` the
    survey panel of an outcome (or a Refusal), ``monthly`` by KPI.

    Raises Refusal: the reason on the best ground the KPIs could stand on."""
    question = question_of(strategy, kpi)
    tried: list[Refused] = []

    def attempt(way: Any, *given: Any) -> Effect | None:
        try:
            effect: Effect = way(*given)
            return effect
        except Refusal as no:
            tried.append(no.kind)
            return None

    if question and other.scope is None:
        asked = other.of.get("question")
        relation = any(q.id == asked and q.listens_to == "relationship" for q in strategy.questions)
        if behaviour.is_behaviour(other) or relation:
            effect = attempt(lambda: on_question(engine, strategy, said(other.id), question))
            if effect:
                return effect
    term = next((t for t in made.kpis if t.driver == kpi.id), None) if made else None
    if other.id in panels and term:
        effect = attempt(on_behaviour, engine, strategy, panels[other.id], term)
        if effect:
            return effect
    if made and measurable(kpi):
        if behaviour.is_behaviour(other):
            effect = attempt(after_rows, engine, strategy, found, kpi, other)
        else:
            effect = attempt(on_experience, engine, strategy, kpi, other)
        if effect:
            return effect
    effect = attempt(over_months, strategy, monthly.get(kpi.id, {}), monthly.get(other.id, {}), replicates)
    if effect:
        return effect
    # Months alone were tried, and too few months say nothing about people: nothing of single customers was measured.
    raise Refusal(tried[0] if len(tried) > 1 else Refused.NO_SIGNAL)


def question_of(strategy: Strategy, kpi: KPI) -> str | None:
    """The driver question whose mean a KPI is."""
    items = {i.question for i in strategy.loyalty.drivers.items} if strategy.loyalty.drivers else set()
    asked = str(kpi.of.get("question", ""))
    return asked if kpi.metric == "score_mean" and asked in items and kpi.scope is None else None
