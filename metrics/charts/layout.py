"""What every figure shares: a quiet ground, horizontal grid, few ticks in the reader's number format, hover texts."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from math import floor, log10
from typing import Any

from metrics.answers import Row, Status
from metrics.charts.tokens import FONT, Tokens, faded
from metrics.kpis.metric import Unit
from metrics.labels import DIGITS, row_text, span_text
from metrics.words import Words

Figure = dict[str, Any]
CONFIG: Mapping[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}


def layout(tokens: Tokens, w: Words, height: int, margin: tuple[int, int, int, int]) -> Figure:
    """Layout of a figure of fixed height; ``margin`` is top, right, bottom, left in pixels."""
    top, right, bottom, left = margin
    return {
        "height": height,
        "margin": {"t": top, "r": right, "b": bottom, "l": left, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": tokens.ink3},
        "separators": ",." if w.lang == "vi" else ".,",
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverdistance": 24,
        "hoverlabel": {
            "bgcolor": tokens.card,
            "bordercolor": tokens.edge,
            "font": {"family": FONT, "size": 13, "color": tokens.ink},
            "align": "left",
        },
        "shapes": [],
        "annotations": [],
    }


def axis(tokens: Tokens, grid: bool, low: float, high: float, ticks: Sequence[float], texts: Sequence[str]) -> Figure:
    """An axis with given range and labelled ticks; nothing can be dragged or zoomed by accident."""
    return {
        "range": [low, high],
        "fixedrange": True,
        "tickmode": "array",
        "tickvals": list(ticks),
        "ticktext": list(texts),
        "tickfont": {"size": 12, "color": tokens.ink3},
        "showgrid": grid,
        "gridcolor": tokens.line,
        "gridwidth": 1,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "automargin": False,
    }


def text(
    words: str, tokens: Tokens, x: float, y: float, *, xref: str = "x", yref: str = "y", colour: str = "", **more: Any
) -> Figure:
    """A piece of text in a figure. ``words`` must be escaped already (``safe``)."""
    size = more.pop("size", 12)
    return {
        "text": words,
        "x": x,
        "y": y,
        "xref": xref,
        "yref": yref,
        "showarrow": False,
        "font": {"family": FONT, "size": size, "color": colour or tokens.ink3},
        **more,
    }


def line(x0: float, y0: float, x1: float, y1: float, colour: str, **more: Any) -> Figure:
    """A straight line as a shape. ``dash`` and ``width`` go to the line, everything else to the shape."""
    style = {"color": colour, "width": more.pop("width", 1)}
    if "dash" in more:
        style["dash"] = more.pop("dash")
    shape = {"type": "line", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "xref": "x", "yref": "y", "line": style}
    return {**shape, "layer": "below", **more}


#: A figure (or its place on the axis) with the two ends of its interval.
Span = tuple[float, float, float]


def band(spans: Sequence[Span], colour: str) -> Figure:
    """The interval around a line: (place, low, high) in order."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for x, _, _ in spans] + [x for x, _, _ in reversed(spans)],
        "y": [low for _, low, _ in spans] + [high for _, _, high in reversed(spans)],
        "fill": "toself",
        "fillcolor": faded(colour, 0.16),
        "line": {"width": 0, "color": colour},
        "hoverinfo": "skip",
    }


def whiskers(spans: Sequence[Span], colour: str, thickness: float = 2, width: float = 5) -> Figure:
    """Capped lines through (value, low, high), for ``error_x`` or ``error_y``."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - value for value, _, high in spans],
        "arrayminus": [value - low for value, low, _ in spans],
        "color": colour,
        "thickness": thickness,
        "width": width,
    }


def safe(words: str) -> str:
    """Text of the strategy for a figure: Plotly reads a few HTML tags, so all are escaped."""
    return html.escape(words, quote=False)


def wrap(words: str, width: int) -> str:
    """Escaped text on several lines of about ``width`` characters."""
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(safe(part) for part in lines)


def hover(row: Row, unit: Unit, w: Words, name: str = "") -> str:
    """Value, interval, n and period of one figure, as the box on a point says them."""
    if row.value is None:
        return f"{safe(name)}<br>{w('withheld')}<br>{w.period(row.period)}" if name else w("withheld")
    value = f"<b>{row_text(row, unit, w)}</b>"
    span = span_text(row.low, row.high, unit, w)
    parts = [safe(name)] if name else []
    parts.append(f"{value} ({span})" if span else value)
    if row.n is not None:
        parts.append(f"n = {w.number(row.n)}")
    parts.append(w.period(row.period))
    if thin(row):
        parts.append(w("indicative: fewer than 30"))
    if row.pooled:
        parts.append(w("pooled"))
    return "<br>".join(parts)


def thin(row: Row) -> bool:
    """Whether a figure is only indicative. What a company records (a cost, a count of followers) has no sample."""
    return row.status is Status.INDICATIVE and row.low is not None


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values inside a range, at most ``most`` of them, steps of 1, 2, 2.5 or 5 times a power of ten."""
    if high <= low:
        return [low]
    rough = (high - low) / most
    power = 10.0 ** floor(log10(rough))
    step = next((s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough), 10 * power)
    first = int(-(-low // step)) if low % step else int(low // step)
    ticks = []
    k = first
    while k * step <= high + step * 1e-9:
        ticks.append(round(k * step, 10))
        k += 1
    return ticks


def tick_texts(ticks: Sequence[float], unit: Unit, w: Words) -> list[str]:
    """Short labels of ticks; the unit stands on the last (topmost) one only."""
    if unit is Unit.MONEY:
        return [w.money(t, short=True) for t in ticks]
    fractional = any(abs(t - round(t)) > 1e-9 for t in ticks)
    digits = max(DIGITS[unit], 1) if fractional else 0
    while digits < 3 and len({round(t, digits) for t in ticks}) < len(ticks):
        digits += 1
    texts = [w.number(t, digits) for t in ticks]
    if texts and unit is Unit.PERCENT:
        texts[-1] += "%"
    return texts


def spread(values: Sequence[float], unit: Unit, share: float = 0.08) -> tuple[float, float]:
    """A range around values with a little air, not leaving what the unit can be."""
    low, high = min(values), max(values)
    air = (high - low) * share or max(abs(high) * 0.05, 0.5)
    floor_, roof = {
        Unit.PERCENT: (0.0, 100.0),
        Unit.POINTS: (-100.0, 100.0),
        Unit.COUNT: (0.0, float("inf")),
        Unit.HOURS: (0.0, float("inf")),
    }.get(unit, (float("-inf"), float("inf")))
    return max(low - air, floor_), min(high + air, roof)
