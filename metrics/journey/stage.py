"""One stage of the journey opened: its KPIs, the six service levels, and what people complain about."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.answers import Answer, Request, Row, ask
from metrics.errors import Refusal
from metrics.journey.map import Journey, StageSight, asked, complaints_kpi, stage_kpis, stand_of, total
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.periods import WAVE
from metrics.release import Release
from metrics.standing import KpiStand, Standing
from metrics.strategy.model import KPI, Stage

LEVELS = ("l1", "l2", "l3", "l4", "l5", "l6")


def levels(release: Release, period: str) -> tuple[tuple[tuple[Stage, Row | None], ...], tuple[Answer, ...]]:
    """Answers on the six service levels by stage, with the answers they are from: a row where they are asked, None
    where the company is present, counts what passes and asks nothing. ((), ()) without such a KPI."""
    found: dict[str, Row] = {}
    answers: list[Answer] = []
    for kpi in (k for k in release.strategy.kpis if k.metric == "ladder"):
        by = () if kpi.scope else ("stage",)
        answer = asked(release, kpi.id, by, (), period)
        rows = [r for r in answer.rows if r.value is not None] if answer else []
        stages = [(kpi.stage,) if kpi.scope and kpi.stage else r.values("stage") for r in rows]
        fits = [(s[0], r) for s, r in zip(stages, rows) if len(s) == 1]
        if answer and fits:
            answers.append(answer)
            found = {**dict(fits), **found}
    if not found:
        return (), ()
    silent = {s.id for s in release.strategy.journey if s.presence == "present" and not s.listening_posts and s.volume}
    stages_shown = [s for s in release.strategy.journey if s.id in found or s.id in silent]
    return tuple((s, found.get(s.id)) for s in stages_shown), tuple(answers)


def level_shares(row: Row) -> tuple[float, ...]:
    """Share of answers at each of the six levels, 0 to 100."""
    sums = dict(row.sums)
    return tuple(100 * sums.get(level, 0.0) / sums["n"] for level in LEVELS)


@dataclass(frozen=True)
class Detail:
    """One stage opened. ``stands``: its own KPIs; ``others``: KPIs of the whole company, read at this stage.
    ``by_channel``: the stage's measure by channel."""

    sight: StageSight
    stands: tuple[KpiStand, ...]
    others: tuple[tuple[KPI, Row], ...]
    levels: Row | None
    answers: tuple[Answer, ...]


def detail(release: Release, whole: Journey, stage: str) -> Detail:
    """What is known about a stage. Raises KeyError for a stage the journey does not have."""
    sight = next((s for s in whole.stages if s.stage.id == stage), None)
    if sight is None:
        raise KeyError(stage)
    stands = tuple(stand_of(release, k, whole.period)[0] for k in stage_kpis(release.strategy, sight.stage))
    others: list[tuple[KPI, Row]] = []
    told = (asked(release, s.kpi.id, (), (), s.period) for s in stands if s.period and s.row)
    answers = [a for a in (*told, sight.answer) if a]
    for kpi in release.strategy.kpis:
        if kpi.scope or kpi.stage == stage or BY_ID[kpi.metric].fact not in ("contacts", "answers", "invitations"):
            continue
        answer = asked(release, kpi.id, ("stage",), (("stage", stage),), whole.period)
        row = answer.rows[0] if answer and len(answer.rows) == 1 else None
        if answer and row and row.value is not None and row.values("stage") == (stage,):
            others.append((kpi, row))
            answers.append(answer)
    level = next((r for s, r in levels(release, whole.period)[0] if s.id == stage), None)
    return Detail(sight, stands, tuple(others), level, tuple(answers))


@dataclass(frozen=True)
class Topic:
    """Complaints of one cell of topics: ``share`` of all complaints, 0 to 100."""

    values: tuple[str, ...]
    share: float
    count: int


def topics(release: Release, period: str) -> tuple[Answer | None, tuple[Topic, ...]]:
    """Complaints by topic, most first, with the answer they are from; (None, ()) where complaints have no topic."""
    kpi = complaints_kpi(release)
    answer = asked(release, kpi.id, ("topic",), (), period) if kpi else None
    all_of_them = total(release, kpi.id, period) if kpi else None
    whole = dict(all_of_them.sums).get("complaints", 0.0) if all_of_them else 0.0
    if not answer or not whole:
        return None, ()
    counts = [(r.values("topic"), dict(r.sums)["complaints"]) for r in answer.rows if r.value is not None]
    found = [Topic(values, 100 * count / whole, round(count)) for values, count in counts]
    return answer, tuple(sorted(found, key=lambda t: -t.share))


@dataclass(frozen=True)
class Pair:
    """A stage where what was done and what was felt are both shares: two series over all time."""

    stage: Stage
    done: Answer
    felt: Answer


def pair(release: Release, whole: Journey) -> Pair | None:
    """The stage whose operation stands beside its experience: the first one off course, else the first one that has
    both; None where no stage has. Promises kept come before other operational shares."""
    found: list[tuple[bool, Pair]] = []
    for sight in whole.stages:
        felt = sight.at.kpi if sight.at else None
        if felt is None or BY_ID[felt.metric].fact != "answers" or _unit(felt) is not Unit.PERCENT:
            continue
        others = [k for k in stage_kpis(release.strategy, sight.stage) if k.direction == "up" and not k.scope]
        others = [k for k in others if BY_ID[k.metric].fact in ("orders", "contacts") and _unit(k) is Unit.PERCENT]
        others.sort(key=lambda k: k.metric not in ("on_time", "promise_kept"))
        series = [series_of(release, k.id) for k in (*others[:1], felt)]
        if len(series) == 2 and series[0] and series[1]:
            off = sight.at is not None and sight.at.standing is Standing.OFF
            found.append((off, Pair(sight.stage, series[0], series[1])))
    best = next((p for off, p in found if off), None)
    return best or (found[0][1] if found else None)


def _unit(kpi: KPI) -> Unit:
    return BY_ID[kpi.metric].unit_of(kpi.of)


def series_of(release: Release, kpi: str) -> Answer | None:
    """A KPI over all its periods, None where fewer than two stand or it is refused."""
    try:
        answer = ask(release, Request(kpi))
    except Refusal:
        return None
    return answer if sum(r.value is not None and r.period != WAVE for r in answer.rows) >= 2 else None
