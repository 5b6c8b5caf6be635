"""Importance beside performance: how much goes with a point better, over how well it is done today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metrics.charts.layout import Figure, axis, layout, line, nice_ticks, safe, spread, text, tick_texts, whiskers
from metrics.charts.tokens import Tokens
from metrics.drivers import Model, Point
from metrics.kpis.metric import Unit
from metrics.labels import join_names, row_text, span_text
from metrics.words import NBSP, Words

HEIGHT = 300


def on_one_scale(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points of the commonest unit and scale: two units on one axis would be two charts."""
    scales = [(p.unit, p.top) for p in points]
    most = max(scales, key=scales.count, default=None)
    return tuple(p for p in points if (p.unit, p.top) == most)


def weak(points: Sequence[Point]) -> tuple[Point, ...]:
    """What goes with more and is done worse than the middle of the map, both for certain; most important first."""
    values = [p.row.value for p in points if p.row.value is not None]
    if len(values) < 2:
        return ()
    middle = sum(values) / len(values)
    found = [
        p
        for p in points
        if p.driver.estimate.above_zero
        and not p.driver.estimate.leak
        and p.row.high is not None
        and p.row.high < middle
    ]
    return tuple(sorted(found, key=lambda p: -p.driver.estimate.effect))


def finding(points: Sequence[Point], w: Words) -> str:
    """What matters and is done worst, or why the map names nothing."""
    first = weak(points)
    if len(points) < 2:
        return w("Too few of them are measured by a KPI for a map")
    if first:
        names = join_names([f"“{p.driver.cause.name(w.lang)}”" for p in first[:2]], w)
        return w("Of what a KPI measures, work first on {names}: of weight, and done below average", names=names)
    if any(p.driver.estimate.above_zero for p in points):
        return w("What has weight here is not done below average for certain")
    return w("Nothing on the map has weight for certain: every range includes zero")


def subtitle(points: Sequence[Point], model: Model, w: Words) -> str:
    """What the axes and the lines are."""
    if model.days:
        return w(
            "Upwards: points of return within {days} days that go with one point better. To the right: how well it is "
            "done today. Lines: 95% interval. Hollow: nothing certain.",
            days=model.days,
        )
    return w(
        "Upwards: points of the answer that go with one point better. To the right: how well it is done today. Lines: "
        "95% interval. Hollow: nothing certain."
    )


def figure(points: Sequence[Point], model: Model, w: Words, tokens: Tokens) -> Figure:
    """Dots with intervals both ways, as a plain Plotly figure; the field of what matters and is weak is named."""
    unit = points[0].unit if points else Unit.SCORE
    xs = [v for p in points for v in (p.row.value, p.row.low, p.row.high) if v is not None] or [0.0, 1.0]
    ys = [0.0] + [v for p in points for v in (p.driver.estimate.effect_low, p.driver.estimate.effect_high)]
    low, high = spread(xs, unit, 0.22)
    bottom, top = min(ys), max(ys)
    air = 0.16 * ((top - bottom) or 1.0)
    bottom, top = bottom - air, top + air
    drawn = layout(tokens, w, HEIGHT, (14, 18, 48, 50))
    across, upward = nice_ticks(low, high, 4), nice_ticks(bottom, top, 4)
    drawn["xaxis"] = axis(tokens, False, low, high, across, tick_texts(across, unit, w))
    words = w("how well it is done today")
    if points and points[0].top:
        words = w("how well it is done today (mean, of {top})", top=points[0].top)
    drawn["xaxis"]["title"] = {"text": safe(words), "font": {"size": 12, "color": tokens.ink3}, "standoff": 6}
    digits = 1 if any(abs(t - round(t)) > 1e-9 for t in upward) else 0
    drawn["yaxis"] = axis(tokens, True, bottom, top, upward, [w.signed(t, digits) for t in upward])
    drawn["shapes"].append(line(low, 0, high, 0, tokens.edge))
    values = [p.row.value for p in points if p.row.value is not None]
    if len(values) > 1:
        middle = sum(values) / len(values)
        drawn["shapes"].append(line(middle, 0, middle, 1, tokens.edge, yref="paper", dash="1.5px,3px"))
        corner: dict[str, Any] = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top"}
        drawn["annotations"].append(text(safe(w("of weight, below average")), tokens, 0.01, 1, **corner))
    data = []
    for sure in (True, False):
        chosen = [p for p in points if _sure(p) is sure]
        colour = tokens.prim if sure else tokens.ink3
        data.append(_dots(chosen, colour, sure, model, w, tokens))
    for p in points:
        right = p.row.value is not None and p.row.value > low + 0.72 * (high - low)
        end, up = (("right", -9) if right else ("left", 9)), _sure(p)  # names of sure ones above, of hollow ones below
        side: dict[str, Any] = {"xanchor": end[0], "xshift": end[1]}
        side |= {"yanchor": "bottom", "yshift": 3} if up else {"yanchor": "top", "yshift": -3}
        name = safe(p.driver.cause.name(w.lang)).replace(" ", NBSP)
        drawn["annotations"].append(
            text(name, tokens, p.row.value or 0.0, p.driver.estimate.effect, colour=tokens.ink, size=13, **side)
        )
    return {"data": data, "layout": drawn}


def _sure(p: Point) -> bool:
    return p.driver.estimate.above_zero or p.driver.estimate.below_zero


def _dots(points: Sequence[Point], colour: str, sure: bool, model: Model, w: Words, tokens: Tokens) -> Figure:
    at = [p.row.value or 0.0 for p in points]
    es = [p.driver.estimate for p in points]
    aside = [(x, p.row.low or x, p.row.high or x) for p, x in zip(points, at)]
    up = [(e.effect, e.effect_low, e.effect_high) for e in es]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": at,
        "y": [e.effect for e in es],
        "error_x": whiskers(aside, colour, 1.6, 0),
        "error_y": whiskers(up, colour, 1.6, 0),
        "marker": {"size": 11, "color": colour if sure else tokens.card, "line": {"width": 2, "color": colour}},
        "hovertext": [_hover(p, model, w) for p in points],
        "hoverinfo": "text",
        "cliponaxis": False,
    }


def _hover(p: Point, model: Model, w: Words) -> str:
    e, digits = p.driver.estimate, 1 if model.unit is Unit.PERCENT else 2
    ends = f"{w.number(e.effect_low, digits)}; {w.number(e.effect_high, digits)}"
    today = f"{row_text(p.row, p.unit, w)} ({span_text(p.row.low, p.row.high, p.unit, w)})"
    n = f"n = {w.number(p.row.n)}" if p.row.n is not None else ""
    period = w.period(p.row.period)
    parts = [safe(p.driver.cause.name(w.lang)), f"<b>{w.signed(e.effect, digits)}</b> ({ends})", today, n, period]
    return "<br>".join(part for part in parts if part)
