"""The KPI tree as one component: cards, links drawn by evidence, folding, search, keyboard, list for phones."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent


@cache
def _component() -> Any:
    # A js string of one line would be taken for a file name: this one has many.
    texts = {ending: (HERE / f"tree.{ending}").read_text(encoding="utf-8") for ending in ("html", "css", "js")}
    return st.components.v2.component("kpi_tree", **texts)


def tree(data: dict[str, Any], key: str = "tree") -> str | None:
    """Draw ``data`` (``metrics.charts.tree.picture``); the id of the KPI that was opened in this run, else None."""
    result = _component()(data=data, key=key, on_opened_change=lambda: None)
    opened = result.opened
    return opened if isinstance(opened, str) and opened in data["cards"] else None
