"""What the address of a page says: language, period, segment. All of it closed values; anything else is ignored,
and a staff word in it is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from metrics.strategy.model import Strategy
from metrics.strategy.workforce import is_workforce
from metrics.words import LANGUAGES

KEPT = ("lang", "period", "segment")
"""Keys that stay in the address from page to page."""


def language(query: Mapping[str, str], locale: str | None, offered: tuple[str, ...]) -> str:
    """The language asked for, else English for a browser that says so, else the first the strategy offers."""
    asked = query.get("lang", "")
    if asked in LANGUAGES and asked in offered:
        return asked
    if (locale or "").lower().startswith("en") and "en" in offered:
        return "en"
    return offered[0] if offered else LANGUAGES[0]


def asks_for_people(query: Mapping[str, str], strategy: Strategy | None) -> bool:
    """Whether the address asks for staff: a workforce word as a key or a value, whole or between separators.

    Ids that the strategy declares (a KPI "friendly_staff") are its own words and ask for nobody."""
    own = _ids(strategy) if strategy else frozenset()
    for key, value in query.items():
        if key in ("lang", "theme", "embed", "embed_options"):
            continue
        if key not in KEPT and is_workforce(key):
            return True
        words = {value, *re.split(r"[,;|]+", value), *re.split(r"[,;|\s]+", value)}
        if any(is_workforce(word.strip()) for word in words if word.strip() and word.strip() not in own):
            return True
    return False


def _ids(strategy: Strategy) -> frozenset[str]:
    kpis = {k.id for k in strategy.kpis}
    return frozenset(kpis | {s.id for s in strategy.journey} | {q.id for q in strategy.questions})


def script(page: str) -> str:
    """The script behind a page; the front page is the strategy."""
    return "dashboard.py" if page == "strategy" else f"pages/{page}.py"


def href(page: str, query: Mapping[str, str]) -> str:
    """A relative address of a page: it also holds behind a base path. "strategy" is the front page."""
    path = "." if page == "strategy" else page
    return f"{path}?{urlencode(query)}" if query else path
