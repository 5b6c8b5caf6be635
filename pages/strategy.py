"""Are we on course?"""

from __future__ import annotations

import streamlit as st

from metrics.charts import trend as chart_of
from metrics.charts.tokens import tokens
from metrics.headlines import ages as age_texts
from metrics.headlines import coverage as coverage_texts
from metrics.headlines import goals as goal_texts
from metrics.headlines import strategy as texts
from metrics.headlines import waiting
from metrics.standing import KpiStand, Standing
from metrics.strategy.history import dated_events
from pages.parts import ages, cards, coverage, goals
from pages.parts.chart import chart
from pages.parts.frame import Page, open_page
from pages.parts.table import table_and_download, table_line


def draw(page: Page) -> None:
    release = page.release
    found = page.keep("course", lambda: texts.course(release, page.period))
    cards.show(page.keep("strategy-head", lambda: _head(page, found)))
    drawn = [at for at in (found.at, found.said) if at is not None and at.refused is None]
    if drawn:
        places = st.columns([1.62, 1] if len(drawn) == 2 else 1, gap=18)
        for place, at in zip(places, drawn):
            with place:
                _course(page, found, at)
    cards.show(page.keep("strategy-goals", lambda: goals.brand_html(page) + _goals(page, found)))
    _coverage(page, found)
    cards.show(page.keep("strategy-waiting", lambda: _waiting(page)))
    _ages(page)


def _head(page: Page, found: texts.Course) -> str:
    w = page.w
    return cards.headline_html(
        texts.headline(found, w),
        texts.evidence(found, page.release, w),
        waiting.now(page.release, page.period, w),
        w,
    )


def _course(page: Page, found: texts.Course, at: KpiStand) -> None:
    """A card with the course of the outcome or of the stated score."""
    release, w, kpi = page.release, page.w, at.kpi
    first = at is found.at
    answer = page.keep(f"course-{kpi.id}", lambda: texts.trend(release, kpi.id, page.period))
    events = dated_events(release.strategy)
    title = chart_of.finding(answer, events, w) if first else texts.stated_title(found, answer, release, w)
    with cards.card(f"course-{kpi.id}", title, texts.measure_line(answer, w, kpi), cards.pill(at.standing, w)):
        chart(page, kpi.id, lambda: chart_of.figure(answer, kpi, events, w, tokens(page.theme)), title)
        small = [f"{number} {name}" for number, name in chart_of.event_list(answer, events, w)]
        below = cards.foot(texts.n_line(answer, release, w), *small)
        if at.doubt:
            below += cards.note(waiting.doubt_text(at, release, w), cards.doubt(w))
        cards.show(below)
        table_and_download(page, [answer], kpi.id)


def _goals(page: Page, found: texts.Course) -> str:
    w = page.w
    head = cards.section(
        w("Goals"),
        w("Each goal names what customers get and what we get. The mark on a bar is where the path stands today."),
    )
    return head + goals.goal_grid(page, [goal_texts.card(g, page.release, w) for g in found.goals])


def _waiting(page: Page) -> str:
    found, more = waiting.waiting(page.release, page.period, page.w)
    return goals.waiting_and_debt(page, found, more)


def _coverage(page: Page, found: texts.Course) -> None:
    w = page.w
    covered = page.keep("coverage", lambda: coverage_texts.coverage(page.strategy, found.goals))
    subtitle = w("How many KPIs each goal has at each stage, and where customers are asked. A dashed box is a gap.")
    with cards.card("coverage", coverage_texts.title(covered, w), subtitle):
        cards.show(page.keep("coverage-html", lambda: coverage.matrix(page, covered)))
        standing = {s: cards.standing_name(s, w) for s in Standing}
        table_line(page, lambda: coverage_texts.table(covered, page.release, standing, w), "coverage")


def _ages(page: Page) -> None:
    w = page.w
    found = page.keep("ages", lambda: age_texts.ages(page.release))
    subtitle = w("Figures before and after a change of definition do not compare: lines are cut there.")
    with cards.card("ages", age_texts.title(found, w), subtitle):
        cards.show(page.keep("ages-html", lambda: ages.redefined(page, found)))
        table_line(page, lambda: age_texts.table(found, page.release, w), "ages")


if __name__ == "__main__":
    open_page("strategy", draw)
