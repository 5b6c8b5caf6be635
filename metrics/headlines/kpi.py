"""One KPI in sentences: what it says, which rule is in force, what to know before trusting it."""

from __future__ import annotations

from datetime import date, timedelta

from metrics.answers import Answer, Row
from metrics.charts.dots import finding as groups_finding
from metrics.charts.dots import name_of
from metrics.charts.parts import finding as why_finding
from metrics.closeup import SUMS, Closeup, Cut
from metrics.headlines.sentence import quoted
from metrics.kpis import BY_ID
from metrics.kpis.metric import Unit
from metrics.labels import change_text, digits_of, dimension_name, join_names, row_text, span_text, target_text
from metrics.periods import WAVE, months_of
from metrics.refusals import reason
from metrics.release import Release
from metrics.standing import KpiStand, Standing
from metrics.strategy.model import CONDITION_VALUES, Local, Strategy
from metrics.words import Words


def headline(found: Closeup, strategy: Strategy, w: Words) -> str:
    """Where the KPI stands and how it moved, in one sentence; says so when that cannot be told."""
    at = found.at
    told = {"kpi": at.kpi.name(w.lang)}
    if at.refused is not None:
        return w("{kpi}: {why}", why=reason(at.refused, w), **told)
    if at.standing is Standing.WITHHELD:
        return w("{kpi} is not cleared for this period.", **told)
    if at.row is None or at.row.value is None:
        return w("{kpi} has no figure for this period yet.", **told)
    if at.target is None:
        return w("{kpi} has no target, so nobody can say whether it is on course.", **told)
    where = _where(found, strategy, w)
    if at.standing is Standing.OFF:
        gap = _gap(at, strategy, w)
        up = at.kpi.direction == "up"
        state = w("{kpi} is {gap} short", gap=gap, **told) if up else w("{kpi} is {gap} too high", gap=gap, **told)
        if where:
            return w("{state}, and {where}.", state=state, where=where)
        trend = _trend(found, w)
        return w("{state}, {trend}.", state=state, trend=trend) if trend else f"{state}."
    if at.standing is Standing.UNSURE:
        return w("We cannot tell yet: the range of {kpi} crosses its target.", kpi=quoted(told["kpi"]))
    if at.standing is Standing.NO_HANDLE:
        return w("{kpi} reaches its target, but nobody holds a lever on it.", **told)
    if at.standing is Standing.WATCH and at.doubt:
        return w(
            "{kpi} reaches its target, but has been measured in another way since {period}.",
            period=w.period(f"{at.doubt.date:%Y-%m}"),
            **told,
        )
    trend = _trend(found, w)
    return w("{kpi} is on course, {trend}.", trend=trend, **told) if trend else w("{kpi} is on course.", **told)


def _gap(at: KpiStand, strategy: Strategy, w: Words) -> str:
    """Distance to the path, with the digits of the figure it is taken from."""
    unit = _unit(at)
    digits = digits_of(unit, at.row.low, at.row.high) if at.row else None
    return change_text(at.gap or 0.0, unit, w, strategy.organisation.currency, signed=False, digits=digits)


def _where(found: Closeup, strategy: Strategy, w: Words) -> str:
    """The one group that misses the target while others reach it, when a breakdown shows that."""
    for cut in found.cuts:
        if cut.answer.request.by[-1] in CONDITION_VALUES:
            continue
        bad = _below(found, cut)
        rows = [r for r in cut.answer.rows if r.value is not None]
        if len(bad) == 1 and len(rows) > 2 and bad[0].dims[-1][1] != ("other",):
            name = name_of(cut.answer, bad[0], strategy, w)
            return w("only {group} misses the target for certain", group=name)
    return ""


def _below(found: Closeup, cut: Cut) -> list[Row]:
    target, up = cut.target, found.at.kpi.direction == "up"
    if target is None:
        return []
    return [
        r
        for r in cut.answer.rows
        if r.low is not None and r.high is not None and (r.high < target if up else r.low > target)
    ]


def _trend(found: Closeup, w: Words) -> str:
    """Better, worse or no clear change since a year ago; empty when there is no year ago."""
    if found.moved is None:
        return ""
    if not found.moved.sure:
        return w("with no clear change in a year")
    better = (found.moved.value > 0) == (found.at.kpi.direction == "up")
    return w("better than a year ago") if better else w("worse than a year ago")


def evidence(found: Closeup, strategy: Strategy, period: str, w: Words) -> str:
    """One to three sentences: the period when it is not the one asked for, the change in a year, what the breakdown
    shows."""
    at, unit, currency = found.at, _unit(found.at), strategy.organisation.currency
    if at.row is None or at.row.value is None:
        return _no_figure(found, w)
    parts = []
    if at.period not in (None, period, WAVE):
        told = {"period": w.period(str(at.period)), "asked": w.period(period)}
        if at.doubt is not None and len(months_of(period)) > 3:
            parts.append(w("Shown for {period}: {asked} holds two definitions, which are never joined.", **told))
        else:
            parts.append(w("Shown for {period}: {asked} has no figure yet.", **told))
    if found.moved and found.before and found.moved.sure:
        size = change_text(found.moved.value, unit, w, currency, signed=False)
        was = row_text(found.before, unit, w, currency)
        since = w.period(found.before.period)
        if found.moved.value > 0:
            parts.append(w("It rose by {change} since {period}, from {was}.", change=size, period=since, was=was))
        else:
            parts.append(w("It fell by {change} since {period}, from {was}.", change=size, period=since, was=was))
    elif at.doubt is not None:
        parts.append(w("Earlier figures were measured in another way, so no change is told."))
    elif found.moved and found.before and at.standing is Standing.UNSURE:
        parts.append(w("Since {period} it shows no clear change.", period=w.period(found.before.period)))
    if found.split and (found.split.split.moved.sure or found.split.split.own.sure):
        why = why_finding(found.split.split, found.split.after, strategy, w)
        parts.append(f"{why}.")
    elif found.cuts:
        parts.append(f"{cut_title(found, found.cuts[0], strategy, w)}.")
    return " ".join(parts)


def _no_figure(found: Closeup, w: Words) -> str:
    last = found.course.last if found.course else None
    if last is not None and last.period != WAVE:
        return w(
            "The last figure is {period}. Choose that period, or wait until this one is closed.",
            period=w.period(last.period),
        )
    return ""


def decision(found: Closeup, release: Release, w: Words) -> list[tuple[str, str]]:
    """What was agreed for a KPI that is off course: what, who and by when."""
    at = found.at
    if at.standing is not Standing.OFF or at.kpi.reading is None:
        return []
    by = date.fromisoformat(release.as_of) + timedelta(at.kpi.reading.within_days)
    who = [at.kpi.owner(w.lang)] if at.kpi.owner else []
    return [(at.kpi.reading.low(w.lang), " · ".join([*who, w("by {day}", day=w.day(by))]))]


def facts(found: Closeup, strategy: Strategy, w: Words) -> list[tuple[str, str]]:
    """Target, goal, owner and counter-KPI as (name, text)."""
    at, unit, currency = found.at, _unit(found.at), strategy.organisation.currency
    rows = []
    if at.aim:
        text = w(
            "{value} by {month}",
            value=target_text(at.aim.value, unit, w, currency),
            month=w.period(f"{at.aim.by:%Y-%m}"),
        )
        if at.gap is not None and at.gap > 0:
            text += "; " + w("{gap} behind the path", gap=_gap(at, strategy, w))
        rows.append((w("Target"), text))
    else:
        rows.append((w("Target"), w("none declared")))
    goal = next((g for g in strategy.goals if g.id == at.kpi.goal), None)
    if goal:
        rows.append((w("Serves"), goal.name(w.lang)))
    if at.kpi.owner:
        rows.append((w("Owner"), at.kpi.owner(w.lang)))
    if found.counter:
        rows.append((w("Counter-KPI"), found.counter.kpi.name(w.lang)))
    return rows


def figure_line(found: Closeup, strategy: Strategy, w: Words) -> str:
    """Interval, n and period under the large value."""
    row, unit = found.at.row, _unit(found.at)
    if row is None or row.value is None:
        return ""
    span = span_text(row.low, row.high, unit, w)
    parts = [w("95% interval {span}", span=span)] if span else []
    if row.n is not None:
        recorded = BY_ID[found.at.kpi.metric].fact == "series"
        if not recorded:
            parts.append(f"n = {w.number(row.n)}")
        elif row.n > 1:
            parts.append(w("mean of {n} months", n=w.number(row.n)))
    return ", ".join([*parts, w.period(row.period)])


def rule(found: Closeup, w: Words) -> tuple[str, str]:
    """The reading rule in force, as heading and text."""
    at = found.at
    if at.kpi.reading is None:
        return w("No rule is agreed"), w("Nobody has said what to do when this KPI is poor or good.")
    if at.standing is Standing.OFF:
        return w("In force now: the result is poor"), _said(at.kpi.reading.low, w)
    if at.standing in (Standing.ON, Standing.WATCH, Standing.NO_HANDLE):
        return w("In force now: the result is good"), _said(at.kpi.reading.high, w)
    return w("No rule in force yet"), w(
        "When poor: {low} When good: {high}", low=_said(at.kpi.reading.low, w), high=_said(at.kpi.reading.high, w)
    )


def _said(text: Local, w: Words) -> str:
    said = text(w.lang).strip()
    return said if said.endswith((".", "?")) else said + "."


def levers(found: Closeup, w: Words) -> str:
    kinds = {"policy": w("policy"), "behaviour": w("behaviour"), "process": w("process")}
    told = [f"{lever.name(w.lang)} ({kinds[lever.kind]})" for lever in found.at.kpi.levers]
    return " · ".join(told) if told else w("None: a number without a handle cannot be on course.")


def course_line(answer: Answer, w: Words) -> str:
    """Subtitle of the trend: what the line, its band and the grey field are."""
    unit = {
        Unit.PERCENT: w("% with 95% interval"),
        Unit.POINTS: w("points with 95% interval"),
        Unit.SCORE: w("mean with 95% interval"),
        Unit.HOURS: w("hours with 95% interval"),
        Unit.MONEY: w("in money of the day"),
        Unit.COUNT: w("count"),
    }[answer.unit]
    months = all("-" in r.period and r.period[5].isdigit() for r in answer.rows)
    by = w("By month") if months else w("By published period")
    return w("{by}, {unit}. Grey: control limits, new after each change of measurement.", by=by, unit=unit)


def cut_title(found: Closeup, cut: Cut, strategy: Strategy, w: Words) -> str:
    if cut.answer.unit in SUMS:
        return _largest(cut, strategy, w)
    return groups_finding(cut.answer, found.at.kpi.direction, cut.target, strategy, w)


def _largest(cut: Cut, strategy: Strategy, w: Words) -> str:
    """Of sums the group that makes most of the whole."""
    rows = [r for r in cut.answer.rows if r.value is not None]
    whole = sum(r.value or 0.0 for r in rows)
    if not whole:
        return groups_finding(cut.answer, "up", None, strategy, w)
    top = max(rows, key=lambda r: r.value or 0.0)
    share = w.percent(100 * (top.value or 0.0) / whole, 0)
    return w("{group} makes {share} of what is shown", group=name_of(cut.answer, top, strategy, w), share=share)


def cut_line(cut: Cut, strategy: Strategy, period: str, w: Words) -> str:
    """Subtitle of a breakdown: the question its view answers, the dimension and the period."""
    asked = cut.view.question(w.lang)
    name = dimension_name(strategy, cut.answer.request.by[-1], w)
    text = f"{asked} {name}, {w.period(period)}."
    if any(r.pooled for r in cut.answer.rows):
        text += " " + w("Broken bar: pooled.")
    return text


def more_line(count: int, w: Words) -> str:
    """The line that opens to the breakdowns not drawn yet."""
    return w("1 more breakdown") if count == 1 else w("{count} more breakdowns", count=count)


def why_line(found: Closeup, w: Words) -> str:
    """Subtitle of the split: the two periods."""
    if found.split is None:
        return ""
    split = found.split.split
    now, then = w.period(split.after.period), w.period(split.before.period)
    return w("Points, {now} against {before}", now=now, before=then)


def what_it_is(found: Closeup, release: Release, w: Words) -> list[str]:
    """Definition, question, formula, intervals and sources, a paragraph each."""
    kpi, metric = found.at.kpi, BY_ID[found.at.kpi.metric]
    strategy = release.strategy
    parts = [w(metric.definition)]
    question = next((q for q in strategy.questions if q.id == kpi.of.get("question")), None)
    if question:
        low, high = question.scale
        parts.append(w("Question: {text} ({low} to {high})", text=question.text(w.lang), low=low, high=high))
    if kpi.scope:
        named = [
            join_names([{v: n(w.lang) for v, n in strategy.values(d)}.get(x, x) for x in values], w)
            for d, values in kpi.scope.where.items()
        ]
        parts.append(w("Read only for: {groups}.", groups="; ".join(named)))
    parts.append(w("Formula: {formula}", formula=w(metric.formula)))
    if metric.fact == "series":
        parts.append(w("After the company’s own records; they come without an interval."))
    else:
        parts.append(w("After: {source}. All intervals are 95%.", source=metric.source))
    day = w.day(date.fromisoformat(release.as_of))
    parts.append(w("Read from the company’s own files, as of {day}.", day=day))
    return parts


def _unit(at: KpiStand) -> Unit:
    return BY_ID[at.kpi.metric].unit_of(at.kpi.of)
