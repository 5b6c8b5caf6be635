"""What happens at each stage?"""

from __future__ import annotations

import streamlit as st

from metrics.charts.pair import figure as pair_figure
from metrics.charts.tokens import tokens
from metrics.decisions import decisions
from metrics.headlines import journey as words
from metrics.headlines.covers import covered
from metrics.journey.map import Journey, journey
from metrics.journey.stage import Detail, detail, levels, pair, topics
from metrics.strategy.history import dated_events
from pages.parts import cards
from pages.parts.chart import chart
from pages.parts.frame import Page, open_page
from pages.parts.journey_map import levels_html, map_html
from pages.parts.stage_card import stage_html, topics_html
from pages.parts.table import table_and_download


def draw(page: Page) -> None:
    whole = page.keep("journey", lambda: journey(page.release, page.period))
    stage = page.query.get("stage")
    if any(s.stage.id == stage for s in whole.stages):
        _stage(page, whole, str(stage))
    else:
        _head(page, whole)
    _map(page, whole)
    left, right = st.columns(2, gap="small")
    with left:
        _levels(page)
    with right:
        _topics(page)
    _pair(page, whole)


def _head(page: Page, whole: Journey) -> None:
    def html() -> str:
        waiting = words.decisions(whole, decisions(page.release, page.period), page.w)
        text = words.headline(whole, page.w)
        return cards.headline_html(text, words.evidence(whole, page.strategy, page.w), waiting, page.w)

    cards.show(page.keep("journey-head", html))


def _stage(page: Page, whole: Journey, stage: str) -> None:
    found: Detail = page.keep("stage", lambda: detail(page.release, whole, stage), stage)
    w = page.w
    back = (
        f'<a class="lk" href="{cards.esc(page.href("journey"))}" target="_self">{cards.esc(w("The whole journey"))}</a>'
    )
    head = cards.headline_html(words.stage_headline(found, w), words.stage_evidence(found, page.strategy, w), None, w)
    cards.show(head, f'<div class="foot2">{back}</div>')
    with cards.card("stage", found.sight.stage.name(page.lang), words.stage_line(found, w)):
        cards.show(page.keep("stage-html", lambda: stage_html(found, whole, page.strategy, w, page.href), stage))
        table_and_download(page, found.answers, "stage")


def _map(page: Page, whole: Journey) -> None:
    w = page.w
    coloured = any(cell.level for sight in whole.stages for cell in sight.cells)
    subtitle = (
        w("Each stage keeps its own measure; colours compare with that stage’s target, not with each other.")
        if coloured
        else w("Each stage keeps its own measure and its own target; they do not compare with each other.")
    )
    with cards.card("map", words.map_title(whole, w), subtitle):

        def html() -> str:
            drawn = map_html(whole, page.strategy, w, lambda stage: page.href("journey", stage=stage))
            return drawn + cards.foot(*words.coverage(whole, w))

        cards.show(page.keep("journey-map", html))
        table_and_download(page, whole.answers(), "map")


def _levels(page: Page) -> None:
    rows, answers = page.keep("levels", lambda: levels(page.release, page.period))
    if not rows:
        return
    subtitle = page.w(
        "Share of answers at each of six service levels, %. Level 3 comes back only if nothing better turns up."
    )
    with cards.card("levels", words.levels_title(rows, page.w), subtitle):
        left_out = words.levels_cover(rows, answers, page.strategy, page.w)
        cards.show(page.keep("levels-html", lambda: levels_html(rows, page.w) + cards.foot(left_out)))
        table_and_download(page, answers, "levels")


def _topics(page: Page) -> None:
    answer, parts = page.keep("topics", lambda: topics(page.release, page.period))
    if answer is None or not parts:
        return
    subtitle = page.w("Share of all complaints by topic, and how many.")
    with cards.card("topics", words.topics_title(parts, page.strategy, page.w), subtitle):
        left_out = covered([answer], page.w)
        cards.show(page.keep("topics-html", lambda: topics_html(parts, page.strategy, page.w) + cards.foot(left_out)))
        table_and_download(page, (answer,), "topics")


def _pair(page: Page, whole: Journey) -> None:
    found = page.keep("pair", lambda: pair(page.release, whole))
    if found is None:
        return
    kpis = (page.strategy.kpi(found.done.kpi), page.strategy.kpi(found.felt.kpi))
    names = (page.say(kpis[0].name), page.say(kpis[1].name))
    title = words.pair_title(found.done, found.felt, names, page.w)
    subtitle = words.pair_subtitle(found, page.w)
    events = [
        e for e in dated_events(page.strategy) if not e.repeats and (not e.kpis or {k.id for k in kpis} & set(e.kpis))
    ]
    with cards.card("pair", title, subtitle):
        chart(
            page,
            "pair",
            lambda: pair_figure((found.done, found.felt), names, events, page.w, tokens(page.theme)),
            title,
        )
        cards.show(cards.note(page.w("They go together; no action has tested yet whether one brings the other about.")))
        table_and_download(page, (found.done, found.felt), "pair")


if __name__ == "__main__":
    open_page("journey", draw)
