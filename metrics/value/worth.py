"""What a new customer is worth, what winning one costs, and what a point of retention brings.

Money is the declared margin of revenue; where no margin is declared it is revenue, and said so.
"""

from __future__ import annotations

from dataclasses import dataclass

from metrics.kpis.cohort_revenue import OLDER
from metrics.loyalty.value.sums import NEW, YEAR, outcome, outcome_days, revenue_key
from metrics.loyalty.value.told import Estimate, Figure, Method, Why
from metrics.strategy.model import KPI
from metrics.value.cells import Cells
from metrics.value.growth import new_per_year, quarters_of

FEWEST = 2
"""Cohorts that must have reached an age."""
MONEY = (Figure.WORTH, Figure.SPEND, Figure.RETURNER, Figure.FIVE)


@dataclass(frozen=True)
class Point:
    """What a new customer has brought by so many months after the first order."""

    months: float
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Worth:
    """``worth`` of a new customer over ``months``; ``orders`` and ``spend`` behind it; ``stay`` in percent.

    ``returner``: how much more one who comes back within ``days`` is worth than one who does not; ``five``: what five
    points more of retention bring per new customer, both counted ``over`` so many months; ``point_year`` and
    ``five_year``: one and five points, for the new customers of a year. ``curve`` as reckoned, ``seen`` as cohorts have
    paid so far. ``payback``: months until the cost of winning is paid back (value, soonest, latest; None beyond the
    curve). ``in_revenue``: no margin is declared."""

    method: Method
    why: Why
    n: int
    months: int
    kpi: KPI | None
    days: int
    in_revenue: bool
    worth: Estimate | None
    orders: Estimate | None
    spend: Estimate | None
    stay: Estimate | None
    returner: Estimate | None
    five: Estimate | None
    over: int
    foreseen: float | None
    curve: tuple[Point, ...]
    seen: tuple[Point, ...]
    cost: float | None
    payback: tuple[float | None, float | None, float | None] | None
    new: int | None

    @property
    def five_year(self) -> Estimate | None:
        return self.five.times(self.new) if self.five and self.new else None

    @property
    def point_year(self) -> Estimate | None:
        return self.five.times(self.new / 5) if self.five and self.new else None

    @property
    def per_cost(self) -> Estimate | None:
        """What one unit of money spent on winning brings."""
        return self.worth.times(1 / self.cost) if self.worth and self.cost else None


def worth(cells: Cells) -> Worth | None:
    """None where the build reckoned nothing for these customers."""
    segment = cells.segment or ""
    release = cells.release
    if segment not in release.value_models:
        return None
    method_name, reason, n, over = release.value_models[segment]
    method = Method(method_name)
    if reason not in {w.value for w in Why}:
        return None
    value = release.strategy.loyalty.value
    factor = value.margin / 100 if value.margin is not None else 1.0
    stored = release.value_figures(segment)
    figures = {
        f: Estimate(*stored[f.value]).times(factor if f in MONEY else 1.0)  # type: ignore[arg-type]
        for f in Figure
        if f.value in stored and stored[f.value][0] is not None
    }
    seen = _seen(cells, factor, value.discount_rate)
    curve = tuple(
        Point(float(i), v * factor, low * factor, high * factor)
        for i, (v, low, high) in enumerate(release.value_curve(segment))
        if v is not None
    )
    if method is Method.NONE and len(seen) > 1:
        method = Method.COHORTS
    if method is Method.COHORTS:
        ends = [(low * factor, high * factor) for _, low, high in release.value_curve(segment)]
        curve = seen = tuple(
            Point(p.months, p.value, *(ends[i] if len(ends) == len(seen) else (None, None))) for i, p in enumerate(seen)
        )
        last = seen[-1] if seen else None
        if last and last.low is not None and last.high is not None:
            figures[Figure.WORTH] = Estimate(last.value, last.low, last.high)
    told, returner = figures.get(Figure.FORESEEN), figures.get(Figure.RETURNER)
    return Worth(
        method=method,
        why=Why(reason),
        n=n,
        months=round(curve[-1].months) if curve else 0,
        kpi=outcome(release.strategy),
        days=outcome_days(release.strategy),
        in_revenue=value.margin is None,
        worth=figures.get(Figure.WORTH),
        orders=figures.get(Figure.ORDERS),
        spend=figures.get(Figure.SPEND),
        stay=figures.get(Figure.STAY),
        returner=returner,
        five=figures.get(Figure.FIVE) or (returner.times(0.05) if returner else None),
        over=over,
        foreseen=told.value if told else None,
        curve=curve,
        seen=seen,
        cost=value.acquisition_cost,
        payback=_payback(curve, value.acquisition_cost),
        new=new_per_year(cells),
    )


def _seen(cells: Cells, factor: float, discount: float) -> tuple[Point, ...]:
    """What new customers have brought by the end of each quarter of age: at each age the mean over the cohorts that
    have reached it, later money counting less. A quarter's customers began in its middle on average."""
    quarters = quarters_of(cells)
    sizes = {q: cells.in_quarter(NEW, "n", q) for q in quarters}
    points: list[Point] = []
    total = 0.0
    for age in range(min(max(len(quarters) - FEWEST, 0) + 1, OLDER)):
        pairs = [(sizes[a], cells.in_quarter(revenue_key(age), "total", b)) for a, b in zip(quarters, quarters[age:])]
        whole = [(n, m) for n, m in pairs if n and m is not None]
        if len(whole) < FEWEST:
            break
        total += sum(m for _, m in whole) / sum(n for n, _ in whole) * (1 + discount / 100) ** (-age / YEAR)
        points.append(Point(3 * age + 1.5, total * factor, None, None))
    return tuple(points)


def _payback(curve: tuple[Point, ...], cost: float | None) -> tuple[float | None, float | None, float | None] | None:
    if cost is None or not curve:
        return None
    middle = next((p.months for p in curve if p.value >= cost), None)
    soonest = next((p.months for p in curve if p.high is not None and p.high >= cost), None)
    latest = next((p.months for p in curve if p.low is not None and p.low >= cost), None)
    return middle, soonest, latest
