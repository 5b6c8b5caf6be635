"""A choice among a few, kept in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from pages.parts.frame import Page


def choose(page: Page, key: str, offered: Mapping[str, str], label: str) -> str:
    """The value in the address under ``key``, or the first one offered; a choice is written there. ``offered``: value
    -> name. One value alone is no choice and draws nothing. Raises StopIteration where nothing is offered."""
    return _drawn(page, key, offered, label, partial(st.segmented_control, required=True))


def pick(page: Page, key: str, offered: Mapping[str, str], label: str) -> str:
    """The same as a list to open, for more than a few."""
    return _drawn(page, key, offered, label, partial(st.selectbox, width=300))


def _drawn(page: Page, key: str, offered: Mapping[str, str], label: str, widget: Callable[..., Any]) -> str:
    first = next(iter(offered))
    chosen = page.query.get(key, first)
    chosen = chosen if chosen in offered else first
    if len(offered) > 1:
        st.session_state[key] = chosen
        with st.container(key=f"choose-{key}", width="content"):
            widget(
                label,
                list(offered),
                format_func=lambda value: offered[value],
                key=key,
                on_change=_to_address,
                args=(key, tuple(offered)),
            )
    return chosen


def _to_address(key: str, offered: tuple[str, ...]) -> None:
    if st.session_state[key] in offered:  # Streamlit takes any text that is sent to it
        st.query_params[key] = st.session_state[key]
