"""Pieces of the KPI page: the choice, the figure card, the rule band, trust and definition."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.closeup import Closeup
from metrics.drivers import carried
from metrics.headlines import kpi as texts
from metrics.headlines.kpi_loyalty import linked, loyalty
from metrics.headlines.sentence import lower
from metrics.kpis import BY_ID
from metrics.labels import scale_top, value_parts
from metrics.standing import Standing
from pages.parts.cards import doubt, esc, icon, note, pill, section
from pages.parts.frame import Page


def pick(page: Page) -> str | None:
    """The KPI in the address, or the loyalty outcome; None for one that is not declared. A choice is written there."""
    names = {k.id: page.say(k.name) for k in page.strategy.kpis}
    first = page.strategy.loyalty.outcome or next(iter(names))
    asked = page.query.get("kpi", first)
    chosen = asked if asked in names else None
    st.session_state["kpi"] = chosen
    place = None if chosen is None else 0
    with st.container(key="pick"):
        st.selectbox(
            page.w("KPI"),
            list(names),
            format_func=lambda id: names[id],
            key="kpi",
            index=place,
            on_change=_to_address,
            args=(tuple(names),),
        )
    return chosen


def _to_address(offered: tuple[str, ...]) -> None:
    if st.session_state["kpi"] in offered:
        st.query_params["kpi"] = st.session_state["kpi"]


def figure(page: Page, found: Closeup) -> str:
    """Value, interval, status, and what it serves."""
    at, w = found.at, page.w
    unit = BY_ID[at.kpi.metric].unit_of(at.kpi.of)
    top = scale_top(page.strategy, at.kpi)
    value, small = value_parts(at.row, unit, w, top, page.strategy.organisation.currency)
    told = f'<span class="num">{esc(value)}</span><small>{esc(small)}</small>'
    rows = "".join(f"<dt>{esc(name)}</dt><dd>{esc(text)}</dd>" for name, text in texts.facts(found, page.strategy, w))
    more = note(page.w("Its measurement changed; see below."), doubt(w)) if at.doubt else ""
    return (
        f'<div class="kv"><div class="sm mut">{esc(page.say(at.kpi.name))}</div><div class="kbig">{told}</div>'
        f'<div class="sm sec">{esc(texts.figure_line(found, page.strategy, w))}</div>'
        f'<div class="ks">{pill(at.standing, w, at.has_lever)}</div><dl>{rows}</dl>{more}</div>'
    )


def rule(page: Page, found: Closeup) -> str:
    """The rule in force, the levers, what the KPI is linked to, and what it has to do with coming back."""
    w, kpi = page.w, found.at.kpi
    known = carried(page.release, kpi)
    link = linked(known, kpi, page.strategy, w) or w("It is an outcome: nothing above it is declared.")
    pieces = [texts.rule(found, w), (w("Levers"), texts.levers(found, w)), (w("What it carries"), link)]
    label = loyalty(known, kpi, w)
    if label:
        pieces.append((w("Loyalty: {label}", label=lower(label[0])), label[1]))
    told = "".join(f"<div><h3>{esc(h)}</h3><p>{esc(t)}</p></div>" for h, t in pieces)
    return f'<div class="rule{" four" if label else ""}">{told}</div>'


def notes(page: Page, found: Closeup, marks: Sequence[tuple[Standing, str]]) -> str:
    """May I trust it, and what it is."""
    w = page.w
    trusted = "".join(f"<li>{icon(standing, 16)}<span>{esc(text)}</span></li>" for standing, text in marks)
    what = "".join(f"<p>{esc(p)}</p>" for p in texts.what_it_is(found, page.release, w))
    return (
        f'<div class="g2t"><div>{section(w("May I trust it?"))}<ul class="marks">{trusted}</ul></div>'
        f'<div class="what">{section(w("What it is"))}{what}</div></div>'
    )
