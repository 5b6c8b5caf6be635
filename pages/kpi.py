"""What is this number, may I trust it, why did it move?"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.charts import dots, parts, trend
from metrics.charts.tokens import tokens
from metrics.closeup import Closeup, Cut, closeup
from metrics.errors import Refusal, Refused
from metrics.headlines import kpi as texts
from metrics.headlines.covers import covered
from metrics.headlines.trust import trust
from metrics.strategy.history import dated_events
from pages.parts import cards
from pages.parts import closeup as pieces
from pages.parts.chart import chart
from pages.parts.frame import Page, open_page
from pages.parts.table import table_and_download

# Cards beside each other; the first row is always drawn, what follows on demand. (No bare string: Streamlit draws it.)
AT_ONCE = 3


def draw(page: Page) -> None:
    kpi = pieces.pick(page)
    if kpi is None:
        raise Refusal(Refused.NOT_CLEARED)
    found = page.keep("closeup", lambda: closeup(page.release, kpi, page.period), kpi)
    cards.show(page.keep("kpi-head", lambda: _head(page, found), kpi))
    left, right = st.columns([292, 820], gap=18)
    with left, st.container(key="card-figure"):
        cards.show(page.keep("kpi-figure", lambda: pieces.figure(page, found), kpi))
    with right:
        _course(page, found)
    cards.show(page.keep("kpi-rule", lambda: pieces.rule(page, found), kpi))
    _cuts(page, found)
    marks = page.keep("kpi-trust", lambda: trust(found, page.strategy, page.w), kpi)
    cards.show(page.keep("kpi-notes", lambda: pieces.notes(page, found, marks), kpi))


def _head(page: Page, found: Closeup) -> str:
    return cards.headline_html(
        texts.headline(found, page.strategy, page.w),
        texts.evidence(found, page.strategy, page.period, page.w),
        texts.decision(found, page.release, page.w),
        page.w,
    )


def _course(page: Page, found: Closeup) -> None:
    """The trend, when there is one."""
    w, kpi, events = page.w, found.at.kpi, dated_events(page.strategy)
    course = found.course
    if course is None or len(course.rows) < 2:
        with cards.card(
            "course", page.w("There is no course to show"), page.w("One figure, or none, has been published.")
        ):
            if course:
                table_and_download(page, [course], f"course-{kpi.id}")
        return
    title = page.keep("kpi-course", lambda: trend.finding(course, events, w), kpi.id)
    with cards.card("course", title, texts.course_line(course, w)):
        chart(page, "course", lambda: trend.figure(course, kpi, events, w, tokens(page.theme)), title, kpi.id)
        numbered = trend.event_list(course, events, w)
        if numbered:
            cards.show(cards.foot(*(f"{number}  {name}" for number, name in numbered)))
        table_and_download(page, [course], f"course-{kpi.id}")


def _cuts(page: Page, found: Closeup) -> None:
    """Why the total moved and the breakdowns that matter most; the others in a line that opens."""
    told = found.split.after if found.split else None
    first = [c for c in found.cuts if c.answer is told]
    rest = [c for c in found.cuts if c not in first]
    drawn: list[Cut | None] = [*first, *([None] if found.split else []), *rest]
    _row(page, found, drawn[:AT_ONCE])
    more = sorted((c for c in drawn[AT_ONCE:] if c), key=lambda c: len(c.answer.rows))
    if not more:
        return
    box = st.expander(texts.more_line(len(more), page.w), key=f"more-{found.at.kpi.id}", on_change="rerun")
    if box.open:
        with box:
            for start in range(0, len(more), AT_ONCE):
                _row(page, found, more[start : start + AT_ONCE])


def _row(page: Page, found: Closeup, drawn: Sequence[Cut | None]) -> None:
    if not drawn:
        return
    for place, cut in zip(st.columns(max(2, len(drawn)), gap=16), drawn):
        with place:
            if cut is None:
                _why(page, found)
            else:
                _cut(page, found, cut)


def _cut(page: Page, found: Closeup, cut: Cut) -> None:
    w, strategy, kpi = page.w, page.strategy, found.at.kpi
    answer, by = cut.answer, cut.answer.request.by[-1]
    title = page.keep(f"kpi-cut-{by}", lambda: texts.cut_title(found, cut, strategy, w), kpi.id)
    with cards.card(f"cut-{by}", title, texts.cut_line(cut, strategy, found.at.period or page.period, w)):
        if not answer.rows:
            return
        target = cut.target
        make = lambda: dots.figure(answer, kpi.direction, target, strategy, w, tokens(page.theme))  # noqa: E731
        chart(page, f"cut-{by}", make, title, kpi.id)
        if left_out := covered([answer], w):
            cards.show(cards.foot(left_out))
        table_and_download(page, [answer], f"{by}-{kpi.id}")


def _why(page: Page, found: Closeup) -> None:
    if found.split is None:
        return
    w, kpi = page.w, found.at.kpi
    split, answer = found.split.split, found.split.after
    title = page.keep("kpi-why", lambda: parts.finding(split, answer, page.strategy, w), kpi.id)
    with cards.card("why", title, texts.why_line(found, w)):
        make = lambda: parts.figure(split, answer, kpi.direction, page.strategy, w, tokens(page.theme))  # noqa: E731
        chart(page, "why", make, title, kpi.id)
        cards.show(cards.foot(w("The parts add up to the whole change.")))
        table_and_download(page, [found.split.before, answer], f"why-{kpi.id}")


if __name__ == "__main__":
    open_page("kpi", draw)
