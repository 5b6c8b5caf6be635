"""Links inside HTML (``page.href``) that change pages without a reload, drawn once by the frame."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

HERE = Path(__file__).parent
LONGEST = 60
"""Letters of a value in an address; ids are shorter."""


@cache
def _component() -> Any:
    return st.components.v2.component("page_links", js=(HERE / "links.js").read_text(encoding="utf-8"))


def followed(pages: Collection[str]) -> tuple[str, Mapping[str, str]] | None:
    """Draw the listener; the page and query of a link that was clicked in this run, else None."""
    with st.container(key="links", height="content"):
        result = _component()(key="page-links", on_to_change=lambda: None)
    return target(result.to, pages)


def target(href: object, pages: Collection[str]) -> tuple[str, Mapping[str, str]] | None:
    """The page and the query of an address as ``address.href`` writes it; None for anything else. Like every address it
    comes from outside, so what the page does with it is decided where addresses are read."""
    if not isinstance(href, str):
        return None
    try:
        parts = urlsplit(href)
        query = dict(parse_qsl(parts.query, max_num_fields=12))
    except ValueError:
        return None
    page = "strategy" if parts.path == "." else parts.path
    if parts.scheme or parts.netloc or page not in pages or any(len(v) > LONGEST for v in query.values()):
        return None
    return page, query
