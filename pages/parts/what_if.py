"""What if, on a page: a KPI to move, a slider within what was reached, and what goes with it. The address is the only
memory (``move`` and ``level``), so a link shows the same what-if."""

from __future__ import annotations

import streamlit as st

from metrics.charts.tree import evidence_words
from metrics.drivers import Choice, Marks, WhatIf, carried, choices, first_choice, marks, what_if
from metrics.errors import Refusal, Refused
from metrics.exports.driver_table import what_if as what_if_table
from metrics.headlines import what_if as words
from metrics.headlines.kpi_loyalty import two_horizons
from metrics.refusals import reason, way_out
from metrics.words import Words
from pages.parts import cards
from pages.parts.cards import esc
from pages.parts.frame import Page
from pages.parts.table import table_line


def what_if_card(page: Page) -> None:
    """The whole card. Without anything that can be moved it says so."""
    w = page.w
    found: tuple[Choice, ...] = page.keep("choices", lambda: choices(page.release))
    first = first_choice(found)
    if first is None:
        with cards.card("whatif", w("Nothing can be moved on paper yet")):
            cards.show(cards.empty(reason(Refused.NO_SIGNAL, w), way_out(Refused.NO_SIGNAL, w)))
        return
    by_id = {c.kpi.id: c for c in found}
    asked = page.query.get("move", first.kpi.id)
    chosen = by_id.get(asked)
    if chosen is None:
        with cards.card("whatif", w("This KPI cannot be moved on paper")):
            _pick(page, by_id, None)
            cards.show(cards.empty(reason(Refused.NO_SIGNAL, w), w("Choose another one.")))
        return
    at = marks(chosen)
    to = _number(page.query.get("level")) if "move" in page.query else None
    to = at.first if to is None else to
    result: WhatIf | None = None
    try:
        result = page.keep("what-if", lambda: what_if(page.release, chosen.kpi.id, to), chosen.kpi.id, to)
        title = words.title(result, w)
    except Refusal as refusal:
        title = reason(refusal.kind, w)
        page.count(refusal.kind)
    with cards.card("whatif", title, words.subtitle(chosen, w)):
        with st.container(horizontal=True, vertical_alignment="bottom", key="move-line"):
            _pick(page, by_id, chosen)
            _slide(page, chosen, at, to)
        if result is None:
            cards.show(cards.empty(way_out(Refused.OUTSIDE, w), ""))
            return
        drawn = result
        apart = page.keep("horizons", lambda: carried(page.release, chosen.kpi).horizons, chosen.kpi.id)
        cards.show(_steps(drawn, w), cards.foot(words.trust(drawn, w), *([two_horizons(apart, w)] if apart else [])))
        table_line(
            page, lambda: what_if_table(drawn, evidence_words(w), words.promised(drawn), page.release, w), "whatif"
        )


def _pick(page: Page, by_id: dict[str, Choice], chosen: Choice | None) -> None:
    names = {id: page.say(c.kpi.name) for id, c in by_id.items()}
    st.session_state["move"] = chosen.kpi.id if chosen else None
    st.selectbox(
        page.w("Move a KPI"),
        list(names),
        format_func=lambda id: names[id],
        key="move",
        index=0 if chosen else None,
        on_change=_moved,
        args=(tuple(names),),
        width=300,
    )


def _slide(page: Page, chosen: Choice, at: Marks, to: float) -> None:
    if at.high <= at.low:
        return
    key = f"to-{chosen.kpi.id}"
    st.session_state[key] = min(max(to, at.low), at.high)
    st.slider(
        page.w("It would stand at"),
        at.low,
        at.high,
        step=at.step,
        format="%.1f" if at.step >= 0.1 else "%.2f",
        key=key,
        on_change=_slid,
        args=(key, chosen.kpi.id),
    )


def _moved(offered: tuple[str, ...]) -> None:
    if st.session_state["move"] in offered:  # Streamlit takes any text that is sent to it
        st.query_params["move"] = st.session_state["move"]
        st.query_params.pop("level", None)


def _slid(key: str, kpi: str) -> None:
    st.query_params["move"] = kpi
    st.query_params["level"] = f"{st.session_state[key]:g}"


def _number(text: str | None) -> float | None:
    """A number of the address; anything else is ignored."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return round(value, 2) if abs(value) < 1e12 else None


def _steps(found: WhatIf, w: Words) -> str:
    boxes = "".join(
        f'<div class="wb"><span class="xs mut">{esc(name)}</span><b class="num">{esc(value)}</b>'
        f'<span class="xs mut">{esc(more)}</span></div>'
        for name, value, more in words.steps(found, w)
    )
    return f'<div class="wi">{boxes}</div>'
