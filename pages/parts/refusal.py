"""A refusal on a page: one constant card per kind, and where to go instead. Counted by kind, never by who asked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from metrics.errors import Refused
from metrics.tally import count
from metrics.words import Words
from pages.parts import cards
from pages.parts.address import script
from pages.parts.instead import instead


def counted(kind: Refused, query: Mapping[str, str], release: Path) -> None:
    """Count a refusal once for each address a reader opens."""
    asked = (kind, tuple(sorted((k, v) for k, v in query.items() if k != "lang")))
    if st.session_state.get("refused") != asked:
        st.session_state["refused"] = asked
        count(release, kind)


def refuse(kind: Refused, w: Words, kept: dict[str, str], query: Mapping[str, str], release: Path) -> None:
    """Draw the card and count it once for each address a reader opens: a rerun of the same page is no new question.

    The address is compared in the session's memory and goes nowhere else."""
    counted(kind, query, release)
    with st.container(key="card-refusal"):
        cards.show(cards.refusal(kind, w))
        if kind is Refused.PERSON:
            st.page_link(script("no_scorecards"), label=w("Why there are no scorecards"), query_params=kept)
        else:
            st.page_link(script("tree"), label=w("See all KPIs"), query_params={"lang": kept["lang"]})
            st.page_link(script("strategy"), label=w("Back to the strategy"), query_params={"lang": kept["lang"]})
    if kind is Refused.PERSON:
        cards.show(cards.section(w("The views that help instead")))
        instead(w, kept)
