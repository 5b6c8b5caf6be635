"""Who stays: courses of retention by age, and how many have come back by each day. Plain figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metrics.charts.layout import Figure, axis, layout, line, nice_ticks, safe, text
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
    band = [(a, s.low, s.high) for a, s in one.points if s.low is not None and s.high is not None]
    parts: list[Figure] = []
    if len(band) > 1:
        parts.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [b[0] for b in band] + [b[0] for b in reversed(band)],
                "y": [b[1] for b in band] + [b[2] for b in reversed(band)],
                "fill": "toself",
                "fillcolor": faded(colour, 0.16),
                "line": {"width": 0, "color": colour},
                "hoverinfo": "skip",
            }
        )
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
    drawn = layout(tokens, w, HEIGHT, (24, 20, 40, 44))
    top = max((r.high for r in found), default=1.0) * 1.1
    ticks = nice_ticks(0.0, top)
    xs = list(range(len(found)))
    drawn["xaxis"] = axis(tokens, False, -0.5, len(found) - 0.5, xs, [w.number(r.days) for r in found])
    drawn["xaxis"]["title"] = {
        "text": safe(w("days after the first order")),
        "font": {"size": 12, "color": tokens.ink3},
        "standoff": 6,
    }
    drawn["yaxis"] = axis(tokens, True, 0.0, top, ticks, [w.percent(t, 0) for t in ticks])
    for x, r in zip(xs, found):
        drawn["annotations"].append(
            text(f"<b>{w.percent(r.value)}</b>", tokens, x, r.high, colour=tokens.ink, yanchor="bottom", yshift=3)
        )
    dots: Figure = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": xs,
        "y": [r.value for r in found],
        "line": {"color": faded(tokens.prim, 0.45), "width": 1.5},
        "marker": {"size": 10, "color": tokens.prim},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [r.high - r.value for r in found],
            "arrayminus": [r.value - r.low for r in found],
            "color": tokens.prim,
            "thickness": 2,
            "width": 5,
        },
        "cliponaxis": False,
        "hovertext": [
            "<br>".join(
                [
                    w("within {days} days", days=r.days),
                    f"<b>{w.percent(r.value)}</b> ({w.span(r.low, r.high)})",
                    f"n = {w.number(r.n)}",
                ]
            )
            for r in found
        ],
        "hoverinfo": "text",
    }
    return {"data": [dots], "layout": drawn}


def referred(periods: Sequence[tuple[str, Share]], w: Words, tokens: Tokens) -> Figure:
    """Share of new customers whom others sent, by period, as dots with capped intervals."""
    drawn = layout(tokens, w, HEIGHT, (24, 20, 30, 44))
    told = [(p, s) for p, s in periods if s.value is not None and s.low is not None and s.high is not None]
    top = max((s.high or 0.0 for _, s in told), default=1.0) * 1.1
    ticks = nice_ticks(0.0, top)
    xs = list(range(len(told)))
    step = max(1, -(-len(told) // 5))
    shown = [i for i in xs if (len(told) - 1 - i) % step == 0]
    names = [w.period(told[i][0], short=True) for i in shown]
    drawn["xaxis"] = axis(tokens, False, -0.5, len(told) - 0.5, shown, names)
    drawn["yaxis"] = axis(tokens, True, 0.0, top, ticks, [w.percent(t, 0) for t in ticks])
    dots: Figure = {
        "type": "scatter",
        "mode": "markers",
        "x": xs,
        "y": [s.value for _, s in told],
        "marker": {"size": 10, "color": tokens.prim},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [(s.high or 0.0) - (s.value or 0.0) for _, s in told],
            "arrayminus": [(s.value or 0.0) - (s.low or 0.0) for _, s in told],
            "color": tokens.prim,
            "thickness": 2,
            "width": 5,
        },
        "hovertext": [
            f"{w.period(p)}<br><b>{w.percent(s.value or 0.0)}</b> ({w.span(s.low or 0.0, s.high or 0.0)})"
            f"<br>n = {w.number(s.n or 0)}"
            for p, s in told
        ],
        "hoverinfo": "text",
    }
    return {"data": [dots], "layout": drawn}
