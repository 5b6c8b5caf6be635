"""The strategy page in sentences: are we on course, what says so, what needs a decision now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from metrics.answers import Answer, Grain, Request, Row, ask, block_periods
from metrics.change import Change, change
from metrics.charts.trend import finding
from metrics.errors import Refusal
from metrics.headlines.sentence import number_word
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.labels import row_text, span_text, value_text
from metrics.periods import WAVE, last_day, months_of, year_before
from metrics.release import Release
from metrics.standing import KpiStand, Standing, figure, mixed, stand
from metrics.strategy.history import dated_events
from metrics.strategy.model import KPI, Goal
from metrics.words import Words


@dataclass(frozen=True)
class Course:
    """Where the loyalty outcome stands in a period, how it moved in a year, and what the stated score did meanwhile.
    ``at`` is None when the strategy declares no outcome."""

    at: KpiStand | None
    before: Row | None
    moved: Change | None
    said: KpiStand | None
    said_moved: Change | None
    goals: tuple[GoalStand, ...]


@dataclass(frozen=True)
class GoalStand:
    """A goal with the KPI on its card, where all its KPIs stand, how many they are and how many are off course."""

    goal: Goal
    card: KpiStand | None
    kpis: int
    off: int
    stands: tuple[KpiStand, ...] = ()


def course(release: Release, period: str) -> Course:
    """What the strategy page rests on, for a period."""
    loyalty = release.strategy.loyalty
    at = stand(release, loyalty.outcome, own_period(release, loyalty.outcome, period)) if loyalty.outcome else None
    said = stand(release, loyalty.stated, own_period(release, loyalty.stated, period)) if loyalty.stated else None
    before = _year_before(release, at)
    return Course(
        at, before, _moved(before, at), said, _moved(_year_before(release, said), said), goals(release, period)
    )


def own_period(release: Release, kpi: str, period: str) -> str:
    """The period, or the KPI's last one before it when its figures close later."""
    blocks = block_periods(release, kpi)
    if WAVE in blocks or period == WAVE:
        return period
    months = {m for b in blocks for m in months_of(b)}
    if set(months_of(period)) <= months and not mixed(release, kpi, period):
        return period
    series = [r.period for r in trend(release, kpi, period).rows if r.value is not None]
    return series[-1] if series else period


def _year_before(release: Release, at: KpiStand | None) -> Row | None:
    if at is None or at.row is None or at.period in (None, WAVE):
        return None
    try:
        return figure(release, at.kpi.id, year_before(str(at.period)))
    except Refusal:
        return None


def _moved(before: Row | None, at: KpiStand | None) -> Change | None:
    return change(before, at.row) if before and at and at.row else None


def trend(release: Release, kpi: str, period: str) -> Answer:
    """A KPI's course up to the end of a period, by quarter, or by its blocks where they are longer.

    Raises Refusal when the build refused the KPI."""
    blocks = block_periods(release, kpi)
    long = any(b == WAVE or len(months_of(b)) > 3 for b in blocks)
    months = months_of(period)
    end = months[-1] if months and WAVE not in blocks else None
    return ask(release, Request(kpi, end=end, grain=Grain.BLOCK if long else Grain.QUARTER, blocks=long))


def goals(release: Release, period: str) -> tuple[GoalStand, ...]:
    """Goals in declared order with where they stand."""
    strategy = release.strategy
    found = []
    for goal in strategy.goals:
        mine = [k for k in strategy.kpis if k.goal == goal.id]
        stands = {k.id: stand(release, k.id, own_period(release, k.id, period)) for k in mine}
        card = goal.kpi or next((k.id for k in mine), None)
        off = sum(s.standing is Standing.OFF for s in stands.values())
        found.append(GoalStand(goal, stands.get(card) if card else None, len(mine), off, tuple(stands.values())))
    return tuple(found)


# ── Sentences ──


def headline(found: Course, w: Words) -> str:
    """The page's question answered: are we on course?"""
    if found.at is None:
        return w("The strategy names no loyalty outcome, so there is no course to be on.")
    if found.at.row is None or found.at.row.value is None:
        return w("We cannot tell yet: loyalty has no figure in this period.")
    state = _state(found.at, w)
    told = _behaviour(found.at, found.moved, w)
    contrast = _contrast(found, w)
    good = found.at.standing in (Standing.ON, Standing.WATCH, Standing.NO_HANDLE)
    if good and _better(found.at.kpi, found.moved) is False:
        return w("{state}, but {behaviour}.", state=state, behaviour=told)
    if contrast:
        return w("{state}: {behaviour}, {contrast}.", state=state, behaviour=told, contrast=contrast)
    return w("{state}: {behaviour}.", state=state, behaviour=told)


def _state(at: KpiStand, w: Words) -> str:
    return {
        Standing.ON: w("On course"),
        Standing.WATCH: w("On course, with a doubt"),
        Standing.OFF: w("Off course"),
        Standing.UNSURE: w("Not sure yet"),
        Standing.NO_HANDLE: w("On course, but nobody holds a lever"),
        Standing.WITHHELD: w("Withheld"),
    }[at.standing]


def _behaviour(at: KpiStand, moved: Change | None, w: Words) -> str:
    better = _better(at.kpi, moved)
    returns = BY_ID[at.kpi.metric].id in ("repurchase", "retention")
    name = at.kpi.name(w.lang)
    if better is None and at.standing is Standing.OFF:
        return w("fewer customers come back than we aim for") if returns else w("{kpi} misses its path", kpi=name)
    if moved is None:
        return w("{kpi} has no year before to compare with", kpi=name)
    if better is None:
        return w("the change in a year is within chance")
    if returns:
        return w("more customers come back") if better else w("fewer customers come back")
    return w("{kpi} is better than a year ago", kpi=name) if better else w("{kpi} is worse than a year ago", kpi=name)


def _contrast(found: Course, w: Words) -> str:
    """What the score says, when it moved for certain. Only those who were asked can say anything."""
    if found.said is None or found.at is None:
        return ""
    better, return_better = _better(found.said.kpi, found.said_moved), _better(found.at.kpi, found.moved)
    if better is None:
        return ""
    recommends = BY_ID[found.said.kpi.metric].id == "nps"
    against = return_better is not None and better != return_better
    off = found.at.standing is Standing.OFF
    if recommends and better:
        return (
            w("although more of those asked would recommend us")
            if against or off
            else w("and more of those asked would recommend us")
        )
    if recommends:
        return (
            w("although fewer of those asked would recommend us")
            if against
            else w("and fewer of those asked would recommend us")
        )
    name = found.said.kpi.name(w.lang)
    if against:
        return w("although {kpi} rose", kpi=name) if better else w("although {kpi} fell", kpi=name)
    return w("and {kpi} rose", kpi=name) if better else w("and {kpi} fell", kpi=name)


def _better(kpi: KPI, moved: Change | None) -> bool | None:
    """True or False when the change is sure, None when it is not."""
    if moved is None or not moved.sure:
        return None
    return (moved.value > 0) == (kpi.direction == "up")


def evidence(found: Course, release: Release, w: Words) -> str:
    """One to four sentences under the headline: figure, year before, target, goals."""
    parts = []
    at = found.at
    if at and at.row and at.row.value is not None:
        parts.append(_figure(at, release, w))
        unit, currency = unit_of(at.kpi), release.strategy.organisation.currency
        if found.before and found.before.value is not None:
            parts.append(w("A year before it was {value}.", value=row_text(found.before, unit, w, currency)))
        if at.aim:
            parts.append(
                w(
                    "The target is {value} by {month}.",
                    value=value_text(at.aim.value, unit, w, currency),
                    month=w.period(f"{at.aim.by:%Y-%m}"),
                )
            )
    parts.append(_goals(found, w))
    return " ".join(parts)


def _figure(at: KpiStand, release: Release, w: Words) -> str:
    row, unit = at.row, unit_of(at.kpi)
    assert row is not None
    told = {
        "period": w.period(row.period),
        "value": row_text(row, unit, w, release.strategy.organisation.currency),
        "span": span_text(row.low, row.high, unit, w),
    }
    if at.kpi.metric == "repurchase":
        days = BY_ID[at.kpi.metric].given(at.kpi.of)["days"]
        return w(
            "Of customers who first bought in {period}, {value} bought again within {days} days ({span}).",
            days=days,
            **told,
        )
    if not told["span"]:
        return w("{kpi} in {period}: {value}.", kpi=at.kpi.name(w.lang), period=told["period"], value=told["value"])
    return w("{kpi} in {period}: {value} ({span}).", kpi=at.kpi.name(w.lang), **told)


def _goals(found: Course, w: Words) -> str:
    total = len(found.goals)
    on = sum(g.card is not None and g.card.standing is Standing.ON for g in found.goals)
    if total == 1:
        return w("Its one goal is on course.") if on else w("Its one goal is not on course yet.")
    if on == total:
        return w("All goals are on course.")
    if on == 0:
        return w("None of the {total} goals is on course.", total=number_word(total, w))
    if on == 1:
        return w("One of {total} goals is on course.", total=number_word(total, w))
    return w("{on} of {total} goals are on course.", on=number_word(on, w).capitalize(), total=number_word(total, w))


# ── Charts' words ──


def stated_title(found: Course, answer: Answer, release: Release, w: Words) -> str:
    """Title of the stated score's chart: what it says beside behaviour, and whether it is in doubt."""
    if found.said is None:
        return ""
    better = _better(found.said.kpi, found.said_moved)
    returned = _better(found.at.kpi, found.moved) if found.at else None
    if better is not None and returned is not None and better != returned:
        return (
            w("The score says the opposite, and is in doubt") if found.said.doubt else w("The score says the opposite")
        )
    if found.said.doubt:
        return w("The score is in doubt")
    return finding(answer, dated_events(release.strategy), w)


def n_line(answer: Answer, release: Release, w: Words) -> str:
    """n of the last figure, and whether later periods are still open (not when the reader chose an earlier one)."""
    last = answer.last
    if last is None or last.n is None:
        return ""
    text = w("n = {n} in {period}.", n=w.number(last.n), period=w.period(last.period))
    data_to = release.meta.get("data_to", "")
    if last.period == WAVE or not data_to:
        return text
    published = {m for b in block_periods(release, answer.kpi) for m in months_of(b)}
    later = any(m > months_of(last.period)[-1] for m in published)
    if not later and last_day(last.period) < date.fromisoformat(data_to):
        text += " " + w("Later periods are not closed yet and are not shown.")
    return text


def measure_line(answer: Answer, w: Words, kpi: KPI) -> str:
    """Subtitle of a chart: the KPI, its unit, its period length, what the band is."""
    unit = {
        Unit.PERCENT: w("% with 95% interval"),
        Unit.POINTS: w("points with 95% interval"),
        Unit.SCORE: w("mean with 95% interval"),
    }.get(unit_of(kpi), "")
    by = w("by quarter") if answer.grain == Grain.QUARTER.value else w("by published period")
    return ", ".join(p for p in (kpi.name(w.lang), by, unit) if p)


def unit_of(kpi: KPI) -> Unit:
    """The unit a KPI's figures are in."""
    return BY_ID[kpi.metric].unit_of(kpi.of)
