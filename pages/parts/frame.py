"""The frame around every page: language, menu, filters, data date, and the calm cards where a page cannot be.

For those who write pages:

* A page script is a ``draw(page)`` and, under ``if __name__ == "__main__":``, one ``open_page("journey", draw)``.
  A first deep link runs ``pages/journey.py`` without ``dashboard.py``, so nothing may be prepared elsewhere.
* What elements cost on the server, measured with Streamlit 1.67 and 10 of a kind (CPU ms each): st.html 0.1,
  container 0.1, markdown 0.15, title 0.1, column pair 0.25, page_link 0.15, download_button 0.2, selectbox 0.3,
  popover 0.1, st.context / st.query_params 0.3 (so read ``page.query``, not st.query_params), plotly_chart 0.9 with a
  cached go.Figure and 1.5 with a dict (Streamlit copies it into a figure each time). An empty page costs about 6.
  The wall time of a rerun is Streamlit's flush interval (50 ms) as long as the script takes less.
* So: put neighbouring pieces of HTML together in one ``cards.show``; keep what is made from the release with
  ``page.keep("name", make)``, figures (go.Figure, not dicts), tables and long HTML alike; it is kept for the process
  by release, strategy, language, theme, period and segment.
* Texts go through ``page.w`` (message) and ``page.say`` (Local); every piece of HTML through ``cards.esc``.
* Streamlit strips SVG from HTML: icons go through ``icons.svg`` (a mask), pictures through a figure or a component.
* Links: ``page.link`` draws st.page_link; ``page.href`` is for <a class="lk">. Neither reloads (``parts.links``).
"""

from __future__ import annotations

import gc
import logging
import os
import socket
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from unicodedata import normalize

import streamlit as st

from metrics.errors import Refusal, Refused, traced
from metrics.headlines.frame import StrategyState, data_line, menu, state_line, strategy_state
from metrics.release import Release, newest
from metrics.standing import default_period, periods
from metrics.strategy.model import Local, Strategy
from metrics.words import LANGUAGES, Words
from pages.parts import address, cards, live
from pages.parts.address import script
from pages.parts.links import followed
from pages.parts.local import here
from pages.parts.refusal import counted, refuse
from pages.parts.style import stylesheet

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
KEPT_RESULTS = 600
log = logging.getLogger("dashboard")


@dataclass(frozen=True)
class Page:
    """What a page is drawn with. ``period`` is always one the release has; ``segment`` is None for all customers.
    ``query``: the address, closed values only where this page reads them itself."""

    id: str
    release: Release
    strategy: Strategy
    state: StrategyState
    w: Words
    lang: str
    theme: str
    period: str
    segment: str | None
    query: dict[str, str] = field(hash=False)

    def say(self, text: Local | None) -> str:
        """A text of the strategy in the reader's language, composed; empty for None."""
        return normalize("NFC", text(self.lang)) if text else ""

    def kept_query(self, **more: str) -> dict[str, str]:
        """The query that goes along to another page."""
        return {"lang": self.lang, **{k: self.query[k] for k in ("period", "segment") if k in self.query}, **more}

    def link(self, page: str, label: str, **more: str) -> None:
        """A link to another page (strategy, tree, kpi, drivers, journey, no_scorecards), keeping the filters."""
        st.page_link(script(page), label=label, query_params=self.kept_query(**more))

    def href(self, page: str, **more: str) -> str:
        """The same as an address for an anchor; escape it with ``cards.esc``."""
        return address.href(page, self.kept_query(**more))

    def count(self, kind: Refused) -> None:
        """Count a refusal that a piece of the page shows itself; the page stands."""
        counted(kind, self.query, _release_path())

    def keep(self, name: str, make: Callable[[], T], *more: object) -> T:
        """``make()`` once for this release, language, theme, period, segment and ``more``; then from memory.

        Shared by all sessions: what is kept must not be changed afterwards."""
        # links inside what is kept carry the address of who asked first, so it is part of the key
        asked = (self.lang, self.theme, self.period, self.segment, *self.kept_query().values())
        key = (self.release.stamp, self.state.stamp, name, asked, more)
        return _keep(key, make)


_kept: OrderedDict[tuple[object, ...], Any] = OrderedDict()
_lock, _opening = Lock(), Lock()


def _keep(key: tuple[object, ...], make: Callable[[], T]) -> T:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            found: T = _kept[key]
            return found
    made = make()
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT_RESULTS:
            _kept.popitem(last=False)
    return made


def open_page(page_id: str, draw: Callable[[Page], None], filters: tuple[str, ...] = ("period",)) -> None:
    """Draw one page inside the frame. ``filters``: which of "period" and "segment" the page follows.

    Never shows a trace or what was typed: a refusal, a missing release, a strategy with errors and any other failure
    each become one calm card."""
    w = Words("en")
    try:
        _warm()
        w = Words(address.language(dict(st.query_params), st.context.locale, LANGUAGES))
        _open(page_id, draw, filters)
    except Exception as error:
        _log(error)
        cards.show(_broken(w))


def _open(page_id: str, draw: Callable[[Page], None], filters: tuple[str, ...]) -> None:
    query = dict(st.query_params)
    theme = st.context.theme.type or "light"
    release = _release()
    today = date.fromisoformat(release.as_of) if release else None
    state = strategy_state(live.strategy_file(_release_path(), ROOT), today)
    strategy = release.strategy if release else state.strategy
    offered: tuple[str, ...] = strategy.organisation.languages if strategy else ("vi", "en")
    lang = address.language(query, st.context.locale, offered)
    w = Words(lang)
    cards.spoken.set(lang)
    names = {id: name for id, name in menu(w).items() if _written(id)}
    organisation = strategy.organisation.name(lang) if strategy else w("CX KPI strategy")
    st.set_page_config(
        page_title=f"{names[page_id]} · {organisation}",
        page_icon=str(ROOT / "static" / "icon.svg"),
        layout="wide",
        initial_sidebar_state=212,
    )
    current = list(names).index(page_id) + 1
    cards.style(stylesheet(theme, current))
    period = segment = None
    options: tuple[str, ...] = ()
    if release:
        options = _periods(release)
        period = query["period"] if query.get("period") in options else _default_period(release)
        segments = [value for value, _ in release.strategy.values("segment")]
        segment = query["segment"] if query.get("segment") in segments else None
    kept = {"lang": lang}
    if "period" in query and query["period"] == period:
        kept["period"] = period
    if segment:
        kept["segment"] = segment
    _sidebar(page_id, names, organisation, strategy, release, state, lang, offered, kept, w)
    if release and release.draft and not here():
        cards.show(_draft_elsewhere(w))
        return
    if address.asks_for_people(query, strategy):
        refuse(Refused.PERSON, w, kept, query, _release_path())
        return
    if live.stops(state, release):
        live.refusal(state, release, w)
        return
    if release is None or period is None:
        cards.show(cards.calm(w("There is nothing to show yet."), w("Run `make run`.")))
        return
    clicked = followed(names)
    if clicked:
        st.switch_page(script(clicked[0]), query_params=clicked[1])
    # What stays in the address goes into links, which are kept for all sessions: only what was understood may.
    query = {key: value for key, value in query.items() if key not in address.KEPT} | kept
    page = Page(page_id, release, release.strategy, state, w, lang, theme, period, segment, query)
    body = st.empty()
    try:
        with body.container():
            live.banner(page)
            _filters(page, options, filters)
            draw(page)
    except Refusal as refusal:
        body.empty()
        refuse(refusal.kind, w, kept, query, _release_path())
    except Exception as error:
        body.empty()
        _log(error)
        cards.show(_broken(w))


def _broken(w: Words) -> str:
    return cards.calm(
        w("This page cannot be drawn."),
        w("The numbers are as they were. Choose another page or period; the place of the error is in the log."),
    )


def _draft_elsewhere(w: Words) -> str:
    return cards.calm(
        w("This is a draft."),
        w("Nobody has published it, so it is shown only on the computer that serves it."),
        w("Publish it to show it to others: `python -m metrics publish`"),
    )


@cache
def _written(page_id: str) -> bool:
    return (ROOT / script(page_id)).exists()


@cache
def _warm() -> None:
    """Once per process: load what pages need and take it out of the collector, whose rounds it would lengthen
    (66-100 ms each with these libraries); and let answers go out at once.

    Streamlit 1.67 makes its server socket without a protocol number, so asyncio does not switch Nagle's algorithm off,
    and the second packet of a rerun waits 40 ms for the reader's delayed acknowledgement. Connections inherit the
    option from the listening socket."""
    import plotly.graph_objects  # noqa: F401

    for item in gc.get_objects():
        if isinstance(item, socket.socket) and item.family in (socket.AF_INET, socket.AF_INET6):
            with suppress(OSError):
                item.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    gc.collect()
    gc.freeze()


def _release_path() -> Path:
    return Path(os.environ.get("CX_RELEASE", ROOT / "data" / "release.duckdb"))


def _release() -> Release | None:
    """The release, opened once per process and again when the file is replaced; None when there is none to read.

    On the machine that serves it a draft beside it comes first: whoever builds wants to see what was built."""
    path = newest(_release_path()) if here() else _release_path()
    try:
        stat = path.stat()
    except OSError:
        return None
    try:
        with _opening:
            return _opened(str(path), stat.st_mtime_ns, stat.st_size)
    except Exception as error:
        _log(error)
        return None


@lru_cache(maxsize=4)
def _opened(path: str, modified: int, size: int) -> Release:
    return Release(Path(path))


@lru_cache(maxsize=4)
def _periods(release: Release) -> tuple[str, ...]:
    return periods(release)


@lru_cache(maxsize=4)
def _default_period(release: Release) -> str:
    return default_period(release)


def _sidebar(
    page_id: str,
    names: dict[str, str],
    organisation: str,
    strategy: Strategy | None,
    release: Release | None,
    state: StrategyState,
    lang: str,
    offered: tuple[str, ...],
    kept: dict[str, str],
    w: Words,
) -> None:
    note = strategy.organisation.note if strategy else None
    below = f'<span class="xs mut">{cards.esc(note(lang))}</span>' if note else ""
    with st.sidebar:
        cards.show(f'<div class="org"><b>{cards.esc(organisation)}</b>{below}</div>')
        with st.container(key="menu"):
            for id, name in names.items():
                st.page_link(script(id), label=name, query_params=kept, width="stretch")
        with st.container(key="foot"):
            if len(offered) > 1:
                _language(lang, offered, w)
            if strategy:
                line = state_line(strategy, state, release, w)
                cards.show(f'<div class="xs mut">{cards.esc(line)}</div>')


LANGUAGE_NAMES = {"en": "English", "vi": "Tiếng Việt"}


def _language(lang: str, offered: tuple[str, ...], w: Words) -> None:
    st.session_state["language"] = lang
    st.segmented_control(
        w("Language"),
        sorted(offered),
        format_func=lambda value: LANGUAGE_NAMES[value],
        key="language",
        required=True,
        on_change=_to_address,
        args=("language", "lang", offered),
        label_visibility="collapsed",
        wrap=False,
    )


def _filters(page: Page, options: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    """Period, segment, and the data date at the right. The address is the only memory: what is chosen is written
    into it and read from it, so links, the back button and other pages agree."""
    w, strategy = page.w, page.strategy
    segments = {value: name(page.lang) for value, name in strategy.values("segment")}
    with st.container(key="filters", horizontal=True, vertical_alignment="center"):
        if "segment" in wanted and segments:
            st.session_state["segment"] = page.segment or "all"
            st.selectbox(
                w("Segment"),
                ["all", *segments],
                format_func=lambda value: segments.get(value) or w("All customers"),
                key="segment",
                on_change=_to_address,
                args=("segment", "segment", ("all", *segments)),
                width=230,
            )
        if "period" in wanted and len(options) > 1:
            st.session_state["period"] = page.period
            st.selectbox(
                w("Period"),
                options[::-1],
                format_func=lambda value: _capital(w.period(value)),
                key="period",
                on_change=_to_address,
                args=("period", "period", options),
                width=230,
            )
        mark = cards.draft(w) if page.release.draft else ""
        cards.show(f'<div class="date xs mut">{mark}<span>{cards.esc(data_line(page.release, w))}</span></div>')


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _to_address(widget: str, key: str, offered: tuple[str, ...]) -> None:
    value = st.session_state[widget]
    if value not in offered:  # Streamlit takes any text that is sent to it
        return
    if value == "all":
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = value


def _log(error: Exception) -> None:
    log.error("%s", traced(error))
