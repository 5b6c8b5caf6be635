"""Shares with intervals as bars from zero: how much each driver carries, in tiers, ties told as ties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from metrics.charts.layout import Figure, axis, layout, line, nice_ticks, safe, text, wrap
from metrics.charts.tokens import Tokens, faded
from metrics.words import Words

ROW = 32
HEAD = 26
LABEL = 132


@dataclass(frozen=True)
class Bar:
    """One driver: its share of the explained variation in percent with interval. ``tier`` groups drivers whose order
    is not certain; ``tone`` is ``first``, ``second`` (moves the score only) or ``quiet``."""

    name: str
    share: float
    low: float
    high: float
    tier: int
    tone: str = "first"
    said: str = ""
    """More for the hover box, for example what one point of it is worth."""


def figure(bars: Sequence[Bar], w: Words, tokens: Tokens, n: int, top: float | None = None) -> Figure:
    """Bars in the order given, with a heading over each tier, as a plain Plotly figure.

    ``n``: rows behind the model; ``top``: end of the axis, the same for two figures that stand side by side."""
    places, heads = _places(bars)
    height = (places[-1] if places else 0.0) + 26
    end = top or max((b.high for b in bars), default=1.0)
    end *= 1.02
    drawn = layout(tokens, w, round(height) + 26, (2, 46, 24, LABEL))
    ticks = nice_ticks(0.0, end, 4)
    drawn["xaxis"] = axis(tokens, False, 0.0, end, ticks, [w.percent(t, 0) for t in ticks])
    drawn["yaxis"] = axis(tokens, False, height, 0.0, [], [])
    drawn["shapes"] += [line(t, 0.0, t, height, tokens.line) for t in ticks]
    for y, tier, tied in heads:
        words = w("Tier {tier}: a tie, order not certain", tier=tier) if tied else w("Tier {tier}", tier=tier)
        drawn["annotations"].append(_left(words, tokens, y, tokens.ink3, 12))
    for y, bar in zip(places, bars):
        drawn["annotations"].append(_left(wrap(bar.name, 20), tokens, y, tokens.ink, 13))
        share = f"<b>{w.percent(bar.share, 0)}</b>"
        drawn["annotations"].append(
            text(share, tokens, bar.high, y, colour=tokens.ink, size=13, xanchor="left", xshift=7)
        )
    colours = {"first": tokens.prim, "second": tokens.second}
    trace: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "x": [b.share for b in bars],
        "y": places,
        "width": [15] * len(bars),
        "marker": {"color": [faded(colours.get(b.tone, tokens.edge), 0.62) for b in bars], "line": {"width": 0}},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [b.high - b.share for b in bars],
            "arrayminus": [b.share - b.low for b in bars],
            "color": tokens.ink,
            "thickness": 1.8,
            "width": 4,
        },
        "cliponaxis": False,
        "hovertext": [_hover(b, n, w) for b in bars],
        "hoverinfo": "text",
    }
    return {"data": [trace], "layout": drawn}


def _left(words: str, tokens: Tokens, y: float, colour: str, size: int) -> Figure:
    at: dict[str, Any] = {"xref": "paper", "xanchor": "left", "align": "left", "xshift": -LABEL}
    return text(words, tokens, 0, y, colour=colour, size=size, **at)


def _places(bars: Sequence[Bar]) -> tuple[list[float], list[tuple[float, int, bool]]]:
    """Middle of each bar in pixels from the top, and place, number and tie of each tier heading."""
    places: list[float] = []
    heads: list[tuple[float, int, bool]] = []
    y = 0.0
    for i, bar in enumerate(bars):
        if i == 0 or bar.tier != bars[i - 1].tier:
            y += HEAD
            heads.append((y - 8, bar.tier, sum(b.tier == bar.tier for b in bars) > 1))
        y += ROW
        places.append(y - ROW / 2 + 4)
    return places, heads


def _hover(bar: Bar, n: int, w: Words) -> str:
    parts = [
        safe(bar.name),
        f"<b>{w.percent(bar.share, 0)}</b> ({w.span(bar.low, bar.high, 0)})",
        f"n = {w.number(n)}",
    ]
    if bar.said:
        parts.append(safe(bar.said))
    return "<br>".join(parts)
