"""What if: a KPI moved within what a segment or a month has reached, through links to return and to money.

Everything comes from the release: effects with their replicates, cleared figures for the range and for the money. The
interval is joint: replicate by replicate along the chain, since replicate r resampled the same customers everywhere.
What nobody has reached yet is refused: there the data hold no one to compare with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, prod

import numpy as np

from metrics.answers import FIRM_FROM, Grain, Request, Row, ask, views_of
from metrics.drivers.fitted import Interval
from metrics.drivers.quantity import Effect, chained
from metrics.errors import Refusal, Refused
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.loyalty.evidence import Base, Evidence, Label
from metrics.periods import months_of
from metrics.release import Release
from metrics.standing import stand
from metrics.strategy.model import KPI

#: Evidence from strong to weak; a chain is as strong as its weakest link.
ORDER = tuple(Evidence)
#: Dimensions whose values are segments that can serve as an example.
SEGMENTS = ("segment", "region", "channel", "product")
#: Words of a label as evidence of the direct way to the outcome.
_OF_LABEL = {Label.RETURN: Evidence.OBSERVED, Label.CONTRADICTED: Evidence.CONTRADICTED}


@dataclass(frozen=True)
class Step:
    """One link of the chain. ``reach``: share of the rows behind ``to`` that met ``kpi`` at all, None where that is not
    known; ``n`` behind its effect, None for arithmetic."""

    kpi: KPI
    to: KPI
    effect: Effect
    evidence: Evidence
    n: int | None
    reach: float | None


@dataclass(frozen=True)
class Choice:
    """Something that can be moved: the KPI, its figure now, the range any segment or month has reached, and the chain
    to the outcome."""

    kpi: KPI
    unit: Unit
    now: Row
    low: float
    high: float
    chain: tuple[Step, ...]

    @property
    def outcome(self) -> KPI:
        return self.chain[-1].to

    @property
    def evidence(self) -> Evidence:
        """Of the weakest link."""
        return max((s.evidence for s in self.chain), key=ORDER.index)

    @property
    def reach(self) -> float | None:
        """Share of the customers behind the outcome whom the move reaches; None where that is not known."""
        known = [s.reach for s in self.chain if s.reach is not None]
        return prod(known) if len(known) == len(self.chain) else None

    @property
    def n(self) -> int:
        """The fewest behind any link."""
        return min((s.n for s in self.chain if s.n is not None), default=0)


@dataclass(frozen=True)
class Money:
    """What more (or fewer) returning customers are worth a month: at least one order each. ``customers`` a month."""

    customers: Interval
    amount: Interval
    currency: str


@dataclass(frozen=True)
class WhatIf:
    """``change`` of the outcome in its unit when the KPI goes from ``choice.now`` to ``to``, among the customers it
    reaches, with its 95 % interval; ``whole`` of the whole company. ``nothing``: the interval holds zero, so
    nothing can be promised, whatever the share. ``whole`` and ``money`` are None where it is not known how many
    customers the KPI reaches; ``money`` also where nothing can be promised, where the release lacks new customers or
    revenue, and where the outcome is no return."""

    choice: Choice
    to: float
    change: Interval
    whole: Interval | None
    nothing: bool
    money: Money | None


def choices(release: Release) -> tuple[Choice, ...]:
    """Every KPI that can be moved: it has a figure, a range and a chain of effects to a behaviour."""
    found = []
    for kpi in release.strategy.kpis:
        try:
            found.append(choice(release, kpi.id))
        except Refusal:
            continue
    return tuple(found)


def named(release: Release, id: str) -> tuple[KPI, ...]:
    """KPIs meant by the id of a KPI, a lever, a stage or a driver question; empty for anything else."""
    kpis = release.strategy.kpis
    by_id = [k for k in kpis if k.id == id]
    by_lever = [k for k in kpis if any(lever.id == id for lever in k.levers)]
    by_question = [k for k in kpis if k.metric == "score_mean" and k.of.get("question") == id and not k.scope]
    by_stage = [k for k in kpis if k.stage == id]
    return tuple(by_id or by_lever or by_question or by_stage)


def choice(release: Release, kpi: str) -> Choice:
    """What can be done with a KPI. Raises Refusal: NO_SIGNAL where no chain of fitted effects leads from it to a
    behaviour, NOT_CLEARED where it has no figure or no range; KeyError for a KPI the strategy does not declare."""
    moved = next((k for k in release.strategy.kpis if k.id == kpi), None)
    if moved is None:
        raise KeyError(kpi)
    chain = _chain(release, moved)
    if not chain:
        raise Refusal(Refused.NO_SIGNAL)
    at = stand(release, kpi)
    if at.row is None or at.row.value is None:
        raise Refusal(at.refused or Refused.NOT_CLEARED)
    reached = list(_reached(release, moved))
    if not reached:
        raise Refusal(Refused.NOT_CLEARED)
    unit = BY_ID[moved.metric].unit_of(moved.of)
    ends = [*reached, at.row.value]
    return Choice(moved, unit, at.row, min(ends), max(ends), chain)


def what_if(release: Release, kpi: str, to: float) -> WhatIf:
    """The outcome if a KPI stood at ``to``. Raises as ``choice`` does, and Refusal(OUTSIDE) for a figure that no
    segment and no month has reached."""
    chosen = choice(release, kpi)
    if not chosen.low <= to <= chosen.high:
        raise Refusal(Refused.OUTSIDE)
    start = chosen.now.value
    assert start is not None
    effect = chained(tuple(s.effect for s in chosen.chain))
    change = _times(effect, to - start)
    nothing = change.low <= 0 <= change.high
    reached = None if chosen.reach is None else chosen.reach * (to - start)
    whole = None if reached is None else _times(effect, reached)
    money = None if reached is None or nothing else _money(release, chosen.outcome, effect, reached)
    return WhatIf(chosen, to, change, whole, nothing, money)


def _times(effect: Effect, move: float) -> Interval:
    ends = sorted((effect.low * move, effect.high * move))
    return Interval(effect.value * move, *ends)


def _chain(release: Release, kpi: KPI) -> tuple[Step, ...]:
    """The effect on a behaviour itself where it was fitted, as a declared link or for the KPI's label; else the
    shortest chain of declared links with effects."""
    outcomes = [k for k in _outcomes(release) if k.id != kpi.id]
    for outcome in outcomes:
        step = _direct(release, kpi, outcome)
        if step:
            return (step,)
    waiting: list[tuple[Step, ...]] = [()]
    seen = {kpi.id}
    while waiting:
        path = waiting.pop(0)
        here = path[-1].to if path else kpi
        if here in outcomes:
            return path
        if path:
            for outcome in outcomes:
                last = _direct(release, here, outcome)
                if last:
                    return (*path, last)
        for link in here.drives:
            step = _linked(release, here, release.strategy.kpi(link.kpi))
            if step and link.kpi not in seen:
                seen.add(link.kpi)
                waiting.append((*path, step))
    return ()


def _outcomes(release: Release) -> list[KPI]:
    """The behavioural outcome of the strategy, then the other behaviours that were modelled."""
    loyalty = release.strategy.loyalty
    ids = [loyalty.outcome, *(m.outcome for m in release.models if m.kind.value == "behaviour")]
    return [release.strategy.kpi(id) for id in dict.fromkeys(ids) if id]


def _direct(release: Release, kpi: KPI, outcome: KPI) -> Step | None:
    linked = _linked(release, kpi, outcome)
    label = release.labels.get(kpi.id)
    draws = release.draws.get((kpi.id, "", outcome.id))
    if linked or label is None or draws is None or label.base is Base.MONTHS:
        return linked
    if None in (label.effect, label.low, label.high):
        return None
    assert label.effect is not None and label.low is not None and label.high is not None
    effect = Effect(label.effect, label.low, label.high, draws)
    return Step(kpi, outcome, effect, _OF_LABEL.get(label.label, Evidence.UNCLEAR), label.n, label.reach)


def _linked(release: Release, kpi: KPI, to: KPI) -> Step | None:
    row = release.links.get((kpi.id, to.id))
    if row is None:
        return None
    if row.evidence is Evidence.IDENTITY:
        part = _part(release, kpi, to)
        return None if part is None else Step(kpi, to, Effect(1.0, 1.0, 1.0, (1.0,)), row.evidence, None, part)
    draws = release.draws.get((kpi.id, "", to.id))
    if draws is None or row.effect is None or row.low is None or row.high is None:
        return None
    return Step(kpi, to, Effect(row.effect, row.low, row.high, draws), row.evidence, row.n, row.reach)


def _part(release: Release, kpi: KPI, to: KPI) -> float | None:
    """The part's share of the whole's rows, from cleared cells."""
    one, whole = stand(release, kpi.id).row, stand(release, to.id).row
    if one is None or whole is None or not one.n or not whole.n or kpi.metric != to.metric:
        return None
    return min(1.0, one.n / whole.n)


def _reached(release: Release, kpi: KPI) -> Iterable[float]:
    """Figures of the KPI in its months, and in its segments where a view begins with them: firm ones only. A condition
    is no segment: customers whose complaint was settled have none open by definition."""
    asked = [Request(kpi.id, grain=Grain.BLOCK)]
    asked += [Request(kpi.id, by=dims[:1]) for _, dims in views_of(release, kpi.id) if dims[0] in SEGMENTS]
    for request in asked:
        try:
            rows = ask(release, request).rows
        except Refusal:
            continue
        yield from (r.value for r in rows if r.value is not None and (r.n or 0) >= FIRM_FROM)


def _money(release: Release, outcome: KPI, effect: Effect, move: float) -> Money | None:
    """Customers a month from the outcome's own cohorts, the worth of an order from cleared revenue."""
    if outcome.metric != "repurchase":
        return None
    cohorts = _latest(release, BY_ID[outcome.metric].key(outcome.of))
    orders = _latest(release, "revenue")
    if cohorts is None or orders is None or not orders["n"]:
        return None
    months, n = cohorts["months"], cohorts["n"]
    mean = orders["total"] / orders["n"]
    spread = max(orders["squares"] / orders["n"] - mean * mean, 0.0)
    rng = np.random.default_rng(len(effect.draws))
    worth = mean + np.sqrt(spread / orders["n"]) * rng.standard_normal(len(effect.draws))
    more = np.array(effect.draws) * move / 100 * n / months
    told = effect.value * move / 100 * n / months
    people = _times(effect, move / 100 * n / months)
    low, high = np.percentile(more * worth, [2.5, 97.5])
    # 200 replicates give a rough percentile; the interval of the effect itself comes from more and is never cut.
    low, high = min(low, people.low * mean), max(high, people.high * mean)
    currency = release.strategy.organisation.currency
    return Money(people, Interval(told * mean, float(low), float(high)), currency)


def _latest(release: Release, metric: str) -> dict[str, float] | None:
    """Sums of a metric's last published months, at most twelve, with how many there are."""
    totals = [(p, sums) for p, _, sums in release.numbers(metric, "", 0) if len(months_of(p)) == 1]
    last = sorted(totals, key=lambda t: t[0])[-12:]
    if not last:
        return None
    added: dict[str, float] = {"months": float(len(last))}
    for _, sums in last:
        for measure, value in sums.items():
            added[measure] = added.get(measure, 0.0) + value
    return added


@dataclass(frozen=True)
class Marks:
    """The range of a choice on round figures inside it, the size of a step, and the figure asked about first: the last
    target where it lies inside, else the better end."""

    low: float
    high: float
    step: float
    first: float


def marks(chosen: Choice) -> Marks:
    """Round figures for a slider; never beyond what was reached."""
    step = 0.1 if chosen.high - chosen.low >= 2 else 0.01
    low, high = ceil(chosen.low / step - 1e-9) * step, floor(chosen.high / step + 1e-9) * step
    low, high = round(low, 2), round(max(low, high), 2)
    aims = [t.value for t in chosen.kpi.targets if low <= t.value <= high]
    first = aims[-1] if aims else high if chosen.kpi.direction == "up" else low
    return Marks(low, high, step, round(first, 2))


def first_choice(found: tuple[Choice, ...]) -> Choice | None:
    """What is offered first: the best evidence, then the most customers behind it. What people said comes last."""
    return min(
        found,
        key=lambda c: (not BY_ID[c.kpi.metric].behaviour and c.unit is Unit.POINTS, ORDER.index(c.evidence), -c.n),
        default=None,
    )
