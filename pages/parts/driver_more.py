"""More of the loyalty drivers page as HTML: the two ends of a scale, groups side by side, KPIs by label."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from metrics.drivers import Compared, Driver, Estimate, Interval, Model
from metrics.headlines import driver_more as words
from metrics.headlines.kpi_labels import group_name
from metrics.headlines.sentence import number_word, upper
from metrics.loyalty.evidence import Label
from metrics.strategy.model import KPI
from metrics.words import Words
from pages.parts.cards import esc
from pages.parts.driver_rows import inside


def ends_html(rows: Sequence[Driver], model: Model, w: Words) -> str:
    """One row per driver: its shape in words, the lowest answers as a circle and the highest as a square, both with
    their interval, against the middle at zero."""
    shown = [d for d in rows if d.first.penalty or d.first.reward]
    every = [e for d in shown for e in (d.first.penalty, d.first.reward) if e]
    low, high = min([0.0, *(e.low for e in every)]), max([0.0, *(e.high for e in every)])
    width = (high - low) or 1.0
    zero = _pct(-low / width)
    lines = "".join(_ends(d, model, low, width, zero, w) for d in shown)
    digit = f'<span class="xs mut" style="left:{inside(zero)}">0</span>'
    axis = f'<div class="efr en ax"><div></div><div class="ew">{digit}</div><div></div></div>'
    return f'<div class="efs">{lines}{axis}</div>'


def _ends(d: Driver, model: Model, low: float, width: float, zero: str, w: Words) -> str:
    e = d.first
    said = esc(words.ends_said(d, model, w))
    marks = _end(e.penalty, "ed", 3, low, width) + _end(e.reward, "ed sq", 16, low, width)
    return (
        f'<div class="efr en"><div class="dn1">{esc(d.cause.name(w.lang))}<span class="xs mut">'
        f"<b>{esc(words.shape_name(e.shape, w))}.</b> {esc(words.shape_line(e, w))}</span></div>"
        f'<div class="ew two" role="img" aria-label="{said}" title="{said}"><i class="ez" style="left:{zero}"></i>'
        f'{marks}</div><div class="ev2"><span class="xs mut">{esc(w("poor"))}</span> '
        f'{esc(words.end_text(e.penalty, model, w))}<br><span class="xs mut">{esc(w("very good"))}</span> '
        f"{esc(words.end_text(e.reward, model, w))}</div></div>"
    )


def _end(end: Interval | None, name: str, top: int, low: float, width: float) -> str:
    if end is None:
        return ""
    tone = "sure" if end.low > 0 or end.high < 0 else "open"
    at, start, span = (end.value - low) / width, (end.low - low) / width, (end.high - end.low) / width
    return (
        f'<i class="ei {tone}" style="top:{top + 6}px;left:{_pct(start)};width:{_pct(span)}"></i>'
        f'<i class="{name} {tone}" style="top:{top}px;left:{_pct(at)}"></i>'
    )


def compared_html(
    rows: Sequence[Compared], names: Mapping[str, str], sizes: Mapping[str, int], model: Model, w: Words
) -> str:
    """Drivers down, groups with their n across; a sign that differs carries its warning in words."""
    columns = list(names)
    head = "".join(f'<th scope="col">{esc(names[c])}{_size(sizes.get(c), w)}</th>' for c in columns)
    body = "".join(_compared(one, columns, model, w) for one in rows)
    title = esc(w("Groups side by side"))
    return (
        f'<div class="tw" tabindex="0" role="region" aria-label="{title}"><table class="t cmp">'
        f'<caption class="vh">{title}</caption><thead><tr><th scope="col">{esc(w("Driver"))}</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _size(n: int | None, w: Words) -> str:
    return f'<span class="xs mut nb">n = {w.number(n)}</span>' if n is not None else ""


def _compared(one: Compared, columns: Sequence[str], model: Model, w: Words) -> str:
    by = dict(one.by)
    warn = f'<span class="xs l-off">{esc(w("the sign differs"))}</span>' if one.sign_differs else ""
    cells = "".join(_cell(by.get(c), model, w) for c in columns)
    return f'<tr><th scope="row">{esc(one.cause.name(w.lang))}{warn}</th>{cells}</tr>'


def _cell(e: Estimate | None, model: Model, w: Words) -> str:
    if e is None:
        return f'<td class="mut">{esc(w("not in this model"))}</td>'
    tone = "" if e.above_zero or e.below_zero else ' class="mut"'
    return f"<td{tone}>{esc(words.cell_text(e, model, w))}</td>"


def labels_html(groups: Sequence[tuple[Label, Sequence[KPI]]], href: Callable[[str], str], w: Words) -> str:
    """KPIs by label, each a link to its page."""
    parts = []
    for label, kpis in groups:
        links = ", ".join(f'<a class="lk" href="{esc(href(k.id))}">{esc(k.name(w.lang))}</a>' for k in kpis)
        count = upper(number_word(len(kpis), w))
        parts.append(f"<div><h3>{esc(group_name(label, w))} · {esc(count)}</h3><p>{links or '–'}</p></div>")
    return f'<div class="lbl">{"".join(parts)}</div>'


def _pct(share: float) -> str:
    return f"{100 * share:.1f}%"
