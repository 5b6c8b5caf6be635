"""Scores of simulated identical people as stacked dots, with the distance between best and worst above them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from metrics.chance import Chance
from metrics.charts.layout import Figure, axis, layout, line, text
from metrics.charts.tokens import Tokens
from metrics.words import Words

HEIGHT = 230


def figure(found: Chance, w: Words, tokens: Tokens) -> Figure:
    """A dot per person, stacked where scores are equal, as a plain Plotly figure of fixed height."""
    seen: Counter[int] = Counter()
    places: list[tuple[int, int]] = []
    for score in found.scores:
        seen[score] += 1
        places.append((score, seen[score]))
    low, high = found.scores[0], found.scores[-1]
    first, last = 20 * (low // 20) - 5, 20 * (-(-high // 20)) + 5
    ticks = [float(t) for t in range(20 * (low // 20), 20 * (-(-high // 20)) + 1, 20)]
    top = max(7, max(seen.values()) + 3)
    drawn = layout(tokens, w, HEIGHT, (10, 16, 34, 16))
    drawn["xaxis"] = {**axis(tokens, False, first, last, ticks, [_signed(t, w) for t in ticks])}
    drawn["yaxis"] = axis(tokens, False, 0.3, top + 0.8, [], [])
    drawn["shapes"] += [
        line(first, 0.3, last, 0.3, tokens.edge),
        line(low, top - 1, high, top - 1, tokens.off, width=1.5),
        line(low, top - 1.45, low, top - 1, tokens.off, width=1.5),
        line(high, top - 1.45, high, top - 1, tokens.off, width=1.5),
    ]
    words = f"<b>{w('{gap} points apart, by chance alone', gap=w.number(found.gap))}</b>"
    drawn["annotations"].append(
        text(words, tokens, (low + high) / 2, top - 0.9, colour=tokens.off, size=13, yanchor="bottom")
    )
    dots: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _ in places],
        "y": [y for _, y in places],
        "marker": {"size": 14, "color": tokens.prim, "line": {"width": 0}},
        "hovertext": [_signed(x, w) for x, _ in places],
        "hoverinfo": "text",
    }
    return {"data": [dots], "layout": drawn}


def _signed(value: float, w: Words) -> str:
    return w.signed(value, 0)
