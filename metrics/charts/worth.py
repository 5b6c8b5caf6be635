"""What customers bring: the curve of a new customer, winning beside keeping, and the parts of growth. Plain figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from metrics.charts.layout import Figure, axis, band, layout, line, nice_ticks, safe, text, whiskers
from metrics.charts.tokens import Tokens, faded
from metrics.labels import money_span, money_text
from metrics.value.growth import Growth
from metrics.value.worth import Point, Worth
from metrics.words import Words

HEIGHT = 300
ROW = 60
LINE = 46
"""Letters that stand on one line of a phone."""


def curve(at: Worth, w: Words, tokens: Tokens, currency: str) -> Figure:
    """What a new customer has brought by each month: band and line as reckoned, dots as cohorts have paid, and the
    cost of winning as a dashed line."""
    drawn = layout(tokens, w, HEIGHT, (14, 92, 40, 62))
    points = at.curve or at.seen
    heights = [v for p in (*points, *at.seen) for v in (p.value, p.high) if v is not None]
    top = max([*heights, at.cost or 0.0], default=1.0) * 1.06
    last = max((p.months for p in points), default=1.0)
    ticks = nice_ticks(0.0, top)
    drawn["yaxis"] = axis(tokens, True, 0.0, top, ticks, [w.money(t, currency, short=True) for t in ticks])
    months = list(range(0, round(last) + 1, 6 if last > 12 else 3))
    drawn["xaxis"] = axis(tokens, False, -0.4, last + 0.4, months, [w.number(m) for m in months])
    drawn["xaxis"]["title"] = {
        "text": safe(w("months after the first order")),
        "font": {"size": 12, "color": tokens.ink3},
        "standoff": 6,
    }
    data = _band(points, tokens)
    data.append(_line(points, w, tokens, currency, marked=points is at.seen))
    if points is not at.seen:
        data.append(_dots(at.seen, w, tokens, currency))
    side: dict[str, Any] = {"xref": "paper", "xanchor": "left", "xshift": 8, "align": "left"}
    if points:
        words = f"<b>{money_text(points[-1].value, w, currency)}</b>"
        drawn["annotations"].append(text(words, tokens, 1, points[-1].value, colour=tokens.ink, size=13, **side))
    if at.cost is not None:
        drawn["shapes"].append(line(0, at.cost, 1, at.cost, tokens.ink, xref="paper", dash="6px,4px", width=1.3))
        words = f"{safe(w('cost of winning'))}<br>{w.money(at.cost, currency)}"
        drawn["annotations"].append(text(words, tokens, 1, at.cost, colour=tokens.ink, **side))
    return {"data": data, "layout": drawn}


def _band(points: Sequence[Point], tokens: Tokens) -> list[Figure]:
    ends = [(p.months, p.low, p.high) for p in points if p.low is not None and p.high is not None]
    return [band(ends, tokens.prim)] if len(ends) > 1 else []


def _line(points: Sequence[Point], w: Words, tokens: Tokens, currency: str, marked: bool) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines+markers" if marked else "lines",
        "x": [p.months for p in points],
        "y": [p.value for p in points],
        "line": {"color": tokens.prim, "width": 2.2},
        "marker": {"size": 8, "color": tokens.prim},
        "hovertext": [_hover(p, w, currency) for p in points],
        "hoverinfo": "text",
    }


def _dots(points: Sequence[Point], w: Words, tokens: Tokens, currency: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [p.months for p in points],
        "y": [p.value for p in points],
        "marker": {"size": 9, "color": tokens.card, "line": {"color": tokens.prim, "width": 2}},
        "hovertext": [f"{w('seen in cohorts')}<br>{_hover(p, w, currency)}" for p in points],
        "hoverinfo": "text",
    }


def _hover(p: Point, w: Words, currency: str) -> str:
    value = f"<b>{money_text(p.value, w, currency)}</b>"
    if p.low is not None and p.high is not None:
        value += f" ({money_span(p.low, p.high, p.value, w)})"
    return f"{w('month {age}', age=w.number(p.months, 0 if p.months == round(p.months) else 1))}<br>{value}"


@dataclass(frozen=True)
class Bar:
    """A figure with its interval (None: declared or exact); ``tone`` is ``prim``, ``second`` or ``quiet``."""

    name: str
    value: float
    low: float | None
    high: float | None
    tone: str
    said: str


def bars(rows: Sequence[Bar], ticks_text: Sequence[tuple[float, str]], tokens: Tokens, drawn: Figure) -> Figure:
    """Bars from zero with capped intervals in the layout ``drawn``; name and figure stand above each bar, so that they
    have room on a phone."""
    ends = [v for r in rows for v in (r.value, r.low, r.high) if v is not None]
    high, low = max([*ends, 0.0]), min([*ends, 0.0])
    air = 0.04 * ((high - low) or 1.0)
    left, right = low - (air if low < 0 else 0.0), high + air
    kept = [(t, s) for t, s in ticks_text if left <= t <= right]
    drawn["xaxis"] = axis(tokens, False, left, right, [t for t, _ in kept], [s for _, s in kept])
    drawn["yaxis"] = axis(tokens, False, len(rows) - 0.7, -0.7, [], [])
    drawn["shapes"] += [line(t, -0.1, t, len(rows) - 0.7, tokens.line) for t, _ in kept]
    drawn["shapes"].append(line(0.0, -0.1, 0.0, len(rows) - 0.7, tokens.edge))
    tones = {"prim": tokens.prim, "second": tokens.second, "quiet": tokens.edge}
    for y, row in enumerate(rows):
        at: dict[str, Any] = {"xref": "paper", "xanchor": "left", "yanchor": "bottom", "align": "left", "xshift": -4}
        between = "<br>" if len(row.name) + len(row.said) > LINE else "  "
        words = f"{safe(row.name)}{between}<b>{safe(row.said)}</b>"
        drawn["annotations"].append(text(words, tokens, 0, y - 0.16, colour=tokens.ink, size=13, **at))
    data = []
    for sure in (True, False):  # a declared or exact figure has no interval, not one of width zero
        chosen = [(y, r) for y, r in enumerate(rows) if (r.low is not None and r.high is not None) is sure]
        trace: Figure = {
            "type": "bar",
            "orientation": "h",
            "x": [r.value for _, r in chosen],
            "y": [y for y, _ in chosen],
            "width": [0.32] * len(chosen),
            "marker": {"color": [faded(tones[r.tone], 0.62) for _, r in chosen], "line": {"width": 0}},
            "hovertext": [f"{safe(r.name)}<br><b>{safe(r.said)}</b>" for _, r in chosen],
            "hoverinfo": "text",
            "cliponaxis": False,
        }
        if sure:
            spans = [(r.value, r.low or 0.0, r.high or 0.0) for _, r in chosen]
            trace["error_x"] = whiskers(spans, tokens.ink, 1.8, 4)
        data.append(trace)
    return {"data": data, "layout": drawn}


def winning(at: Worth, w: Words, tokens: Tokens, currency: str) -> Figure:
    """The cost of winning a customer beside what one brings, and what one more who comes back brings."""
    rows: list[Bar] = []
    if at.cost is not None:
        rows.append(Bar(w("Winning one costs"), at.cost, None, None, "second", w.money(at.cost, currency)))
    for name, e in (
        (w("A new customer brings"), at.worth),
        (w("Who comes back brings more"), at.returner),
    ):
        if e is not None:
            said = f"{money_text(e.value, w, currency)} ({money_span(e.low, e.high, e.value, w)})"
            rows.append(Bar(name, e.value, e.low, e.high, "prim", said))
    top = max((r.high or r.value for r in rows), default=1.0)
    ticks = nice_ticks(0.0, top, 3)
    return bars(rows, [(t, w.money(t, currency, short=True)) for t in ticks], tokens, _rows(len(rows), w, tokens))


def growing(found: Growth, w: Words, tokens: Tokens) -> Figure:
    """Kept, earned and other new revenue in percent of last year's."""
    parts = [(w("Earlier customers again"), found.kept, "prim")]
    if found.earned is not None:
        parts.append((w("New, sent by others"), found.earned, "prim"))
        parts.append((w("New, otherwise"), found.bought, "quiet"))
    else:
        parts.append((w("New customers"), found.bought, "quiet"))
    rows = []
    for name, part, tone in parts:
        said = w.percent(part.value)
        if part.low is not None and part.high is not None:
            said += f" ({w.span(part.low, part.high)})"
        rows.append(Bar(name, part.value, part.low, part.high, tone, said))
    top = max((r.high or r.value for r in rows), default=1.0)
    ticks = [(t, w.percent(t, 0)) for t in nice_ticks(0.0, top, 3)]
    return bars(rows, ticks, tokens, _rows(len(rows), w, tokens))


def _rows(count: int, w: Words, tokens: Tokens) -> Figure:
    return layout(tokens, w, ROW * count + 30, (2, 24, 26, 6))
