"""Why can I not see a person?"""

from __future__ import annotations

import streamlit as st

from metrics.charts import chance as chart_of
from metrics.charts.tokens import tokens
from metrics.headlines import no_scorecards as texts
from pages.parts import cards
from pages.parts.chart import chart
from pages.parts.frame import Page, open_page
from pages.parts.instead import instead


def draw(page: Page) -> None:
    w = page.w
    cards.headline(
        w("Nobody is graded here: no result about one member of staff is shown, to anyone."),
        w("This is not a missing right and not a setting. Below: the views that help instead, and why."),
    )
    instead(w, page.kept_query())
    left, right = st.columns([1.5, 1], gap=28)
    with left:
        _chance(page)
    with right:
        cards.show(page.keep("why", lambda: _why(page)))
    cards.show(page.keep("promises", lambda: _promises(page)), _refusals(page))


def _chance(page: Page) -> None:
    w = page.w
    found = page.keep("chance", lambda: texts.by_chance(page.release))
    title = texts.chance_title(found, w)
    with cards.card("chance", title, texts.chance_line(found, w)):
        chart(page, "chance", lambda: chart_of.figure(found.chance, w, tokens(page.theme)), title)
        cards.show(cards.foot(*texts.chance_notes(found, w)))


def _why(page: Page) -> str:
    parts = (f"<h3>{cards.esc(head)}</h3><p>{cards.esc(text)}</p>" for head, text in texts.why(page.release, page.w))
    return f'<div class="why">{"".join(parts)}</div>'


def _promises(page: Page) -> str:
    w = page.w
    blocks = (
        (w("What the dashboard promises"), texts.promises(page.release, w)),
        (w("What it cannot promise"), texts.limits(w)),
    )
    return f'<div class="g2b sect">{"".join(_rows(head, rows) for head, rows in blocks)}</div>'


def _refusals(page: Page) -> str:
    """Not kept: the numbers change while the release stands."""
    text, rows = texts.refusals(page.release, page.w)
    told = "".join(
        f'<li><b class="num">{cards.esc(number)}</b> <span class="sm sec">{cards.esc(what)}</span></li>'
        for number, what in rows
    )
    return cards.section(texts.refusals_title(page.w), text) + (f'<ul class="refused">{told}</ul>' if told else "")


def _rows(head: str, rows: list[str]) -> str:
    lines = "".join(f"<li>{cards.esc(row)}</li>" for row in rows)
    return f'<div><h2>{cards.esc(head)}</h2><ul class="rows">{lines}</ul></div>'


if __name__ == "__main__":
    open_page("no_scorecards", draw, filters=())
