"""Groups of one KPI in one period: dots with intervals, sorted, against the target; pooled and withheld ones drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metrics.answers import Answer, Row
from metrics.charts.layout import (
    Figure,
    axis,
    hover,
    layout,
    line,
    nice_ticks,
    spread,
    text,
    thin,
    tick_texts,
    whiskers,
    wrap,
)
from metrics.charts.tokens import Tokens, faded
from metrics.labels import group_name, join_names, row_text, target_text
from metrics.strategy.model import Strategy
from metrics.words import Words

ROW = 36
LABEL = 132
"""Pixels for the names of the groups; longer names take a second line."""


def groups_of(answer: Answer, direction: str) -> list[Row]:
    """The rows of one period, best first, withheld ones last. Of several periods the last."""
    if not answer.rows:
        return []
    last = answer.rows[-1].period
    rows = [r for r in answer.rows if r.period == last]
    sign = -1 if direction == "up" else 1
    return sorted(rows, key=lambda r: (r.value is None, sign * (r.value if r.value is not None else 0.0)))


def figure(
    answer: Answer, direction: str, target: float | None, strategy: Strategy, w: Words, tokens: Tokens
) -> Figure:
    """Dots with capped intervals, one row per group, as a plain Plotly figure.

    A pooled group has a broken thick bar and the word; a group whose whole interval lies on the bad side of
    ``target`` is drawn in the colour of *off course*, unless all do (then colour would tell nothing apart); a
    withheld one is a hatched strip with the word."""
    rows = groups_of(answer, direction)
    standing = [v for r in rows for v in (r.value, r.low, r.high) if v is not None]
    if target is not None:
        standing.append(target)
    low, high = spread(standing or [0.0, 1.0], answer.unit)
    ticks = nice_ticks(low, high, 4)
    names = [name_of(answer, r, strategy, w) for r in rows]
    some_bad = any(r.value is not None and not _bad(r, direction, target) for r in rows)
    lines = max((wrap(n, 21).count("<br>") + 1 + r.pooled for n, r in zip(names, rows)), default=1)
    drawn = layout(tokens, w, max(ROW, 16 * lines) * len(rows) + 40, (6, 62, 34, LABEL))
    kept, texts = _ticks(ticks, tick_texts(ticks, answer.unit, w), target, low, high)
    drawn["xaxis"] = axis(tokens, False, low, high, kept, texts)
    drawn["yaxis"] = axis(tokens, False, len(rows) - 0.4, -0.6, [], [])
    drawn["shapes"] += [line(t, -0.6, t, len(rows) - 0.4, tokens.line) for t in ticks]
    if target is not None:
        drawn["shapes"].append(line(target, 0, target, 1, tokens.ink, yref="paper", dash="6px,4px"))
        words = w("target {value}", value=target_text(target, answer.unit, w))
        drawn["annotations"].append(
            text(words, tokens, target, 0, yref="paper", yanchor="top", yshift=-8, colour=tokens.ink, xanchor="center")
        )
    for y, (row, name) in enumerate(zip(rows, names)):
        words = wrap(name, 21)
        if row.pooled:
            words += f"<br><span style='color:{tokens.ink3}'>{w('pooled')}</span>"
        at: dict[str, Any] = {"xref": "paper", "xanchor": "left", "align": "left"}
        drawn["annotations"].append(text(words, tokens, 0, y, colour=tokens.ink, size=13, xshift=-LABEL, **at))
        if row.value is not None:
            value = f"<b>{row_text(row, answer.unit, w)}</b>"
            drawn["annotations"].append(text(value, tokens, 1, y, colour=tokens.ink, size=13, xshift=8, **at))
    data: list[Figure] = []
    data += _withheld(rows, low, high, drawn, w, tokens)
    for off in (False, True):
        colour = tokens.off if off else tokens.prim
        chosen = [(y, r, n) for y, (r, n) in enumerate(zip(rows, names)) if r.value is not None]
        chosen = [c for c in chosen if (some_bad and _bad(c[1], direction, target)) is off]
        data += _pooled([(y, r) for y, r, _ in chosen if r.pooled], colour)
        data += _dots(chosen, answer, colour, w, tokens)
    return {"data": data, "layout": drawn}


def name_of(answer: Answer, row: Row, strategy: Strategy, w: Words) -> str:
    """A group by the dimensions that were asked for: neither the KPI's own scope nor the filter is repeated."""
    fixed = {d for d, _ in answer.request.within}
    return group_name(strategy, [(d, v) for d, v in row.dims if d in answer.request.by and d not in fixed], w)


def _bad(row: Row, direction: str, target: float | None) -> bool:
    if target is None or row.low is None or row.high is None:
        return False
    return row.high < target if direction == "up" else row.low > target


def _ticks(
    ticks: Sequence[float], texts: Sequence[str], target: float | None, low: float, high: float
) -> tuple[list[float], list[str]]:
    """Ticks without those that the word under the target line would cover."""
    room = 0.24 * (high - low)
    kept = [(t, s) for t, s in zip(ticks, texts) if target is None or abs(t - target) > room]
    return [t for t, _ in kept], [s for _, s in kept]


def _dots(chosen: list[tuple[int, Row, str]], answer: Answer, colour: str, w: Words, tokens: Tokens) -> list[Figure]:
    if not chosen:
        return []
    values = [r.value or 0.0 for _, r, _ in chosen]
    plain = [None if r.pooled else r for _, r, _ in chosen]
    ends = [
        (v, v if r is None or r.low is None else r.low, v if r is None or r.high is None else r.high)
        for r, v in zip(plain, values)
    ]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": values,
            "y": [y for y, _, _ in chosen],
            "marker": {
                "size": 11,
                "color": [tokens.card if thin(r) else colour for _, r, _ in chosen],
                "line": {"color": colour, "width": 2},
            },
            "error_x": whiskers(ends, colour, 2.4, 4),
            "cliponaxis": False,
            "hovertext": [hover(r, answer.unit, w, n) for _, r, n in chosen],
            "hoverinfo": "text",
        }
    ]


def _pooled(chosen: list[tuple[int, Row]], colour: str) -> list[Figure]:
    """Broken thick bars: the interval of a group made of several."""
    x: list[float | None] = []
    y: list[float | None] = []
    for place, row in chosen:
        if row.low is not None and row.high is not None:
            x += [row.low, row.high, None]
            y += [place, place, None]
    if not x:
        return []
    style = {"color": faded(colour, 0.8), "width": 7, "dash": "2.5px,2.5px"}
    return [{"type": "scatter", "mode": "lines", "x": x, "y": y, "line": style, "hoverinfo": "skip"}]


def _withheld(rows: Sequence[Row], low: float, high: float, drawn: Figure, w: Words, tokens: Tokens) -> list[Figure]:
    places = [y for y, r in enumerate(rows) if r.value is None]
    if not places:
        return []
    for y in places:
        drawn["annotations"].append(
            text(w("withheld"), tokens, (low + high) / 2, y, colour=tokens.ink2, bgcolor=tokens.card, borderpad=2)
        )
    hatch = {"shape": "/", "fgcolor": tokens.withheld, "bgcolor": faded(tokens.withheld, 0.06), "size": 4}
    return [
        {
            "type": "bar",
            "orientation": "h",
            "x": [high - low] * len(places),
            "base": [low] * len(places),
            "y": places,
            "width": [0.6] * len(places),
            "marker": {"pattern": {**hatch, "solidity": 0.22}, "line": {"width": 0}},
            "hoverinfo": "skip",
        }
    ]


def finding(answer: Answer, direction: str, target: float | None, strategy: Strategy, w: Words) -> str:
    """What the comparison shows, as a sentence. A group stands apart only when its interval touches no other's."""
    rows = [r for r in groups_of(answer, direction) if r.value is not None]
    if not rows:
        return w("Not cleared for this period; the wider total has it")
    if len(rows) == 1:
        return w("Too few handled each group: only the whole is shown")
    names = {r: name_of(answer, r, strategy, w) for r in rows}
    bad = [r for r in rows if _bad(r, direction, target)]
    if target is not None and bad and len(bad) == len(rows):
        return w("Every group is on the wrong side of the target")
    apart = _apart(rows[-1], rows[:-1])
    if target is not None and bad and len(bad) <= 2:
        said = [names[r] for r in bad]
        listed = "; ".join(said) if any(r.pooled for r in bad) else join_names(said, w)
        aim = target_text(target, answer.unit, w)
        if direction == "up":
            return w("Certainly below the target of {target}: {groups}", groups=listed, target=aim)
        return w("Certainly above the target of {target}: {groups}", groups=listed, target=aim)
    if apart:
        return w("{group} does worse than all the others", group=names[rows[-1]])
    if _apart(rows[0], rows[1:]):
        return w("{group} does better than all the others", group=names[rows[0]])
    if bad:
        return w("{n} of {all} groups are certainly on the wrong side of the target", n=len(bad), all=len(rows))
    if any(_apart(a, [b]) for i, a in enumerate(rows) for b in rows[i + 1 :]):
        best, worst = names[rows[0]], names[rows[-1]]
        return w("From {best} to {worst} the ranges overlap step by step", best=best, worst=worst)
    return w("No group stands apart: the ranges overlap")


def _apart(row: Row, others: Sequence[Row]) -> bool:
    if row.low is None or row.high is None:
        return False
    return all(o.low is not None and o.high is not None and (row.high < o.low or row.low > o.high) for o in others)
