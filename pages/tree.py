"""What carries loyalty, and where does it break?"""

from __future__ import annotations

from typing import Any

import streamlit as st

from metrics.answers import Answer, Request, ask
from metrics.charts.tree import picture, stands_of
from metrics.decisions import decisions
from metrics.errors import Refusal
from metrics.headlines import tree as texts
from metrics.periods import months_of
from metrics.standing import Standing
from metrics.tree import grow, outcomes
from pages.parts import cards
from pages.parts.frame import Page, open_page, script
from pages.parts.table import table_and_download
from pages.parts.tree import tree


def draw(page: Page) -> None:
    head, data = page.keep("tree", lambda: _make(page))
    cards.show(head)
    opened = tree(data)
    if opened:
        st.switch_page(script("kpi"), query_params=page.kept_query(kpi=opened))
    table_and_download(page, page.keep("tree-answers", lambda: _answers(page)), "tree")


def _make(page: Page) -> tuple[str, dict[str, Any]]:
    """Head of the page, and the cards and links of every outcome's tree."""
    release, w = page.release, page.w
    trees = [grow(page.strategy, kpi.id, page.release.links) for kpi in outcomes(page.strategy)]
    stands = stands_of(release, trees, page.period)
    open_ones = decisions(release, page.period)
    first = trees[0]
    rows = texts.decisions(first, stands, open_ones, w)
    head = cards.headline_html(
        texts.headline(first, stands, open_ones, w),
        texts.evidence(first, stands, release, w),
        [(what, who) for _, what, who in rows],
        w,
    )
    data = picture(
        release,
        trees,
        stands,
        page.period,
        {s: cards.standing_name(s, w) for s in Standing},
        lambda kpi: page.href("kpi", kpi=kpi),
        {about: number for number, (about, _, _) in enumerate(rows, 1)},
        w,
    )
    return head, data


def _answers(page: Page) -> list[Answer]:
    """The figures on the cards, for the table."""
    months = months_of(page.period)
    start, end = (months[0], months[-1]) if months else (None, None)
    found = []
    for kpi in page.strategy.kpis:
        try:
            found.append(ask(page.release, Request(kpi.id, start=start, end=end)))
        except Refusal:
            continue
    return found


if __name__ == "__main__":
    open_page("tree", draw)
