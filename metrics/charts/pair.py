"""Two measures of one unit over the same time: what was done beside what was felt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metrics.answers import Answer, Row
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
    tick_texts,
    wrap,
)
from metrics.charts.tokens import Tokens
from metrics.periods import WAVE, months_of
from metrics.strategy.model import Event
from metrics.words import Words

HEIGHT = 270
APART = 34
"""Pixels that two labels at the line ends need."""


def figure(
    answers: tuple[Answer, Answer], names: tuple[str, str], events: Sequence[Event], w: Words, tokens: Tokens
) -> Figure:
    """Two lines with their intervals, labelled at their ends, as a plain Plotly figure of fixed height.

    Both answers have one unit; their periods may be of different length (months beside quarters): each figure stands
    in the middle of its period. Raises ValueError for two units, since they would be two charts."""
    first, second = answers
    if first.unit is not second.unit:
        raise ValueError("two units are two charts")
    series = [[r for r in a.rows if r.value is not None and r.period != WAVE] for a in answers]
    every = [r for rows in series for r in rows]
    heights = [v for r in every for v in (r.value, r.low, r.high) if v is not None]
    low, high = spread(heights or [0.0, 1.0], first.unit)
    xs = [place(r.period) for r in every] or [0.0, 1.0]
    ticks = nice_ticks(low, high)
    drawn = layout(tokens, w, HEIGHT, (40, 118, 30, 40))
    drawn["xaxis"] = axis(tokens, False, min(xs) - 0.6, max(xs) + 0.6, *_dates(every, w))
    drawn["yaxis"] = axis(tokens, True, low, high, ticks, tick_texts(ticks, first.unit, w))
    data: list[Figure] = []
    looks = ((tokens.prim, 2.2, "solid"), (tokens.second, 2.0, "2px,4px"))
    for answer, rows, name, look in zip(answers, series, names, looks):
        data += _line(answer, rows, name, look, w, tokens)
    _labels(drawn, series, names, (low, high), tokens)
    for number, event in enumerate(sorted(events, key=lambda e: e.date)):
        x = event.date.year * 12 + event.date.month - 1.5 + event.date.day / 31
        if min(xs) <= x <= max(xs):
            drawn["shapes"].append(line(x, 0, x, 1, tokens.edge, yref="paper", dash="1.5px,3px"))
            words = "▾ " + safe(event.name(w.lang))
            up = 6 + 15 * (number % 2)
            drawn["annotations"].append(text(words, tokens, x, 1, yref="paper", yanchor="bottom", yshift=up - 4))
    return {"data": data, "layout": drawn}


def place(period: str) -> float:
    """Place of a period on the axis: months count, and a longer period stands in its middle."""
    months = months_of(period)
    year, month = (int(p) for p in months[0].split("-"))
    return year * 12 + month - 1 + (len(months) - 1) / 2


def _line(
    answer: Answer, rows: Sequence[Row], name: str, look: tuple[str, float, str], w: Words, tokens: Tokens
) -> list[Figure]:
    colour, width, dash = look
    parts: list[Figure] = []
    for run in _runs(rows):
        known = [(place(r.period), r.low, r.high) for r in run if r.low is not None and r.high is not None]
        if len(known) > 1:
            parts.append(band(known, colour))
        parts.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [place(r.period) for r in run],
                "y": [r.value for r in run],
                "line": {"color": colour, "width": width, "dash": dash},
                "marker": {"size": 5, "color": colour},
                "hovertext": [hover(r, answer.unit, w, name) for r in run],
                "hoverinfo": "text",
            }
        )
    return parts


def _runs(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows without a hole between them: a missing period cuts the line."""
    runs: list[list[Row]] = []
    for row in sorted(rows, key=lambda r: place(r.period)):
        before = runs[-1][-1] if runs else None
        if before and place(row.period) - place(before.period) <= len(months_of(row.period)) + 0.01:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _labels(
    drawn: Figure, series: list[list[Row]], names: tuple[str, str], ends: tuple[float, float], tokens: Tokens
) -> None:
    """Names at the ends of the lines, pushed apart where they would touch."""
    pixel = (ends[1] - ends[0]) / (HEIGHT - 70)
    last = [rows[-1].value if rows else None for rows in series]
    shift = 0.0
    if last[0] is not None and last[1] is not None and abs(last[0] - last[1]) < APART * pixel:
        shift = (APART - abs(last[0] - last[1]) / pixel) / 2
    side: dict[str, Any] = {"xref": "paper", "xanchor": "left", "yanchor": "middle", "align": "left", "xshift": 8}
    upper = 0 if (last[0] or 0) >= (last[1] or 0) else 1
    for i, (value, name, colour) in enumerate(zip(last, names, (tokens.prim, tokens.second))):
        if value is not None:
            words = f"<b>{wrap(name, 16)}</b>"
            up = shift if i == upper else -shift
            drawn["annotations"].append(text(words, tokens, 1, value, colour=colour, yshift=up, **side))


def _dates(rows: Sequence[Row], w: Words) -> tuple[list[float], list[str]]:
    """At most five dates under the lines."""
    longest = max((len(months_of(r.period)) for r in rows), default=1)
    periods = sorted({r.period for r in rows if len(months_of(r.period)) == longest}, key=place)
    chosen = periods[:: max(1, -(-len(periods) // 4))]
    if periods and periods[-1] not in chosen:
        chosen = [*(chosen[:-1] if place(periods[-1]) - place(chosen[-1]) < 2.5 * longest else chosen), periods[-1]]
    return [place(p) for p in chosen], [w.period(p, short=True) for p in chosen]
