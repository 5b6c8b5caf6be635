"""Why can I not see a person?"""

from __future__ import annotations

import streamlit as st

from metrics.charts import chance as chart_of
from metrics.charts.tokens import tokens
from metrics.headlines import no_scorecards as texts
from pages.parts import cards
from pages.parts.chart import chart
from pages.parts.frame import Page, open_page


def draw(page: Page) -> None:
    w = page.w
    cards.headline(
        w("Nobody is graded here: no result about one member of staff is shown, to anyone."),
        w("This is not a missing right and not a setting. Below: the views that help instead, and why."),
    )
    _instead(page)
    left, right = st.columns([1.5, 1], gap=28)
    with left:
        _chance(page)
    with right:
        cards.show(page.keep("why", lambda: _why(page)))
    cards.show(page.keep("promises", lambda: _promises(page)))


def _instead(page: Page) -> None:
    """Three useful views before any reason."""
    w = page.w
    views = (
        (
            "journey",
            w("What customers meet at each stage"),
            w("Wait, effort, promise kept and repeat contact for the whole stage."),
            w("Open the journey"),
        ),
        (
            "drivers",
            w("What makes customers come back"),
            w("Which experiences go with return, and which only with the score."),
            w("Open loyalty drivers"),
        ),
        (
            "tree",
            w("Which lever to pull"),
            w("Policies, behaviours and processes behind each number, with the role that owns them."),
            w("Open the KPI tree"),
        ),
    )
    for place, (target, name, text, label) in zip(st.columns(3, gap=14), views):
        with place, st.container(key=f"card-alt-{target}"):
            cards.show(f'<h2>{cards.esc(name)}</h2><p class="sm sec">{cards.esc(text)}</p>')
            page.link(target, label)


def _chance(page: Page) -> None:
    w = page.w
    found, own = page.keep("chance", lambda: texts.by_chance(page.release))
    title = texts.chance_title(found, w)
    with cards.card("chance", title, texts.chance_line(found, own, w)):
        chart(page, "chance", lambda: chart_of.figure(found, w, tokens(page.theme)), title)


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


def _rows(head: str, rows: list[str]) -> str:
    lines = "".join(f"<li>{cards.esc(row)}</li>" for row in rows)
    return f'<div><h2>{cards.esc(head)}</h2><ul class="rows">{lines}</ul></div>'


if __name__ == "__main__":
    open_page("no_scorecards", draw, filters=())
