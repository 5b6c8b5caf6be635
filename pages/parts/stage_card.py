"""One stage opened as HTML, and complaints by topic."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from metrics.answers import Row
from metrics.journey.map import Gap, Journey
from metrics.journey.stage import Detail, Topic
from metrics.kpis import BY_ID
from metrics.labels import row_text, span_text, value_text, values_name
from metrics.standing import KpiStand
from metrics.strategy.model import KPI, Strategy
from metrics.words import Words
from pages.parts.cards import esc, status
from pages.parts.journey_map import chips, doubt_reason, level_bar

TOPICS = 9
"""Topics drawn; the table holds all."""


def stage_html(found: Detail, whole: Journey, strategy: Strategy, w: Words, href: Callable[..., str]) -> str:
    """KPIs of the stage with target and standing, company-wide KPIs read here, channels and service levels."""
    parts = [_stand(s, w, href) for s in found.stands]
    if found.others:
        parts.append(f'<div class="tier">{esc(w("Measured for the whole company, read at this stage"))}</div>')
        parts += [_other(kpi, row, w, href) for kpi, row in found.others]
    if not parts:
        parts.append(
            f'<div class="sub">{esc(w("No KPI names this stage. Add one to the strategy, or a question."))}</div>'
        )
    channels = chips(found.sight, whole, strategy, w) if found.sight.gap is not Gap.ABSENT else ""
    if channels and found.sight.at:
        name = found.sight.at.kpi.name(w.lang)
        parts.append(f'<div class="tier">{esc(w("{kpi} by channel", kpi=name))}</div>{channels}')
    if found.levels:
        parts.append(
            f'<div class="tier">{esc(w("Six service levels, % of answers"))}</div>{level_bar(found.levels, w)}'
        )
    return f'<div class="sd">{"".join(parts)}</div>'


def topics_html(parts: Sequence[Topic], strategy: Strategy, w: Words) -> str:
    """A bar for each topic; the longest fills its field."""
    most = parts[0].share or 1.0
    rows = "".join(_topic(p, most, strategy, w) for p in parts[:TOPICS])
    rest = parts[TOPICS:]
    more = ""
    if rest:
        text = w(
            "{count} more topics: {share} of complaints together",
            count=len(rest),
            share=w.percent(sum(p.share for p in rest), 0),
        )
        more = f'<div class="foot2"><span>{esc(text)}</span></div>'
    return rows + more


def _topic(topic: Topic, most: float, strategy: Strategy, w: Words) -> str:
    name = values_name(strategy, "topic", topic.values, w)
    width = f"{100 * topic.share / most:.1f}%"
    value = f"<b>{w.percent(topic.share, 0)}</b> {w.number(topic.count)}"
    pooled = f' <span class="xs mut">{esc(w("pooled"))}</span>' if len(topic.values) > 1 else ""
    bar = f'<div><i style="width:{width}"></i></div>'
    return f'<div class="tp"><div>{esc(name)}{pooled}</div>{bar}<span>{value}</span></div>'


def _stand(at: KpiStand, w: Words, href: Callable[..., str]) -> str:
    unit = BY_ID[at.kpi.metric].unit_of(at.kpi.of)
    target = w("target {value}", value=value_text(at.target, unit, w)) if at.target is not None else ""
    mark = status(at.standing, w, at.has_lever) + doubt_reason(at, w)
    return _line(at.kpi, at.row, target, mark, w, href)


def _other(kpi: KPI, row: Row, w: Words, href: Callable[..., str]) -> str:
    return _line(kpi, row, "", "", w, href)


def _line(kpi: KPI, row: Row | None, target: str, mark: str, w: Words, href: Callable[..., str]) -> str:
    unit = BY_ID[kpi.metric].unit_of(kpi.of)
    name = f'<a class="lk" href="{esc(href("kpi", kpi=kpi.id))}" target="_self">{esc(kpi.name(w.lang))}</a>'
    value = row_text(row, unit, w)
    span = span_text(row.low, row.high, unit, w) if row else ""
    small = [x for x in (span, f"n = {w.number(row.n)}" if row and row.n is not None else "", target) if x]
    return (
        f'<div class="sl"><div class="dn1">{name}</div><b>{esc(value)}</b>'
        f'<span class="xs mut">{esc(" · ".join(small))}</span><div>{mark}</div></div>'
    )
