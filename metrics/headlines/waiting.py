"""What waits for a decision, in sentences: who decides what by when, and why a figure is in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from metrics.change import change
from metrics.decisions import Decision, decisions
from metrics.errors import Refusal
from metrics.headlines.sentence import lower
from metrics.headlines.strategy import own_period, unit_of
from metrics.labels import row_text, value_text
from metrics.periods import WAVE
from metrics.release import Release
from metrics.standing import KpiStand, Standing, figure, stand
from metrics.strategy.model import KPI
from metrics.words import Words

MOST_NOW = 3
MOST_WAITING = 8


@dataclass(frozen=True)
class Waiting:
    """A line of "Waiting for a decision": ``about`` is a KPI or a stage, ``by`` the day."""

    about: str
    standing: Standing
    title: str
    detail: str
    owner: str
    by: str


def now(release: Release, period: str, w: Words) -> list[tuple[str, str]]:
    """At most three decisions as (what, who and by when): the two most urgent of KPIs and one of a silent stage."""
    every = decisions(release, period)
    about_kpis = [d for d in every if d.stand]
    silent = sorted((d for d in every if d.stage), key=lambda d: d.stage is None or d.stage.volume is None)
    chosen = [*about_kpis[: MOST_NOW - min(1, len(silent))], *silent[:1]]
    chosen += [d for d in (*about_kpis, *silent) if d not in chosen]
    return [(_what(d, w), _who(d, w)) for d in chosen[:MOST_NOW]]


def _what(decision: Decision, w: Words) -> str:
    if decision.stage:
        return w("Place a listening post at {stage}.", stage=decision.stage.name(w.lang))
    return decision.text(w.lang) if decision.text else ""


def _who(decision: Decision, w: Words) -> str:
    by = w("by {day}", day=w.day(decision.by))
    return f"{decision.owner(w.lang)} · {by}" if decision.owner else by


def waiting(release: Release, period: str, w: Words) -> tuple[list[Waiting], int]:
    """Everything that waits for a decision, and how many more there are than are listed: KPIs off course, silent
    stages, scores in doubt, KPIs without a lever."""
    as_of = date.fromisoformat(release.as_of)
    found: list[Waiting] = []
    for d in decisions(release, period):
        owner = d.owner(w.lang) if d.owner else ""
        by = w("by {day}", day=w.day(d.by))
        if d.stand:
            found.append(
                Waiting(d.about, Standing.OFF, d.stand.kpi.name(w.lang), _against(d.stand, release, w), owner, by)
            )
        elif d.stage:
            title = w("Nobody listens at {stage}", stage=lower(d.stage.name(w.lang)))
            detail = w("Customers are here, and no question is asked.")
            found.append(Waiting(d.about, Standing.UNSURE, title, detail, owner, by))
    for kpi in release.strategy.kpis:
        at = stand(release, kpi.id, own_period(release, kpi.id, period))
        owner = kpi.owner(w.lang) if kpi.owner else ""
        by = w("by {day}", day=w.day(_within(as_of, kpi)))
        if at.doubt and at.standing in (Standing.WATCH, Standing.UNSURE):
            title = w("{kpi} cannot be trusted as it is", kpi=kpi.name(w.lang))
            found.append(Waiting(kpi.id, Standing.WATCH, title, doubt_text(at, release, w), owner, by))
        elif at.standing is Standing.NO_HANDLE:
            title = w("{kpi} has no lever", kpi=kpi.name(w.lang))
            detail = w("A number without a handle cannot be on course.")
            found.append(Waiting(kpi.id, Standing.NO_HANDLE, title, detail, owner, by))
    shown = _mixed(found)
    return shown, len(found) - len(shown)


def _mixed(found: list[Waiting]) -> list[Waiting]:
    """Of a long list the first ones of every kind, so that off-course KPIs do not push the rest out."""
    if len(found) <= MOST_WAITING:
        return found
    off = [f for f in found if f.standing is Standing.OFF]
    rest = [f for f in found if f.standing is not Standing.OFF]
    few = rest[: MOST_WAITING // 2]
    return [*off[: MOST_WAITING - len(few)], *few]


def _within(as_of: date, kpi: KPI) -> date:
    return date.fromordinal(as_of.toordinal() + (kpi.reading.within_days if kpi.reading else 30))


def _against(at: KpiStand, release: Release, w: Words) -> str:
    unit, currency = unit_of(at.kpi), release.strategy.organisation.currency
    value = row_text(at.row, unit, w, currency)
    target = value_text(at.target, unit, w, currency)
    rule = at.kpi.reading.low(w.lang) if at.kpi.reading else ""
    return w("{value} against {target} aimed at. {rule}", value=value, target=target, rule=rule).strip()


def doubt_text(at: KpiStand, release: Release, w: Words) -> str:
    """Why a figure is in doubt: the declared change of its measurement, and what its counter-KPI did meanwhile."""
    if at.doubt is None:
        return ""
    parts = [
        w("{event} ({day}): earlier figures do not compare.", event=at.doubt.name(w.lang), day=w.day(at.doubt.date))
    ]
    counter = at.kpi.counter
    if counter and at.period and at.period != WAVE:
        try:
            now_row = figure(release, counter, at.period)
            then = figure(release, counter, _before_event(at))
        except (Refusal, ValueError):
            now_row = then = None
        moved = change(then, now_row) if then and now_row else None
        if moved and moved.sure and then and now_row:
            kpi = release.strategy.kpi(counter)
            unit = unit_of(kpi)
            parts.append(
                w(
                    "{kpi} went from {before} to {after} meanwhile.",
                    kpi=kpi.name(w.lang),
                    before=row_text(then, unit, w),
                    after=row_text(now_row, unit, w),
                )
            )
    return " ".join(parts)


def _before_event(at: KpiStand) -> str:
    """The quarter before the one in which the measurement changed."""
    assert at.doubt is not None
    month = at.doubt.date.year * 12 + at.doubt.date.month - 1 - 3
    return f"{month // 12}-Q{month % 12 // 3 + 1}"
