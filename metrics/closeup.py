"""One KPI from near: where it stands, its course, its breakdowns, why it moved, and what to know before trusting it."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.answers import Answer, Grain, Request, Row, ask, block_periods, views_of
from metrics.change import Change, change
from metrics.errors import Refusal
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.mix import Split, split
from metrics.periods import WAVE, months_of, year_before
from metrics.release import Release
from metrics.standing import KpiStand, quarters_of, stand
from metrics.strategy.model import View

#: Canonical table that feeds each fact table.
TABLES = {"cohorts": "orders"}


SUMS = (Unit.MONEY, Unit.COUNT)
TOLD = 0.25
"""Share of a change that a breakdown must tell to be chosen before a more important view."""


@dataclass(frozen=True)
class Cut:
    """A breakdown of the KPI in the period by the first dimension of a view after the KPI's scope. ``target``: that of
    the KPI, None where figures are sums: what the whole should reach is not what a part should."""

    view: View
    answer: Answer
    target: float | None


@dataclass(frozen=True)
class Told:
    """The change of the total since a year ago and the two breakdowns it is told by."""

    split: Split
    before: Answer
    after: Answer


@dataclass(frozen=True)
class Closeup:
    """What the KPI page rests on. ``course``: the KPI over time, up to the end of the period; ``before`` and ``moved``:
    the same period a year earlier and the change since, None when the measurement changed in between; ``split``: that
    change by mix and rate."""

    at: KpiStand
    course: Answer | None
    before: Row | None
    moved: Change | None
    cuts: tuple[Cut, ...]
    split: Told | None
    counter: KpiStand | None
    rejected: tuple[int, int]
    """Rows of the source tables behind this KPI, and how many of them were set aside."""


def closeup(release: Release, kpi_id: str, period: str) -> Closeup:
    """Everything about one KPI in a period; a refused KPI has no course and no cuts.

    Raises Refusal(NOT_CLEARED) for a KPI the strategy does not declare."""
    at = latest(release, kpi_id, period)
    counter = latest(release, at.kpi.counter, period) if at.kpi.counter else None
    rejected = _rejected(release, at)
    if at.refused is not None:
        return Closeup(at, None, None, None, (), None, counter, rejected)
    shown = at.period or period
    cuts = []
    seen = set()
    for view, dimensions in views_of(release, kpi_id):
        if dimensions[0] in seen:
            continue
        try:
            answer = of_period(release, kpi_id, dimensions[:1], shown)
        except Refusal:
            continue
        seen.add(dimensions[0])
        if len(answer.rows) != 1 and not _by_definition(answer):
            cuts.append(Cut(view, answer, None if answer.unit in SUMS else at.target))
    before = moved = told = None
    if shown != WAVE and at.doubt is None:
        before = _one(release, kpi_id, year_before(shown))
        moved = change(before, at.row) if before and at.row else None
        told = _split(release, at, cuts, shown)
    months = months_of(shown)
    course = ask(release, Request(kpi_id, end=months[-1] if months else None))
    return Closeup(at, course, before, moved, tuple(cuts), told, counter, rejected)


def _by_definition(answer: Answer) -> bool:
    """Whether the cut only repeats the KPI's own definition: on-time deliveries by promise kept are all on time."""
    values = {r.value for r in answer.rows if r.value is not None}
    return answer.unit is Unit.PERCENT and bool(values) and values <= {0.0, 100.0}


def of_period(release: Release, kpi: str, by: tuple[str, ...], period: str) -> Answer:
    """A KPI, cut by the first dimensions of a view, in one period. Raises Refusal as ``ask`` does."""
    months = months_of(period)
    grain = {3: Grain.QUARTER, 12: Grain.YEAR}.get(len(months), Grain.BLOCK)
    start, end = (months[0], months[-1]) if months else (None, None)
    return ask(release, Request(kpi, by=by, start=start, end=end, grain=grain))


def _one(release: Release, kpi: str, period: str) -> Row | None:
    try:
        rows = of_period(release, kpi, (), period).rows
    except Refusal:
        return None
    return rows[0] if len(rows) == 1 else None


def _split(release: Release, at: KpiStand, cuts: list[Cut], period: str) -> Told | None:
    """The change since a year ago by the view that tells most of it; by the most important view when none does."""
    if at.row is None:
        return None
    old, new = _one(release, at.kpi.id, year_before(period)), _one(release, at.kpi.id, period)
    if old is None or new is None:
        return None
    found: list[Told] = []
    for cut in cuts:
        try:
            earlier = of_period(release, at.kpi.id, cut.answer.request.by, year_before(period))
        except Refusal:
            continue
        made = split(earlier, cut.answer, old, new)
        if made:
            found.append(Told(made, earlier, cut.answer))
    best = max(found, key=lambda t: t.split.uneven, default=None)
    return best if best and best.split.uneven > TOLD * abs(best.split.total) else next(iter(found), None)


def latest(release: Release, kpi: str, period: str) -> KpiStand:
    """Where a KPI stands in a period; where it has no figure there, in its last whole quarter (or longer block) before
    that has one. ``KpiStand.period`` says which. Never raises Refusal."""
    at = stand(release, kpi, period)
    if at.row is not None or at.refused is not None or period == WAVE:
        return at
    blocks = tuple(b for b in block_periods(release, kpi) if b != WAVE)
    longer = any(len(months_of(b)) > 3 for b in blocks)
    end = months_of(period)[-1]
    for earlier in reversed(
        [p for p in (blocks if longer else quarters_of(blocks)) if months_of(p)[-1] <= end and p != period]
    ):
        before = stand(release, kpi, earlier)
        if before.row is not None and before.row.value is not None:
            return before
    return at


def _rejected(release: Release, at: KpiStand) -> tuple[int, int]:
    fact = BY_ID[at.kpi.metric].fact
    table = TABLES.get(fact, fact)
    found = [(rows, rejected) for _, name, rows, rejected, *_ in release.sources if name == table]
    return sum(r for r, _ in found), sum(j for _, j in found)
