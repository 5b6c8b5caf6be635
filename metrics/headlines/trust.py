"""What to know before trusting a KPI: n, measurement, withheld periods, coverage, rows set aside, counter-KPI."""

from __future__ import annotations

from metrics.answers import Status
from metrics.charts.dots import name_of
from metrics.closeup import Closeup
from metrics.headlines.covers import WHOLE, share_text
from metrics.periods import WAVE
from metrics.standing import Standing
from metrics.strategy.model import Strategy
from metrics.words import Words

COVERED = 0.9
"""Below this share of rows a breakdown leaves much out."""
SET_ASIDE = 0.01
"""Above this share of source rows set aside the figure is worth a doubt."""


def trust(found: Closeup, strategy: Strategy, w: Words) -> list[tuple[Standing, str]]:
    """What to know before trusting the number: each sentence with the standing whose icon it carries."""
    good, warn = Standing.ON, Standing.WATCH
    row = found.at.row
    marks: list[tuple[Standing, str]] = []
    if row is not None and row.n is not None and row.low is not None:
        n = w.number(row.n)
        if row.status is Status.FIRM:
            marks.append((good, w("n = {n} in {period}: enough to be firm", n=n, period=w.period(row.period))))
        else:
            marks.append((warn, w("Only {n} in {period}: indicative, not firm", n=n, period=w.period(row.period))))
    marks.append(_measured(found, w))
    if found.course is not None:
        held = sum(r.value is None for r in found.course.rows)
        marks.append(
            (good, w("Every period of its course is cleared"))
            if not held
            else (warn, w("{n} of {all} periods of its course are not cleared", n=held, all=len(found.course.rows)))
        )
    marks += _cover(found, strategy, w)
    rows, rejected = found.rejected
    if rows:
        share = w.percent(100 * rejected / rows)
        told = {"n": w.number(rejected), "all": w.number(rows), "share": share}
        text = (
            w("{n} of about {all} source rows were set aside ({share})", **told)
            if rejected
            else w("No source row was set aside")
        )
        marks.append((warn if rejected > SET_ASIDE * rows else good, text))
    if found.counter is not None:
        name = found.counter.kpi.name(w.lang)
        off = found.counter.standing is Standing.OFF
        text = (
            w("Its counter-KPI is off course: {kpi}", kpi=name)
            if off
            else w("Its counter-KPI is not off course: {kpi}", kpi=name)
        )
        marks.append((warn if off else good, text))
    return marks


def _measured(found: Closeup, w: Words) -> tuple[Standing, str]:
    at = found.at
    if at.doubt:
        since = w.day(at.doubt.date)
        return Standing.WATCH, w("Measured in another way since {day}: {event}", day=since, event=at.doubt.name(w.lang))
    first = next((r.period for r in found.course.rows if r.period != WAVE), None) if found.course else None
    if first is None:
        return Standing.ON, w("No change of its measurement is declared")
    return Standing.ON, w("No change of its measurement is declared since {period}", period=w.period(first))


def _cover(found: Closeup, strategy: Strategy, w: Words) -> list[tuple[Standing, str]]:
    marks = []
    covers = [c.answer.coverage for c in found.cuts if c.answer.coverage is not None]
    if covers:
        least = min(covers)
        share = share_text(least, w)
        if least >= WHOLE:
            marks.append((Standing.ON, w("Its breakdowns show all its rows")))
        else:
            standing = Standing.ON if least >= COVERED else Standing.WATCH
            marks.append((standing, w("Its breakdowns show at least {share} of its rows", share=share)))
    pooled = dict.fromkeys(
        name_of(c.answer, r, strategy, w) for c in found.cuts for r in c.answer.rows if r.pooled and r.value is not None
    )
    if pooled:
        marks.append((Standing.ON, w("Always shown together: {groups}", groups="; ".join(pooled))))
    return marks
