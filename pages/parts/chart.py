"""A figure on a page, drawn as cheaply as Streamlit allows."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from metrics.charts.drawn import drawn
from metrics.charts.layout import CONFIG, Figure
from pages.parts.frame import Page


def chart(page: Page, key: str, make: Callable[[], Figure], said: str, *more: object) -> None:
    """Draw the figure that ``make`` returns, made once for this release, language, theme, period and segment.

    ``key`` is unique on the page; ``more``: whatever else the figure depends on (a KPI, a view). ``said`` is what a
    screen reader says in the place of the picture: the finding."""
    figure = page.keep(f"chart-{page.id}-{key}", lambda: drawn(make()), *more)
    st.plotly_chart(figure, theme=None, config=dict(CONFIG), key=f"chart-{key}", alt=said, width="stretch")
