"""Why a total moved: bars that start where the one before ends, and add up to the whole change."""

from __future__ import annotations

from typing import Any

from metrics.answers import Answer
from metrics.charts.dots import name_of
from metrics.charts.layout import Figure, axis, layout, line, text, wrap
from metrics.charts.tokens import Tokens
from metrics.kpis.metric import Unit
from metrics.labels import DIGITS, dimension_name
from metrics.mix import Part, Split
from metrics.strategy.model import Strategy
from metrics.words import Words

ROW = 36
LABEL = 146
MOST = 4
NOTABLE = 0.2
"""Share of the largest bar below which a part is not called harmful."""


def figure(found: Split, answer: Answer, direction: str, strategy: Strategy, w: Words, tokens: Tokens) -> Figure:
    """The groups that moved the total most, the rest together, the changed mix, and the whole; ``answer`` is the later
    of the two. The part that did most harm has the colour of *off course*, when the parts
    tell the groups apart."""
    bars = _bars(found, answer, strategy, w)
    sign = 1 if direction == "up" else -1
    harm = min(range(len(bars)), key=lambda i: sign * bars[i][1])
    at, steps = 0.0, []
    for _, value in bars:
        steps.append((at, value))
        at += value
    rows = [*((name, start, value) for (name, _), (start, value) in zip(bars, steps)), (w("Whole change"), 0.0, at)]
    ends = [0.0, *(start + value for _, start, value in rows)]
    width = (max(ends) - min(ends)) or 1.0
    low, high = min(ends) - 0.04 * width, max(ends) + 0.04 * width
    drawn = layout(tokens, w, ROW * len(rows) + 14, (4, 52, 6, LABEL))
    drawn["xaxis"] = axis(tokens, False, low, high, [], [])
    drawn["yaxis"] = axis(tokens, False, len(rows) - 0.5, -0.5, [], [])
    drawn["shapes"].append(line(0.0, -0.5, 0.0, len(rows) - 0.5, tokens.edge))
    colours = []
    for y, (name, _, value) in enumerate(rows):
        whole = y == len(rows) - 1
        bad = (
            _told_apart(found) and y == harm and not whole and sign * value < -NOTABLE * max(abs(v) for _, _, v in rows)
        )
        colours.append(tokens.ink if whole else tokens.off if bad else tokens.ink3)
        strong = whole or bad
        words = wrap(name, 22)
        side: dict[str, Any] = {"xref": "paper", "xanchor": "left", "align": "left"}
        words = f"<b>{words}</b>" if strong else words
        drawn["annotations"].append(text(words, tokens, 0, y, colour=tokens.ink, size=13, xshift=-LABEL, **side))
        size = f"<b>{change_figure(value, answer.unit, w)}</b>"
        drawn["annotations"].append(text(size, tokens, 1, y, colour=tokens.ink, size=13, xshift=8, **side))
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(rows))),
        "x": [value for _, _, value in rows],
        "base": [start for _, start, _ in rows],
        "width": [0.5] * len(rows),
        "marker": {"color": colours, "line": {"width": 0}},
        "hovertext": [f"{wrap(name, 40)}<br><b>{change_figure(value, answer.unit, w)}</b>" for name, _, value in rows],
        "hoverinfo": "text",
    }
    return {"data": [trace], "layout": drawn}


def change_figure(value: float, unit: Unit, w: Words) -> str:
    """A part with one decimal more than the KPI where that is none, so that small parts can be added up."""
    return w.signed(value, max(1, DIGITS[unit]))


def _bars(found: Split, answer: Answer, strategy: Strategy, w: Words) -> list[tuple[str, float]]:
    ranked = sorted(found.parts, key=lambda p: -abs(p.rate))
    keep = ranked if len(ranked) <= MOST else ranked[: MOST - 1]
    bars = [(part_name(p, answer, strategy, w), p.rate) for p in keep]
    rest = [p for p in ranked if p not in keep]
    if rest:
        bars.append((w("The other {n}", n=len(rest)), sum(p.rate for p in rest)))
    bars.append((mix_name(found, answer, strategy, w), found.mix))
    return bars


def _told_apart(found: Split) -> bool:
    """Whether the parts say more than that all groups moved alike; else none is named, and none has a colour."""
    return found.uneven >= NOTABLE * abs(found.moved.value)


def part_name(part: Part, answer: Answer, strategy: Strategy, w: Words) -> str:
    return name_of(answer, part.after, strategy, w)


def mix_name(found: Split, answer: Answer, strategy: Strategy, w: Words) -> str:
    """The changed mix, by the group whose share changed most: "More Zalo"."""
    most = max(found.parts, key=lambda p: abs(p.grew))
    name = part_name(most, answer, strategy, w)
    if abs(most.grew) < 0.005:
        return w("Another mix: {dimension}", dimension=dimension_name(strategy, answer.request.by[-1], w).lower())
    return w("Larger share: {group}", group=name) if most.grew > 0 else w("Smaller share: {group}", group=name)


def finding(found: Split, answer: Answer, strategy: Strategy, w: Words) -> str:
    """Why the total moved, as a sentence. Says when the total hides what the groups do, and when nothing is certain."""
    total = change_figure(found.moved.value, answer.unit, w)
    top = max(found.parts, key=lambda p: abs(p.rate))
    grown = max(found.parts, key=lambda p: p.grew)
    down = [p for p in found.parts if p.moved.value < 0]
    up = [p for p in found.parts if p.moved.value > 0]
    for same, other, still, against in (
        (down, up, w("The total stands still while every group falls, because {group} grew"),
         w("The total rises while every group falls, because {group} grew")),
        (up, down, w("The total stands still while every group rises, because {group} grew"),
         w("The total falls while every group rises, because {group} grew")),
    ):  # fmt: skip
        if not other and len(same) == len(found.parts) and found.own.sure:
            name = part_name(grown, answer, strategy, w)
            if not found.moved.sure:
                return still.format(group=name)
            if (found.moved.value > 0) != (same[0].moved.value > 0):
                return against.format(group=name)
    if not found.moved.sure:
        return w("No clear change to explain: the parts are within chance")
    if not _told_apart(found):
        return w("No one group explains it: none certainly moved unlike the rest")
    if abs(found.mix) > abs(found.rate):
        size = change_figure(found.mix, answer.unit, w)
        return w("Why it moved: {part} of {total} points come from another mix", part=size, total=total)
    size = change_figure(top.rate, answer.unit, w)
    name = part_name(top, answer, strategy, w)
    return w("Why it moved: {part} of {total} points come from {group}", group=name, part=size, total=total)
