"""A table as it is shown and downloaded: plain cells with typed columns, made from answers or from driver results.

One table feeds three forms, so that they cannot differ: the table under a chart, the CSV and the XLSX. Cells hold
unrounded numbers and the period ids of the release; only the table on the page rounds and words them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, unique

from metrics.answers import Answer, Request, Row, Status
from metrics.drivers import EVERYBODY, Part, fitted, part_name
from metrics.kpis.metric import Unit
from metrics.labels import DIGITS, digits_of, dimension_name, values_name
from metrics.loyalty.evidence import Base
from metrics.loyalty.evidence import Kind as OutcomeKind
from metrics.periods import WAVE, block_of, months_of
from metrics.release import Release
from metrics.strategy.model import Strategy
from metrics.words import DASH, Words

Cell = str | float | int | None


@unique
class Kind(Enum):
    TEXT = "text"
    PERIOD = "period"
    """A period id of the release: 2025-03, 2025-Q1, all; or the first and last month, 2025-02/2025-05."""
    NUMBER = "number"
    DAY = "day"
    """A date, ISO in the files."""


@dataclass(frozen=True)
class Column:
    """``once``: said once above the table when it is the same in every row. ``digits``: decimals shown."""

    name: str
    kind: Kind = Kind.TEXT
    digits: int = 0
    once: bool = False


@dataclass(frozen=True)
class Table:
    """``name`` is the stem of the file name; ``as_of`` the data date of the release (ISO). ``draft``: unknown counts as
    draft."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    as_of: str
    draft: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "draft", self.draft is not False)

    def said_once(self) -> list[tuple[str, Cell]]:
        """(column name, value) of what is the same in every row and stands above the table."""
        if not self.rows:
            return []
        return [
            (column.name, self.rows[0][i])
            for i, column in enumerate(self.columns)
            if column.once and len({row[i] for row in self.rows}) == 1
        ]

    def per_row(self) -> list[int]:
        """Places of the columns that the table on the page draws."""
        above = {name for name, _ in self.said_once()}
        return [i for i, column in enumerate(self.columns) if column.name not in above]


def of_answers(answers: Sequence[Answer], strategy: Strategy, w: Words) -> Table:
    """What is on screen as a table: a row for each row of each answer, in their order.

    Every row carries its KPI, goal, filters, unit, data date and draft mark, so that a line copied out of the file
    still says what it is. Raises ValueError without answers."""
    if not answers:
        raise ValueError("A table needs at least one answer.")
    dimensions = list(dict.fromkeys(d for a in answers for r in a.rows for d, _ in r.dims))
    digits = max(max([DIGITS[a.unit], *(digits_of(a.unit, r.low, r.high) for r in a.rows)]) for a in answers)
    columns = (
        Column(w("KPI"), once=True),
        Column(w("Period"), Kind.PERIOD),
        *(Column(dimension_name(strategy, d, w)) for d in dimensions),
        Column(w("Value"), Kind.NUMBER, digits),
        Column(w("Low (95%)"), Kind.NUMBER, digits),
        Column(w("High (95%)"), Kind.NUMBER, digits),
        Column(w("n"), Kind.NUMBER),
        Column(w("Unit"), once=True),
        Column(w("Standing of the number"), once=True),
        Column(w("Pooled"), once=True),
        Column(w("Goal"), once=True),
        Column(w("Filters"), once=True),
        Column(w("As of"), Kind.DAY, once=True),
        Column(w("Release"), once=True),
    )
    rows = tuple(
        (
            strategy.kpi(a.kpi).name(w.lang),
            period_of(r, a.request),
            *(values_name(strategy, d, r.values(d), w) for d in dimensions),
            r.value,
            r.low,
            r.high,
            r.n,
            unit_name(a.unit, w),
            _status(r, w),
            w("pooled") if r.pooled else w("no"),
            goal_name(a.goal, strategy, w),
            filters(a.request, strategy, w),
            a.as_of,
            release_mark(a.draft, w),
        )
        for a in answers
        for r in a.rows
    )
    first = answers[0]
    kpis = list(dict.fromkeys(a.kpi for a in answers))
    by = list(dict.fromkeys(d for a in answers for d in a.request.by))
    return Table(
        name="-".join([*kpis[:2], *(["by", *by] if by else []), first.as_of]),
        title=", ".join(strategy.kpi(k).name(w.lang) for k in kpis),
        columns=columns,
        rows=rows,
        as_of=first.as_of,
        draft=any(a.draft for a in answers),
    )


def of_drivers(
    release: Release, outcomes: Sequence[str], w: Words, base: Base = Base.SURVEY, part: Part = EVERYBODY
) -> Table:
    """Driver results of these outcomes as a table: shares and effects with intervals, in order of the share."""
    strategy = release.strategy
    by_outcome = {f.model.kpi.id: f for f in fitted(release) if f.model.base is base and f.model.part == part}
    whom = part_name(part, strategy, w)
    rows: list[tuple[Cell, ...]] = []
    for outcome in outcomes:
        m = by_outcome[outcome].model
        goal = goal_name(m.kpi.goal or "", strategy, w)
        for d in by_outcome[outcome].drivers:
            e = d.estimate
            rows.append(
                (
                    m.kpi.name(w.lang),
                    w("behaviour") if m.kind is OutcomeKind.BEHAVIOUR else w("score"),
                    m.n,
                    m.r2,
                    m.r2_low,
                    m.r2_high,
                    d.cause.name(w.lang),
                    e.share,
                    e.low,
                    e.high,
                    e.tier,
                    e.effect,
                    e.effect_low,
                    e.effect_high,
                    goal,
                    whom,
                    release.as_of,
                    release_mark(release.draft, w),
                )
            )
    columns = (
        Column(w("Outcome"), once=True),
        Column(w("Kind"), once=True),
        Column(w("n"), Kind.NUMBER, once=True),
        Column("R²", Kind.NUMBER, 2, once=True),
        Column(w("R² low (95%)"), Kind.NUMBER, 2, once=True),
        Column(w("R² high (95%)"), Kind.NUMBER, 2, once=True),
        Column(w("Driver")),
        Column(w("Share, %"), Kind.NUMBER, 1),
        Column(w("Share low (95%)"), Kind.NUMBER, 1),
        Column(w("Share high (95%)"), Kind.NUMBER, 1),
        Column(w("Tier"), Kind.NUMBER),
        Column(w("Effect of one point"), Kind.NUMBER, 2),
        Column(w("Effect low (95%)"), Kind.NUMBER, 2),
        Column(w("Effect high (95%)"), Kind.NUMBER, 2),
        Column(w("Goal"), once=True),
        Column(w("Filters"), once=True),
        Column(w("As of"), Kind.DAY, once=True),
        Column(w("Release"), once=True),
    )
    return Table(
        name="-".join(
            ["drivers", *([base.value] if base is not Base.SURVEY else []), *outcomes, *part.ids, release.as_of]
        ),
        title=w("Loyalty drivers"),
        columns=columns,
        rows=tuple(rows),
        as_of=release.as_of,
        draft=release.draft,
    )


def period_of(row: Row, request: Request) -> str:
    """The period a row stands for. One row over the months asked for is not "all": it is that quarter, half-year or
    year, or else the months as 2025-02/2025-05."""
    if row.period != WAVE or request.start is None or request.end is None:
        return row.period
    spans = (block_of(request.start, grain) for grain in ("month", "quarter", "half", "year"))
    fits = (s for s in spans if (months_of(s)[0], months_of(s)[-1]) == (request.start, request.end))
    return next(fits, f"{request.start}/{request.end}")


def unit_name(unit: Unit, w: Words) -> str:
    """A unit as a column says it."""
    words = {
        Unit.PERCENT: w("%"),
        Unit.POINTS: w("points"),
        Unit.SCORE: w("scale points"),
        Unit.HOURS: w("hours"),
        Unit.MONEY: w("money"),
        Unit.COUNT: w("count"),
    }
    return words[unit]


def release_mark(draft: bool, w: Words) -> str:
    """Unknown counts as draft."""
    return w("Published") if draft is False else w("Draft, not published")


def filters(request: Request, strategy: Strategy, w: Words) -> str:
    """The request in words: Segment: Young · Oct 2025–Dec 2025 · by Channel; without any: All customers."""
    said = [f"{dimension_name(strategy, d, w)}: {values_name(strategy, d, (v,), w)}" for d, v in request.within]
    if not said:
        said = [w("All customers")]
    if request.start or request.end:
        start = w.period(request.start) if request.start else ""
        end = w.period(request.end) if request.end else ""
        said.append(start if start == end else f"{start}{DASH}{end}")
    if request.by:
        cut = ", ".join(dimension_name(strategy, d, w) for d in request.by)
        said.append(w("by {dimensions}", dimensions=cut))
    return " · ".join(said)


def goal_name(id: str, strategy: Strategy, w: Words) -> str:
    """The declared name of a goal."""
    goal = next((g for g in strategy.goals if g.id == id), None)
    return goal.name(w.lang) if goal else id


def _status(row: Row, w: Words) -> str:
    words = {Status.FIRM: w("firm"), Status.INDICATIVE: w("indicative"), Status.WITHHELD: w("withheld")}
    return words.get(row.status, w("withheld"))
