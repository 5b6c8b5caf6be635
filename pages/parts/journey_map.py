"""The journey as HTML: a grid of stages and channels on a desk, a list of stages with channel chips on a phone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from metrics.answers import Row, Status
from metrics.headlines.journey import ASKED, harm_lines, level_names, volume_text
from metrics.headlines.sentence import lower
from metrics.journey.map import Gap, Harm, Journey, MapCell, Spread, StageSight
from metrics.journey.stage import level_shares
from metrics.kpis.metric import Unit
from metrics.labels import join_names, row_text, span_text, value_name, values_name
from metrics.standing import KpiStand
from metrics.strategy.model import Stage, Strategy
from metrics.words import Words
from pages.parts.cards import esc, status
from pages.parts.icons import FLAG, svg

Href = Callable[[str], str]
"""The address of a stage, opened."""


def map_html(whole: Journey, strategy: Strategy, w: Words, href: Href) -> str:
    """Both forms; the style sheet shows the one that fits the screen."""
    listed = "".join(_listed(s, whole, strategy, w, href) for s in whole.stages)
    legend = _legend(whole, w)
    return (
        f'<div class="only-d">{_grid(whole, strategy, w, href)}{legend}</div><div class="only-p">{listed}{legend}</div>'
    )


def levels_html(rows: Sequence[tuple[Stage, Row | None]], w: Words) -> str:
    """Six levels by stage as one bar each, with the share in every part that has room for it."""
    lines = "".join(
        f'<div class="lr"><div class="ln">{esc(stage.name(w.lang))}</div>{level_bar(row, w)}</div>'
        for stage, row in rows
    )
    names = level_names(w)
    keys = "".join(f'<span><i style="background:var(--lv{i})"></i>{i} {esc(n)}</span>' for i, n in enumerate(names, 1))
    return f'{lines}<div class="leg2">{keys}</div>'


def level_bar(row: Row | None, w: Words) -> str:
    if row is None:
        return f'<div class="lg">{esc(w("no question asked, so no level"))}</div>'
    shares = level_shares(row)
    said = ", ".join(f"{name} {w.percent(s, 0)}" for name, s in zip(level_names(w), shares))
    parts = "".join(
        f'<i style="flex:{s:.2f};background:var(--lv{i});color:var(--lv{i}t)">{w.number(s) if s >= 5 else ""}</i>'
        for i, s in enumerate(shares, 1)
        if s > 0
    )
    few = f' <span class="xs mut">n = {w.number(row.n)}</span>' if row.n and row.n < ASKED else ""
    title = esc(f"{said}; n = {w.number(row.n or 0)}")
    return f'<div><div class="lb" role="img" aria-label="{title}" title="{title}">{parts}</div>{few}</div>'


def chips(sight: StageSight, whole: Journey, strategy: Strategy, w: Words) -> str:
    """The channels of one stage as chips, or the word for why there are none."""
    if sight.spread is Spread.CELLS:
        shown = {v for c in sight.cells for v in c.values}
        parts = [
            _cell(c, sight, whole, strategy, w, name=_values(c.values, whole, strategy, w), style="")
            for c in sight.cells
        ]
        parts += [_unasked(_values((v,), whole, strategy, w), w, "") for v in whole.values if v not in shown]
        return f'<div class="pc">{"".join(parts)}</div>'
    if sight.spread is Spread.WITHHELD:
        return f'<div class="jc wh"><span>{esc(w("withheld as a breakdown; the total stands"))}</span></div>'
    return ""


def _grid(whole: Journey, strategy: Strategy, w: Words, href: Href) -> str:
    rows = len(whole.values)
    parts = [_groups(whole, w)]
    every = w("All channels") if rows else w("All together")
    parts.append(f'<div class="jr all" style="grid-column:1;grid-row:3">{esc(every)}</div>')
    parts += [
        f'<div class="jr" style="grid-column:1;grid-row:{row}">{esc(_values((value,), whole, strategy, w))}</div>'
        for row, value in enumerate(whole.values, 4)
    ]
    for column, sight in enumerate(whole.stages, 2):
        at = f"grid-column:{column};"
        parts.append(_head(sight, w, href, at + "grid-row:2"))
        if sight.gap is Gap.ABSENT or sight.gap is Gap.BLIND:
            parts.append(_tall(sight, strategy, w, f"{at}grid-row:3/span {rows + 1}"))
            continue
        parts.append(f'<div class="js" style="{at}grid-row:3">{_measure(sight, w)}</div>')
        if rows:
            parts.append(_column(sight, whole, strategy, w, at, rows))
    size = f"grid-template-columns:84px repeat({len(whole.stages)},minmax(88px,1fr));"
    size += "grid-template-rows:auto auto auto" + (f" repeat({rows},minmax(46px,auto))" if rows else "")
    return f'<div class="jw"><div class="jm" style="{size}">{"".join(parts)}</div></div>'


def _groups(whole: Journey, w: Words) -> str:
    parts: list[str] = []
    numbered = list(enumerate(whole.stages, 2))
    for name, group in groupby(numbered, key=lambda pair: pair[1].stage.group and pair[1].stage.group(w.lang)):
        columns = [column for column, _ in group]
        if name:
            place = f"grid-column:{columns[0]}/{columns[-1] + 1};grid-row:1"
            parts.append(f'<div class="jp" style="{place}">{esc(name)}</div>')
    return "".join(parts)


def _head(sight: StageSight, w: Words, href: Href, style: str = "") -> str:
    blind = " blind" if sight.gap is Gap.BLIND else ""
    link = f'<a href="{esc(href(sight.stage.id))}" target="_self">{esc(sight.stage.name(w.lang))}</a>'
    where = f' style="{style}"' if style else ""
    return f'<div class="jh{blind}"{where}><b>{link}</b><span>{esc(volume_text(sight, w))}</span></div>'


def _measure(sight: StageSight, w: Words) -> str:
    """Value, interval, name and standing of the stage's own measure over all channels."""
    at, row = sight.at, sight.row
    if at is None or sight.unit is None:
        word = w("asked, but no KPI") if sight.stage.listening_posts else w("no measure")
        return f'<span class="num">–</span><div class="xs mut">{esc(word)}</div>'
    name = esc(at.kpi.name(w.lang))
    stood = status(at.standing, w, at.has_lever) + doubt_reason(at, w)
    if row is None or row.value is None:
        return f'<span class="num">–</span><div class="xs mut">{name}</div>{stood}'
    span = span_text(row.low, row.high, sight.unit, w)
    when = f" · {w.period(at.period, short=True)}" if at.period and not sight.own_period else ""
    value = _value(row, sight.unit, w)
    return (
        f'<span class="num">{esc(value)}</span><div class="xs mut"><span class="nb">{esc(span + when)}</span>'
        f"<br>{name}</div>{stood}"
    )


def _column(sight: StageSight, whole: Journey, strategy: Strategy, w: Words, at: str, rows: int) -> str:
    """The channels of one stage in the grid, or the one drawing that stands for them."""
    place = f"{at}grid-row:4/span {rows}"
    if sight.spread is Spread.WITHHELD:
        word = w("withheld as a breakdown; the total stands")
        return f'<div class="jc wh" style="{place}"><span>{esc(word)}</span></div>'
    if sight.gap is Gap.UNASKED:
        return f'<div class="jg soft" style="{place}"><span>{esc(w("No question asked here"))}</span></div>'
    if sight.spread is Spread.UNCUT:
        return f'<div class="jg soft plain" style="{place}"><span>{esc(w("Not cut by channel"))}</span></div>'
    if sight.spread is Spread.NOTHING:
        return f'<div class="jg soft" style="{place}"><span>{esc(w("No figure to show here"))}</span></div>'
    parts: list[str] = []
    shown: set[str] = set()
    for cell in sight.cells:
        inside = [i for i, v in enumerate(whole.values) if v in cell.values]
        shown |= set(cell.values)
        for _, run in groupby(enumerate(inside), key=lambda pair: pair[1] - pair[0]):
            lines = [row for _, row in run]
            style = f"{at}grid-row:{lines[0] + 4}/span {len(lines)};"
            apart = tuple(v for v in cell.values if v not in {whole.values[i] for i in lines})
            parts.append(_cell(cell, sight, whole, strategy, w, name="", style=style, apart=apart))
    for i, value in enumerate(whole.values):
        if value not in shown:
            parts.append(_unasked("", w, f"{at}grid-row:{i + 4}"))
    return "".join(parts)


def _cell(
    cell: MapCell,
    sight: StageSight,
    whole: Journey,
    strategy: Strategy,
    w: Words,
    name: str,
    style: str,
    apart: tuple[str, ...] = (),
) -> str:
    """One cell. ``apart``: values pooled with it whose rows do not touch its own, so that it is drawn twice."""
    row, unit = cell.row, sight.unit or Unit.COUNT
    level = cell.level
    colours = f"--c:var(--lv{level});color:var(--lv{level}t)" if level else "--c:var(--sunk);color:var(--ink)"
    span = span_text(row.low, row.high, unit, w)
    small = [w("pooled")] if row.pooled else []
    if apart:
        small = [w("pooled with {names}", names=_values(apart, whole, strategy, w))]
    if row.status is Status.INDICATIVE:
        small.append(f"n = {w.number(row.n or 0)}")
    elif span:
        small.append(span)
    value = _value(row, unit, w)
    words = [sight.stage.name(w.lang), _values(cell.values, whole, strategy, w), f"{value} ({span})" if span else value]
    words += [f"n = {w.number(row.n or 0)}", distance_name(level, w)]
    said = esc(" · ".join(x for x in [*words, w("pooled") if row.pooled else ""] if x))
    head = f"<small>{esc(name)}</small>" if name else ""
    below = "".join(f"<small>{esc(s)}</small>" for s in small)
    pool = " pool" if row.pooled else ""
    return (
        f'<div class="jc{pool}" style="{style}{colours}" role="img" aria-label="{said}" title="{said}">'
        f"{head}<b>{esc(value)}</b>{below}</div>"
    )


def _unasked(name: str, w: Words, style: str) -> str:
    head = f"<small>{esc(name)}</small>" if name else ""
    return f'<div class="jc na" style="{style}">{head}<span>{esc(w("no signal"))}</span></div>'


def _tall(sight: StageSight, strategy: Strategy, w: Words, style: str = "") -> str:
    """Absence and the blind spot: a tall dashed column, with the harm in numbers."""
    where = f' style="{style}"' if style else ""
    if sight.gap is Gap.ABSENT:
        ways = join_names([lower(t.name(w.lang)) for t in sight.stage.touchpoints], w)
        begin = w("Customers start with {ways}", ways=ways) if ways else sight.stage.customer_goal(w.lang)
        return f'<div class="jg"{where}><b>{esc(w("We are absent"))}</b><span>{esc(begin)}</span></div>'
    harm = _harm(sight.harm, strategy, w) if sight.harm else ""
    own = ""
    if sight.row and sight.row.value is not None and sight.at and sight.unit:
        value = row_text(sight.row, sight.unit, w)
        own = f'<span class="hm">{esc(sight.at.kpi.name(w.lang))}: <b>{esc(value)}</b></span>'
    return f'<div class="jg blind"{where}><b>{esc(w("Nobody asks"))}</b>{harm}{own}</div>'


def _harm(harm: Harm, strategy: Strategy, w: Words) -> str:
    lines = "".join(f'<span class="hl">{esc(line)}</span>' for line in harm_lines(harm, w))
    text = f"<span>{lines}</span>" if lines else ""
    if harm.kept is None or harm.late is None or harm.kept.value is None or harm.late.value is None:
        return text
    outcome = strategy.kpi(strategy.loyalty.outcome).name(w.lang) if strategy.loyalty.outcome else ""
    rows = ""
    for row in (harm.late, harm.kept):
        dimension, values = row.dims[0]
        first, *rest = [value_name(strategy, dimension, v, w) for v in values]
        name = join_names([first, *map(lower, rest)], w)
        span = span_text(row.low, row.high, Unit.PERCENT, w)
        value = w.percent(row.value or 0.0, 0)
        rows += f'<span class="hl">{esc(name)}: <b>{esc(value)}</b> <span class="nb">({esc(span)})</span></span>'
    when = f" · {w.period(harm.over)}" if harm.over == "all" else ""
    return f'{text}<span class="hm"><span class="hl">{esc(outcome + when)}</span>{rows}</span>'


def _listed(sight: StageSight, whole: Journey, strategy: Strategy, w: Words, href: Href) -> str:
    """One stage in the phone's list."""
    head = _head(sight, w, href)
    if sight.gap is Gap.ABSENT or sight.gap is Gap.BLIND:
        return f'<div class="ps">{head}{_tall(sight, strategy, w)}</div>'
    at, row = sight.at, sight.row
    if at is None or row is None or row.value is None or sight.unit is None:
        word = w("asked, but no KPI") if sight.stage.listening_posts else w("No question asked here")
        return f'<div class="ps">{head}<div class="jg soft">{esc(word)}</div></div>'
    span = span_text(row.low, row.high, sight.unit, w)
    when = f" · {w.period(at.period, short=True)}" if at.period and not sight.own_period else ""
    stood = status(at.standing, w, at.has_lever)
    doubt = doubt_reason(at, w)
    line = (
        f'<div class="pv"><span class="num">{esc(_value(row, sight.unit, w))}</span>'
        f'<span class="xs mut">{esc(span + when)}<br>{esc(at.kpi.name(w.lang))}</span>'
        f'<span class="ps-st">{stood}</span></div>'
    )
    return f'<div class="ps">{head}{line}{doubt}{chips(sight, whole, strategy, w)}</div>'


def doubt_reason(at: KpiStand, w: Words) -> str:
    """The amber flag with what changed in the measurement."""
    if at.doubt is None:
        return ""
    return f'<div class="doubt">{svg(FLAG, 13, "0 0 14 14")}<span>{esc(at.doubt.name(w.lang))}</span></div>'


def distance_name(level: int | None, w: Words) -> str:
    """Distance to the stage's target in words."""
    words = (w("far below"), w("well below"), w("below"), w("at target"), w("above"), w("well above"))
    return words[level - 1] if level else w("no target")


def _legend(whole: Journey, w: Words) -> str:
    used = {c.level for s in whole.stages for c in s.cells if c.level}
    parts = [f'<span><i style="background:var(--lv{n})"></i>{esc(distance_name(n, w))}</span>' for n in sorted(used)]
    if any(c.row.pooled for s in whole.stages for c in s.cells):
        parts.append(f'<span><i class="pk"></i>{esc(w("pooled: small groups shown together"))}</span>')
    if any(s.spread is Spread.WITHHELD for s in whole.stages):
        parts.append(f'<span><i class="wk"></i>{esc(w("withheld"))}</span>')
    heard = [{v for c in s.cells for v in c.values} for s in whole.stages if s.cells]
    if any(s.gap for s in whole.stages) or any(values != set(whole.values) for values in heard):
        parts.append(f'<span><i class="gk2"></i>{esc(w("no signal"))}</span>')
    if used:
        parts.insert(0, f'<b title="{esc(_steps(w))}">{esc(w("Distance to the stage’s target"))}</b>')
    note = f'<div class="xs mut leg3">{esc(_steps(w))}</div>' if used else ""
    return f'<div class="leg2">{"".join(parts)}</div>{note}'


def _steps(w: Words) -> str:
    return w("At target: the range reaches it. Well below or above: by a tenth of the scale; far below: by a fifth.")


def _value(row: Row, unit: Unit, w: Words) -> str:
    return row_text(row, unit, w)


def _values(values: Sequence[str], whole: Journey, strategy: Strategy, w: Words) -> str:
    return values_name(strategy, whole.cross or "channel", values, w)
