"""Goals against stages of the journey: which goal has a KPI at which stage, and where somebody listens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, unique

from metrics.exports.table import Cell, Column, Kind, Table, release_mark
from metrics.headlines.sentence import quoted
from metrics.headlines.strategy import GoalStand
from metrics.labels import join_names
from metrics.release import Release
from metrics.standing import KpiStand, Standing
from metrics.strategy.model import Goal, Stage, Strategy
from metrics.words import Words

#: From what must be seen first to what need not.
WORST = (
    Standing.OFF,
    Standing.UNSURE,
    Standing.NO_HANDLE,
    Standing.WATCH,
    Standing.ON,
    Standing.WITHHELD,
)


@unique
class Ear(Enum):
    """Whether somebody listens at a stage."""

    POST = "post"
    SILENT = "silent"
    """The company is here and asks nothing."""
    ABSENT = "absent"
    """Customers are here, the company is not."""


@dataclass(frozen=True)
class StageColumn:
    """A stage; None: what belongs to the whole journey. ``kpis``: of all goals, ``posts``: questions asked here."""

    stage: Stage | None
    kpis: int
    ear: Ear | None
    posts: int


@dataclass(frozen=True)
class Coverage:
    """``cells``: for each goal the KPIs at each column, in the order of the columns; () is a gap."""

    goals: tuple[Goal, ...]
    columns: tuple[StageColumn, ...]
    cells: tuple[tuple[tuple[KpiStand, ...], ...], ...]

    @property
    def unmeasured(self) -> tuple[Stage, ...]:
        return tuple(c.stage for c in self.columns if c.stage and not c.kpis)

    @property
    def unheard(self) -> tuple[Stage, ...]:
        return tuple(c.stage for c in self.columns if c.stage and c.ear is Ear.SILENT)


def coverage(strategy: Strategy, goals: Sequence[GoalStand]) -> Coverage:
    """A KPI stands at its own stage, else at the one stage its scope names, else with the whole journey."""
    stages: list[Stage | None] = [*strategy.journey, None]
    cells = tuple(tuple(tuple(s for s in g.stands if _stage(s) == _id(stage)) for stage in stages) for g in goals)
    counts = [sum(len(row[i]) for row in cells) for i in range(len(stages))]
    if not counts[-1]:
        stages, cells = stages[:-1], tuple(row[:-1] for row in cells)
    placed = {post for stage in strategy.journey for post in stage.listening_posts}
    whole = sum(q.listens_to == "relationship" and q.id not in placed for q in strategy.questions)
    columns = tuple(
        StageColumn(s, n, _ear(s, whole), len(s.listening_posts) if s else whole) for s, n in zip(stages, counts)
    )
    return Coverage(tuple(g.goal for g in goals), columns, cells)


def _id(stage: Stage | None) -> str | None:
    return stage.id if stage else None


def _stage(at: KpiStand) -> str | None:
    if at.kpi.stage:
        return at.kpi.stage
    named = at.kpi.scope.where.get("stage", ()) if at.kpi.scope else ()
    return named[0] if len(named) == 1 else None


def _ear(stage: Stage | None, whole: int) -> Ear | None:
    """Of the whole journey: whether questions about the whole relationship are asked at no stage in particular."""
    if stage is None:
        return Ear.POST if whole else None
    if stage.listening_posts:
        return Ear.POST
    return Ear.ABSENT if stage.presence == "none" else Ear.SILENT


def worst(stands: Sequence[KpiStand]) -> Standing:
    """The standing that must be seen first."""
    return min((s.standing for s in stands), key=WORST.index)


# ── Sentences ──


def title(found: Coverage, w: Words) -> str:
    """What the matrix shows: where no KPI looks and where nobody listens."""
    unmeasured, unheard = _names(found.unmeasured, w), _names(found.unheard, w)
    if unmeasured and unheard:
        return w("No KPI looks at {unmeasured}; nobody listens at {unheard}", unmeasured=unmeasured, unheard=unheard)
    if unmeasured:
        return w("Every stage is listened to, but no KPI looks at {unmeasured}", unmeasured=unmeasured)
    if unheard:
        return w("Every stage has a KPI, but nobody listens at {unheard}", unheard=unheard)
    return w("Every stage has a KPI, and somebody listens wherever we are")


def _names(stages: Sequence[Stage], w: Words) -> str:
    return join_names([quoted(s.name(w.lang)) for s in stages], w)


def count(stands: Sequence[KpiStand], w: Words) -> str:
    return w("1 KPI") if len(stands) == 1 else w("{count} KPIs", count=len(stands))


def below(stands: Sequence[KpiStand], w: Words) -> str:
    """Under the count: how many are off course, when some are and others are not."""
    off = sum(s.standing is Standing.OFF for s in stands)
    return w("{off} off course", off=off) if 0 < off < len(stands) else ""


def ear_text(column: StageColumn, w: Words) -> str:
    """What the row of listening posts says at a stage."""
    if column.ear is Ear.POST:
        return w("1 question") if column.posts == 1 else w("{count} questions", count=column.posts)
    return w("nobody asks") if column.ear is Ear.SILENT else w("we are not there")


def table(found: Coverage, release: Release, standing: Mapping[Standing, str], w: Words) -> Table:
    """Goal, stage, KPI, where it stands and whether somebody listens there; gaps have a row of their own."""
    columns = (
        Column(w("Goal")),
        Column(w("Journey stage")),
        Column(w("KPI")),
        Column(w("Standing")),
        Column(w("Listening post")),
        Column(w("As of"), Kind.DAY, once=True),
        Column(w("Release"), once=True),
    )
    rows: list[tuple[Cell, ...]] = []
    tail = (release.as_of, release_mark(release.draft, w))
    for goal, cells in zip(found.goals, found.cells):
        for column, stands in zip(found.columns, cells):
            stage = stage_name(column, w)
            heard = ear_text(column, w) if column.ear else None
            for at in stands:
                row = (goal.name(w.lang), stage, at.kpi.name(w.lang), standing[at.standing], heard)
                rows.append((*row, *tail))
            if not stands and column.stage:
                rows.append((goal.name(w.lang), stage, None, w("no KPI"), heard, *tail))
    name = f"coverage-{release.as_of}"
    return Table(name, w("Goals and stages"), columns, tuple(rows), release.as_of, release.draft)


def stage_name(column: StageColumn, w: Words) -> str:
    return column.stage.name(w.lang) if column.stage else w("Whole journey")
