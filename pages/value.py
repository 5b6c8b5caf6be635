"""What is a point of retention worth here?"""

from __future__ import annotations

import streamlit as st

from metrics.charts import staying as staying_chart
from metrics.charts import worth as worth_chart
from metrics.charts.tokens import tokens
from metrics.exports import value_table
from metrics.headlines import staying
from metrics.headlines import value as words
from metrics.value import Value, value
from metrics.value.cohorts import Cohorts
from pages.parts import cards
from pages.parts.chart import chart
from pages.parts.cohort_table import steps_html, table_html
from pages.parts.frame import Page, open_page
from pages.parts.table import table_line


def draw(page: Page) -> None:
    found: Value = page.keep("value", lambda: value(page.release, page.segment))
    if found.undeclared or found.cohorts is None:
        cards.show(cards.calm(*words.refused(found, page.w)))
        page.link("strategy", page.w("Back to the strategy"))
        return
    cards.show(page.keep("value-head", lambda: _head(page, found)))
    _worth(page, found)
    left, right = st.columns(2, gap="small")
    with left:
        _growth(page, found)
    with right:
        _referral(page, found)
    _cohorts(page, found, found.cohorts)
    cards.show(page.keep("value-notes", lambda: _notes(page, found)))


def _head(page: Page, found: Value) -> str:
    w = page.w
    return cards.headline_html(
        words.headline(found, page.release, w),
        words.evidence(found, page.release, w),
        words.decisions(found, page.release, w),
        w,
    )


def _worth(page: Page, found: Value) -> None:
    """What a point is worth, the curve of a new customer, winning beside keeping."""
    at, w, release = found.worth, page.w, page.release
    if at is None:
        with cards.card("worth", w("What a customer is worth is not told for these customers")):
            cards.show(cards.empty(w("Too few customers, or they do not stand alone."), w("See all customers.")))
        return
    cur = words.currency(release)
    left, right = st.columns([1, 1.35], gap="small")
    with left, cards.card("point", words.steps_title(at, release, w), words.steps_subtitle(at, w)):
        cards.show(steps_html(words.steps(at, release, w)))
        if at.in_revenue:
            cards.show(cards.note(words.missing_margin(w)))
        table_line(page, lambda: value_table.point(found, release, w), "point")
    with right:
        title = words.curve_title(at, release, w)
        with cards.card("curve", title, words.curve_subtitle(at, w)):
            chart(page, "curve", lambda: worth_chart.curve(at, w, tokens(page.theme), cur), title)
            table_line(page, lambda: value_table.curve(found, release, w), "curve")
    title = words.winning_title(at, release, w)
    with cards.card("winning", title, words.winning_subtitle(at, w)):
        chart(page, "winning", lambda: worth_chart.winning(at, w, tokens(page.theme), cur), title)
        if at.cost is None:
            cards.show(cards.note(words.missing_cost(w)))
        table_line(page, lambda: value_table.point(found, release, w), "winning")


def _growth(page: Page, found: Value) -> None:
    w, g = page.w, found.growth
    if g is None:
        with cards.card("growth", w("Earned growth cannot be told yet")):
            cards.show(cards.empty(words.missing_growth(found, w), ""))
        return
    title = words.growth_title(g, w)
    with cards.card("growth", title, words.growth_subtitle(g, w)):
        chart(page, "growth", lambda: worth_chart.growing(g, w, tokens(page.theme)), title)
        cards.show(cards.foot(words.growth_formula(g, w)))
        table_line(page, lambda: value_table.growth(found, page.release, w), "growth")


def _referral(page: Page, found: Value) -> None:
    w, at = page.w, found.referral
    if at is None:
        with cards.card("referral", words.referral_title(found, w)):
            cards.show(cards.empty(words.missing_referral(w), ""))
        return
    title = words.referral_title(found, w)
    with cards.card("referral", title, words.referral_subtitle(found, w)):
        chart(page, "referral", lambda: staying_chart.referred(at.periods, w, tokens(page.theme)), title)
        table_line(page, lambda: value_table.referral(found, page.release, w), "referral")


def _cohorts(page: Page, found: Value, at: Cohorts) -> None:
    w, release = page.w, page.release
    with cards.card("cohorts", staying.table_title(at, w), staying.table_subtitle(w)):
        cards.show(page.keep("cohort-table", lambda: table_html(at, w)))
        table_line(page, lambda: value_table.cohorts(found, release, w), "cohorts")
    left, right = st.columns([1.35, 1], gap="small")
    with left:
        title = staying.course_title(at, w)
        with cards.card("retention", title, staying.course_subtitle(w)):
            lines = [(staying.line_name(one, w), one) for one in at.lines]
            chart(page, "retention", lambda: staying_chart.courses(lines, w, tokens(page.theme)), title)
            table_line(page, lambda: value_table.courses(found, release, w), "retention")
    with right:
        title = staying.returned_title(at, w)
        with cards.card("returned", title, staying.returned_subtitle(at, w)):
            if at.returned:
                chart(page, "returned", lambda: staying_chart.returned(at.returned, w, tokens(page.theme)), title)
                table_line(page, lambda: value_table.returned(found, release, w), "returned")


def _notes(page: Page, found: Value) -> str:
    rows = words.notes(found, page.release, page.w)
    inside = "".join(f"<div><h3>{cards.esc(head)}</h3><p>{cards.esc(text)}</p></div>" for head, text in rows)
    return f'<div class="notes">{inside}</div>'


if __name__ == "__main__":
    open_page("value", draw, filters=("segment",))
