"""Who stays: courses of retention by age, and how many have come back by each day. Plain figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from metrics.charts.layout import Figure, axis, band, layout, line, nice_ticks, safe, text, whiskers
from metrics.charts.tokens import Tokens, faded
from metrics.value.cells import Share
from metrics.value.cohorts import Line, Returned
from metrics.words import Words

HEIGHT = 280
APART = 17
"""Pixels that two labels at the line ends need."""


def courses(lines: Sequence[tuple[str, Line]], w: Words, tokens: Tokens) -> Figure:
    """Retention by age in months: the newest cohort first, the one before it dashed, all cohorts in grey. Names stand
    at the line ends."""
    drawn = layout(tokens, w, HEIGHT, (8, 118, 40, 40))
    every = [s for _, one in lines for _, s in one.points]
    ages = [a for _, one in lines for a, _ in one.points] or [1]
    low, high = 0.0, max((s.high or 0.0 for s in every), default=1.0) * 1.06
    ticks = nice_ticks(low, high)
    names = [w.percent(t, 0) for t in ticks]
    last = max(ages)
    drawn["xaxis"] = axis(tokens, False, 0.6, last + 0.2, *_months(last, w))
    drawn["xaxis"]["title"] = {
        "text": safe(w("months after the first order")),
        "font": {"size": 12, "color": tokens.ink3},
        "standoff": 6,
    }
    drawn["yaxis"] = axis(tokens, True, low, high, ticks, names)
    looks = {0: (tokens.edge, 1.6, "solid"), 1: (tokens.prim, 2.4, "solid"), 2: (tokens.second, 2.0, "3px,4px")}
    data: list[Figure] = []
    ends: list[tuple[float, float, str, str]] = []
    for i, (name, one) in enumerate(lines):
        colour, width, dash = looks[min(i, 2)]
        data += _course(one, name, (colour, width, dash), w)
        if one.points:
            age, share = one.points[-1]
            ends.append((age, share.value or 0.0, name, tokens.ink2 if i == 0 else colour))
    _labels(drawn, ends, (low, high), last)
    return {"data": data, "layout": drawn}


def _months(last: int, w: Words) -> tuple[list[float], list[str]]:
    step = 3 if last > 6 else 1
    ticks = [float(a) for a in range(step, last + 1, step)]
    return ticks, [w.number(t) for t in ticks]


def _course(one: Line, name: str, look: tuple[str, float, str], w: Words) -> list[Figure]:
    colour, width, dash = look
    x = [a for a, _ in one.points]
    known = [(a, s.low, s.high) for a, s in one.points if s.low is not None and s.high is not None]
    parts: list[Figure] = [band(known, colour)] if len(known) > 1 else []
    parts.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": x,
            "y": [s.value for _, s in one.points],
            "line": {"color": colour, "width": width, "dash": dash},
            "marker": {"size": 5, "color": colour},
            "hovertext": [_hover(name, a, s, w) for a, s in one.points],
            "hoverinfo": "text",
        }
    )
    return parts


def _hover(name: str, age: int, s: Share, w: Words) -> str:
    parts = [safe(name), w("month {age}", age=age), f"<b>{w.percent(s.value or 0.0)}</b>"]
    if s.low is not None and s.high is not None:
        parts[-1] += f" ({w.span(s.low, s.high)})"
    return "<br>".join([*parts, f"n = {w.number(s.n or 0)}"])


def _labels(drawn: Figure, ends: list[tuple[float, float, str, str]], limits: tuple[float, float], last: float) -> None:
    """Names at the right, in the order of the lines, pushed apart where they would touch. A line that ends early has
    its name at the right all the same, at the height where it ends."""
    pixel = (limits[1] - limits[0]) / (HEIGHT - 48)
    at = sorted(ends, key=lambda e: e[1])
    heights: list[float] = []
    for end in at:
        lowest = heights[-1] + APART * pixel if heights else float("-inf")
        heights.append(max(end[1], lowest))
    side: dict[str, Any] = {"xref": "paper", "xanchor": "left", "yanchor": "middle", "align": "left", "xshift": 8}
    for (x, y, name, colour), height in zip(at, heights):
        drawn["annotations"].append(
            {
                "text": f"<b>{safe(name)}</b>",
                "x": 1,
                "y": height,
                "yref": "y",
                "showarrow": False,
                "font": {"size": 12, "color": colour},
                **side,
            }
        )
        if x < last - 0.5:
            drawn["shapes"].append(line(x, y, last + 0.2, height, faded(colour, 0.75), dash="1.5px,3px", width=1.2))


def returned(found: Sequence[Returned], w: Words, tokens: Tokens) -> Figure:
    """Share who have come back by each day, as dots with capped intervals, joined by steps."""
    names = [w.number(r.days) for r in found]
    said = [w("within {days} days", days=r.days) for r in found]
    points = [_Point(r.value, r.low, r.high, r.n, name) for r, name in zip(found, said)]
    drawn = _dots(points, list(range(len(found))), names, 40, w, tokens)
    drawn["layout"]["xaxis"]["title"] = {
        "text": safe(w("days after the first order")),
        "font": {"size": 12, "color": tokens.ink3},
        "standoff": 6,
    }
    for x, r in enumerate(found):
        drawn["layout"]["annotations"].append(
            text(f"<b>{w.percent(r.value)}</b>", tokens, x, r.high, colour=tokens.ink, yanchor="bottom", yshift=3)
        )
    joined = {"mode": "lines+markers", "line": {"color": faded(tokens.prim, 0.45), "width": 1.5}, "cliponaxis": False}
    drawn["data"][0] |= joined
    return drawn


def referred(periods: Sequence[tuple[str, Share]], w: Words, tokens: Tokens) -> Figure:
    """Share of new customers whom others sent, by period, as dots with capped intervals."""
    told = {
        p: _Point(s.value, s.low, s.high, s.n or 0, w.period(p))
        for p, s in periods
        if s.value is not None and s.low is not None and s.high is not None
    }
    names = [w.period(p, short=True) for p in told]
    step = max(1, -(-len(told) // 5))
    shown = [i for i in range(len(told)) if (len(told) - 1 - i) % step == 0]
    return _dots(list(told.values()), shown, [names[i] for i in shown], 30, w, tokens)


@dataclass(frozen=True)
class _Point:
    """A share with its interval and n, and what the box on it begins with."""

    value: float
    low: float
    high: float
    n: int
    said: str


def _dots(
    points: Sequence[_Point], ticks: Sequence[float], names: Sequence[str], below: int, w: Words, tokens: Tokens
) -> Figure:
    """Shares from zero beside each other, with capped intervals; ``ticks`` and ``names`` of the axis below."""
    drawn = layout(tokens, w, HEIGHT, (24, 20, below, 44))
    top = max((p.high for p in points), default=1.0) * 1.1
    heights = nice_ticks(0.0, top)
    drawn["xaxis"] = axis(tokens, False, -0.5, len(points) - 0.5, ticks, names)
    drawn["yaxis"] = axis(tokens, True, 0.0, top, heights, [w.percent(t, 0) for t in heights])
    dots: Figure = {
        "type": "scatter",
        "mode": "markers",
        "x": list(range(len(points))),
        "y": [p.value for p in points],
        "marker": {"size": 10, "color": tokens.prim},
        "error_y": whiskers([(p.value, p.low, p.high) for p in points], tokens.prim),
        "hovertext": [
            f"{p.said}<br><b>{w.percent(p.value)}</b> ({w.span(p.low, p.high)})<br>n = {w.number(p.n)}" for p in points
        ],
        "hoverinfo": "text",
    }
    return {"data": [dots], "layout": drawn}
