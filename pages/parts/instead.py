"""Three views that help instead of a scorecard, each for somebody who would have asked for one."""

from __future__ import annotations

import streamlit as st

from metrics.words import Words
from pages.parts.address import script
from pages.parts.cards import esc, show


def instead(w: Words, kept: dict[str, str]) -> None:
    """Draw them as cards with a link each; ``kept`` is the query that goes along."""
    views = (
        (
            "journey",
            w("For team leads"),
            w("What customers meet at each stage"),
            w("Wait, effort, promise kept and repeat contact for the whole stage."),
            w("Open the journey"),
        ),
        (
            "drivers",
            w("For coaching"),
            w("What makes customers come back"),
            w("Which experiences go with return, and which only with the score: practise these."),
            w("Open loyalty drivers"),
        ),
        (
            "tree",
            w("For whoever owns a KPI"),
            w("Which lever to pull"),
            w("Policies, behaviours and processes behind each number, with the role that owns them."),
            w("Open the KPI tree"),
        ),
    )
    for place, (target, whom, name, text, label) in zip(st.columns(3, gap=14), views):
        with place, st.container(key=f"card-alt-{target}"):
            show(f'<div class="xs mut">{esc(whom)}</div><h2>{esc(name)}</h2><p class="sm sec">{esc(text)}</p>')
            st.page_link(script(target), label=label, query_params=kept)
