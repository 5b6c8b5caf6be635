"""Cohorts as a table of shares, darker the higher; what could not happen yet and what is withheld have a form of
their own. And the steps by which a figure comes about."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.value.cells import Share, State
from metrics.value.cohorts import Cohort, Cohorts
from metrics.words import Words
from pages.parts.cards import esc

DARKEST = 46
"""Percent of the data colour in the darkest cell: text on it keeps its contrast in both themes."""


def table_html(found: Cohorts, w: Words) -> str:
    """One row per cohort, one column per month after the first order."""
    ages = len(found.rows[0].shares) if found.rows else 0
    top = max((s.value or 0.0 for r in found.rows for s in r.shares), default=0.0) or 1.0
    head = "".join(f'<th scope="col">{w.number(a)}</th>' for a in range(1, ages + 1))
    body = "".join(_row(r, top, w) for r in found.rows)
    caption = esc(w("Share of each cohort that orders in each month after the first order"))
    return (
        f'<div class="tw" tabindex="0" role="region" aria-label="{caption}"><table class="co">'
        f'<caption class="vh">{caption}</caption><thead><tr><th scope="col">{esc(w("First order"))}</th>'
        f'<th scope="col">{esc(w("New customers"))}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        f"{_key(found, w)}"
    )


def _row(row: Cohort, top: float, w: Words) -> str:
    size = w.number(row.n) if row.n is not None else "–"
    period = w.period(row.period)
    name = esc(period[:1].upper() + period[1:])
    cells = "".join(_cell(s, top, w) for s in row.shares)
    return f'<tr><th scope="row">{name}</th><td class="cn">{esc(size)}</td>{cells}</tr>'


def _cell(s: Share, top: float, w: Words) -> str:
    if s.state is State.NOT_YET:
        return f'<td class="ny" title="{esc(w("not yet"))}"><span class="vh">{esc(w("not yet"))}</span></td>'
    if s.state is State.WITHHELD or s.value is None:
        return f'<td class="wd" title="{esc(w("withheld"))}"><span class="vh">{esc(w("withheld"))}</span></td>'
    said = f"{w.percent(s.value)}"
    if s.low is not None and s.high is not None and s.n is not None:
        said += f" ({w.span(s.low, s.high)}), n = {w.number(s.n)}"
    depth = round(DARKEST * s.value / top)
    tint = f"color-mix(in srgb,var(--prim) {depth}%,var(--card))"
    return f'<td style="background:{tint}" title="{esc(said)}">{esc(w.number(s.value, 0 if s.value >= 10 else 1))}</td>'


def _key(found: Cohorts, w: Words) -> str:
    shares = [s.state for r in found.rows for s in r.shares]
    parts = [f"<span>{esc(w('%; the range stands on each cell and in the table below'))}</span>"]
    if State.NOT_YET in shares:
        parts.append(f'<span class="kk"><i class="ny"></i>{esc(w("not yet: that month has not passed"))}</span>')
    if State.WITHHELD in shares:
        parts.append(f'<span class="kk"><i class="wd"></i>{esc(w("withheld"))}</span>')
    return f'<div class="foot2">{"".join(parts)}</div>'


def steps_html(rows: Sequence[tuple[str, str]]) -> str:
    """Steps of a reckoning, the last ones the result."""
    lines = "".join(f"<div><dt>{esc(name)}</dt><dd>{esc(figure)}</dd></div>" for name, figure in rows)
    return f'<dl class="stp">{lines}</dl>'
