"""A KPI over time: line with its interval, path to the target, control limits, declared events, gaps drawn as gaps."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from itertools import groupby, pairwise
from typing import Any

from metrics.answers import Answer, Row
from metrics.change import change
from metrics.charts.layout import (
    Figure,
    axis,
    band,
    hover,
    layout,
    line,
    nice_ticks,
    safe,
    spread,
    text,
    thin,
    tick_texts,
    whiskers,
)
from metrics.charts.limits import Field, fields, stretches
from metrics.charts.tokens import Tokens, faded
from metrics.labels import change_text, row_text
from metrics.periods import WAVE, last_day, months_of, year_before
from metrics.standing import path
from metrics.strategy.model import KPI, Event
from metrics.words import Words

HEIGHT = 290
LABEL_ROOM = 300
"""Width in pixels that event names must fit into, that of a phone; else they are numbered and listed below."""


def events_of(answer: Answer, events: Sequence[Event]) -> list[Event]:
    """Declared events of this KPI inside the time that is shown, in order."""
    months = [m for r in answer.rows for m in months_of(r.period)]
    if not months:
        return []
    first, last = date.fromisoformat(min(months) + "-01"), last_day(max(months))
    mine = [e for e in events if (not e.kpis or answer.kpi in e.kpis) and first <= e.date <= last]
    return sorted(mine, key=lambda e: e.date)


def event_list(answer: Answer, events: Sequence[Event], w: Words) -> list[tuple[int, str]]:
    """Numbers and names of the events when their names do not fit over the figure; empty when they do."""
    shown = events_of(answer, events)
    if _names_fit(shown, answer, w):
        return []
    return [(i, f"{e.name(w.lang)} ({w.day(e.date)})") for i, e in enumerate(shown, 1)]


def figure(answer: Answer, kpi: KPI, events: Sequence[Event], w: Words, tokens: Tokens) -> Figure:
    """A line over the rows of an answer without breakdown, as a plain Plotly figure of fixed height.

    The line is cut, and the limits start anew, where the measurement was redefined or the pool of the cell changed;
    the limits alone start anew after a declared step. A withheld period is a hatched field, a missing one a dashed
    box."""
    rows = [r for r in answer.rows if r.period != WAVE] or list(answer.rows)
    xs = {r.period: _x(r.period) for r in rows}
    shown = events_of(answer, events)
    runs = stretches(rows, shown)
    targets = [(xs[r.period], path(kpi, last_day(r.period))) for r in rows if r.period != WAVE]
    aimed = [(x, t) for x, t in targets if t is not None]
    limits = [field for run in runs for field in fields(run, shown)]
    heights = [v for r in rows for v in (r.value, r.low, r.high) if v is not None]
    heights += [t for _, t in aimed] + [v for f in limits for v in (f.limits.low, f.limits.high)]
    low, high = spread(heights or [0.0, 1.0], answer.unit)
    ticks = nice_ticks(low, high)
    half = _half(rows)
    left, right = min(xs.values(), default=0.0) - half, max(xs.values(), default=1.0) + half

    names = tick_texts(ticks, answer.unit, w)
    drawn = layout(tokens, w, HEIGHT, (46, 74, 30, max(46, 14 + round(6.5 * max(map(len, names))))))
    drawn["hovermode"] = "x"
    drawn["xaxis"] = axis(tokens, False, left, right, *_dates(rows, xs, w))
    drawn["yaxis"] = axis(tokens, True, low, high, ticks, names)
    data: list[Figure] = []
    for field in limits:
        _field(drawn, field, xs[field.rows[0].period] - half, xs[field.rows[-1].period] + half, tokens)
    for run in runs:
        data += _run(run, xs, answer, w, tokens)
    _gaps(drawn, data, rows, xs, half, low, high, w, tokens)
    if aimed:
        data.append(_line([x for x, _ in aimed], [t for _, t in aimed], tokens.ink, 1.3, dash="7px,4px"))
    _ends(drawn, rows, xs, aimed, answer, (low, high), w, tokens)
    _events(drawn, data, shown, high, _names_fit(shown, answer, w), w, tokens)
    return {"data": data, "layout": drawn}


def _x(period: str) -> float:
    """Place of a period: months count, the middle of a month is a whole number."""
    months = months_of(period)
    if not months:
        return 0.0
    year, month = (int(p) for p in months[0].split("-"))
    return year * 12 + month - 1 + (len(months) - 1) / 2


def _x_of_day(day: date) -> float:
    return day.year * 12 + day.month - 1 + (day.day - 0.5) / monthrange(day.year, day.month)[1] - 0.5


def _half(rows: Sequence[Row]) -> float:
    return max((len(months_of(r.period)) for r in rows), default=1) / 2 or 0.5


def _dates(rows: Sequence[Row], xs: dict[str, float], w: Words) -> tuple[list[float], list[str]]:
    """At most five dates under the line, the last one always."""
    periods = [r.period for r in rows]
    step = max(1, -(-len(periods) // 5))
    chosen = periods[::step]
    if periods and periods[-1] not in chosen:
        if periods.index(chosen[-1]) > len(periods) - 1 - 0.7 * step:
            chosen = chosen[:-1]
        chosen.append(periods[-1])
    return [xs[p] for p in chosen], [w.period(p, short=True) for p in chosen]


def _line(x: list[Any], y: list[Any], colour: str, width: float, dash: str = "solid", **more: Any) -> Figure:
    style = {"color": colour, "width": width, "dash": dash}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": style, "hoverinfo": "skip", **more}


def _field(drawn: Figure, field: Field, x0: float, x1: float, tokens: Tokens) -> None:
    low, high = field.limits.low, field.limits.high
    box = {"type": "rect", "x0": x0, "x1": x1, "y0": low, "y1": high, "xref": "x", "yref": "y", "layer": "below"}
    drawn["shapes"].append({**box, "fillcolor": tokens.sunk, "line": {"width": 0}})
    drawn["shapes"] += [line(x0, y, x1, y, tokens.edge, dash="3px,3px") for y in (low, high)]


def _run(run: Sequence[Row], xs: dict[str, float], answer: Answer, w: Words, tokens: Tokens) -> list[Figure]:
    """Band and line of one stretch, broken where a period does not stand or is missing."""
    parts: list[Figure] = []
    step = _half(run) * 2
    numbered = list(enumerate(sorted((r for r in run if r.value is not None), key=lambda r: xs[r.period])))
    for _, group in groupby(numbered, key=lambda pair: round(xs[pair[1].period] / step - pair[0], 3)):
        rows = [r for _, r in group]
        x = [xs[r.period] for r in rows]
        known = [(xs[r.period], r.low, r.high) for r in rows if r.low is not None and r.high is not None]
        if len(known) > 1:
            parts.append(band(known, tokens.prim))
        hollow = [thin(r) for r in rows]
        alone = len(rows) == 1
        error = None
        if alone and known:
            _, low, high = known[0]
            error = whiskers([(rows[0].value or 0.0, low, high)], tokens.prim)
        trace = _line(x, [r.value for r in rows], tokens.prim, 2.2)
        trace |= {
            "mode": "lines+markers",
            "marker": {
                "size": [8 if alone else 6 if h else 4 for h in hollow],
                "color": [tokens.card if h else tokens.prim for h in hollow],
                "opacity": [1 if alone or h else 0 for h in hollow],
                "line": {"color": tokens.prim, "width": 1.5},
            },
            "hovertext": [hover(r, answer.unit, w) for r in rows],
            "hoverinfo": "text",
        }
        if error:
            trace["error_y"] = error
        parts.append(trace)
    return parts


def _gaps(
    drawn: Figure,
    data: list[Figure],
    rows: Sequence[Row],
    xs: dict[str, float],
    half: float,
    low: float,
    high: float,
    w: Words,
    tokens: Tokens,
) -> None:
    """Withheld periods as hatched fields, missing ones as dashed boxes, each with its word."""
    held = sorted(xs[r.period] for r in rows if r.value is None)
    if held:
        hatch = {"shape": "/", "fgcolor": tokens.withheld, "bgcolor": faded(tokens.withheld, 0.06), "size": 4}
        data.append(
            {
                "type": "bar",
                "x": held,
                "y": [high - low] * len(held),
                "base": [low] * len(held),
                "width": [2 * half] * len(held),
                "marker": {"pattern": {**hatch, "solidity": 0.22}, "line": {"width": 0}},
                "hovertext": [w("withheld")] * len(held),
                "hoverinfo": "text",
            }
        )
        _word(drawn, held, half, (low + high) / 2, w("withheld"), tokens)
    there = sorted(xs.values())
    holes = [a + 2 * half * k for a, b in pairwise(there) for k in range(1, round((b - a) / (2 * half)))]
    for x in holes:
        box = {"type": "rect", "x0": x - half, "x1": x + half, "y0": low, "y1": high, "layer": "below"}
        drawn["shapes"].append({**box, "line": {"color": tokens.edge, "width": 1, "dash": "2px,3px"}})
    _word(drawn, holes, half, (low + high) / 2, w("no data"), tokens)


def _word(drawn: Figure, places: Sequence[float], half: float, y: float, word: str, tokens: Tokens) -> None:
    """The word once for each run of neighbouring gaps, upright where the field is narrow."""
    numbered = enumerate(places)
    for _, group in groupby(numbered, key=lambda pair: round(pair[1] / (2 * half) - pair[0], 3)):
        run = [x for _, x in group]
        middle = (run[0] + run[-1]) / 2
        turned = 0 if len(run) > 6 else -90
        drawn["annotations"].append(
            text(word, tokens, middle, y, colour=tokens.ink2, bgcolor=tokens.card, textangle=turned, borderpad=2)
        )


def _ends(
    drawn: Figure,
    rows: Sequence[Row],
    xs: dict[str, float],
    aimed: list[tuple[float, float]],
    answer: Answer,
    ends: tuple[float, float],
    w: Words,
    tokens: Tokens,
) -> None:
    """Labels at the ends of line and target path, pushed apart where they would touch."""
    last = next((r for r in reversed(rows) if r.value is not None), None)
    low, high = ends
    pixel = (high - low) / (HEIGHT - 76)
    at_value = last.value if last and last.value is not None else None
    at_target = aimed[-1][1] if aimed else None
    shift = 0.0
    if at_value is not None and at_target is not None and abs(at_value - at_target) < 17 * pixel:
        shift = (17 - abs(at_value - at_target) / pixel) / 2
    up = 1 if at_value is not None and at_target is not None and at_value >= at_target else -1
    side: dict[str, Any] = {"xref": "paper", "xanchor": "left", "yanchor": "middle", "xshift": 6}
    if last is not None and at_value is not None:
        x = xs[last.period]
        words = f"<b>{row_text(last, answer.unit, w)}</b>"
        drawn["annotations"].append(
            text(words, tokens, 1, at_value, colour=tokens.ink, size=14, yshift=up * shift, **side)
        )
        drawn["shapes"].append(
            {
                "type": "circle",
                "xref": "x",
                "yref": "y",
                "xsizemode": "pixel",
                "ysizemode": "pixel",
                "xanchor": x,
                "yanchor": at_value,
                "x0": -4,
                "x1": 4,
                "y0": -4,
                "y1": 4,
                "fillcolor": tokens.prim,
                "line": {"width": 0},
            }
        )
    if at_target is not None:
        drawn["annotations"].append(
            text(w("target"), tokens, 1, at_target, colour=tokens.ink, yshift=-up * shift, **side)
        )


def _names_fit(events: Sequence[Event], answer: Answer, w: Words) -> bool:
    """Whether the names stand side by side over a figure as narrow as a phone."""
    months = [m for r in answer.rows for m in months_of(r.period)]
    if not events or not months:
        return True
    first, last = _x(min(months)) - 0.5, _x(max(months)) + 0.5
    scale = LABEL_ROOM / (last - first)
    spans = [
        ((_x_of_day(e.date) - first) * scale - 3.2 * len(n), (_x_of_day(e.date) - first) * scale + 3.2 * len(n))
        for e in events
        for n in [e.name(w.lang)]
    ]
    inside = all(a > -46 and b < LABEL_ROOM + 74 for a, b in spans)
    return inside and all(b + 6 <= c for (_, b), (c, _) in pairwise(spans))


def _events(
    drawn: Figure, data: list[Figure], events: Sequence[Event], top: float, named: bool, w: Words, tokens: Tokens
) -> None:
    """A small triangle on top, a dotted drop line, and the name or its number above."""
    if not events:
        return
    places = [_x_of_day(e.date) for e in events]
    for number, (x, event) in enumerate(zip(places, events), 1):
        drawn["shapes"].append(line(x, 0, x, 1, tokens.edge, yref="paper", dash="1.5px,3px"))
        words = safe(event.name(w.lang)) if named else str(number)
        drawn["annotations"].append(
            text(words, tokens, x, 1, yref="paper", yanchor="bottom", yshift=9, colour=tokens.ink3)
        )
    data.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": places,
            "y": [top] * len(places),
            "cliponaxis": False,
            "marker": {"symbol": "triangle-down", "size": 8, "color": tokens.ink3, "standoff": 0},
            "hovertext": [f"{safe(e.name(w.lang))}<br>{w.day(e.date)}" for e in events],
            "hoverinfo": "text",
        }
    )


def finding(answer: Answer, events: Sequence[Event], w: Words) -> str:
    """What the line shows, as a sentence; says so when nothing can be told yet."""
    rows = [r for r in answer.rows if r.value is not None and r.period != WAVE]
    if not rows and any(r.value is not None for r in answer.rows):
        return w("One figure for the whole period: no course to show yet")
    if not rows:
        return w("There is no series to show: the figures are not cleared or not dated.")
    last = rows[-1]
    shown = events_of(answer, events)
    run = [r for r in stretches(rows, shown)[-1] if r.value is not None]
    if len(run) < len(rows) and last.period == run[-1].period and len(run) <= 12 // len(months_of(last.period)):
        since = w.period(run[0].period)
        return w("Measured in another way since {period}: earlier figures do not compare", period=since)
    parts = fields(run, shown)
    stepped = parts[-1].step if parts else None
    if stepped is not None:
        return _step(parts, stepped, w)
    before = next((r for r in run if r.period == year_before(last.period)), None)
    moved = change(before, last) if before else None
    size = change_text(moved.value, answer.unit, w, signed=False) if moved else ""
    told = {"change": size, "value": row_text(last, answer.unit, w), "period": w.period(last.period)}
    if moved and moved.sure and moved.value > 0:
        return w("Up {change} in a year, to {value} in {period}", **told)
    if moved and moved.sure:
        return w("Down {change} in a year, to {value} in {period}", **told)
    if not parts:
        return w("Too few figures yet to tell a change from chance")
    field = parts[-1].limits
    odd = [r for r in run if r.value is not None and field.outside(r.value)]
    if not odd:
        return w("Steady: every figure lies within the control limits")
    ordinary = [e for r in odd for e in shown if e.repeats and _near(e, r.period)]
    if len({r.period for r in odd}) == len({r.period for r in odd if any(_near(e, r.period) for e in ordinary)}):
        return w("Nothing unusual: {event} explains the figures outside the limits", event=ordinary[-1].name(w.lang))
    unexplained = [r for r in odd if not any(_near(e, r.period) for e in ordinary)]
    return w("{period} lies outside the control limits; the rest is steady", period=w.period(unexplained[-1].period))


def _step(parts: Sequence[Field], event: Event, w: Words) -> str:
    """One step after a declared event, and whether the figures are steady since."""
    last = parts[-1]
    told = {"event": event.name(w.lang), "month": w.period(f"{event.date:%Y-%m}")}
    down = last.limits.centre < parts[-2].limits.centre
    steady = not any(r.value is not None and last.limits.outside(r.value) for r in last.rows)
    if down:
        text = w("One step down in {month}, {event}; steady since", **told)
        return text if steady else w("One step down in {month}, {event}; not steady since", **told)
    text = w("One step up in {month}, {event}; steady since", **told)
    return text if steady else w("One step up in {month}, {event}; not steady since", **told)


def _near(event: Event, period: str) -> bool:
    """An ordinary event explains its own period and the next: Tết empties the weeks before and after."""
    gap = _x(period) - _x(f"{event.date:%Y-%m}")
    return -0.6 - (len(months_of(period)) - 1) / 2 <= gap <= 1.1 + (len(months_of(period)) - 1) / 2
