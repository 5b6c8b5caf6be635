"""The drawing pieces every page is made of. Functions that return ``str`` give HTML with all text escaped; put
several together and draw them with one ``show``, since every element costs a message. Functions that return nothing,
and ``card``, draw at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from html import escape
from unicodedata import normalize

import streamlit as st

from metrics.errors import Refused
from metrics.refusals import reason, way_out
from metrics.standing import Standing
from metrics.words import Words
from pages.parts.icons import FLAG, STANDING, svg

#: Class name of a standing in the stylesheet.
CLASS: dict[Standing, str] = {
    Standing.ON: "on",
    Standing.WATCH: "watch",
    Standing.OFF: "off",
    Standing.UNSURE: "unsure",
    Standing.NO_HANDLE: "nohandle",
    Standing.WITHHELD: "withheld",
}


def esc(text: object) -> str:
    """Text safe inside HTML, in composed form (a decomposed accent changes font in mid-word)."""
    return escape(normalize("NFC", str(text)))


class _Html:
    """Finished HTML. Streamlit dedents plain strings with regular expressions on every run; this it takes as it is."""

    def __init__(self, html: str) -> None:
        self._html = html

    def _repr_html_(self) -> str:
        return self._html


spoken: ContextVar[str] = ContextVar("spoken", default="en")
"""Language of this script run, set by the frame: Streamlit's own document always says English, and a screen reader
would read Vietnamese with an English voice."""


def show(*pieces: str) -> None:
    """Draw pieces of HTML as one element."""
    st.html(_Html(f'<div class="say" lang="{spoken.get()}">{"".join(pieces)}</div>'))


def style(css: str) -> None:
    """Draw a ``<style>`` element; it takes no room."""
    st.html(_Html(css))


def standing_name(standing: Standing, w: Words) -> str:
    return {
        Standing.ON: w("On course"),
        Standing.WATCH: w("Watch"),
        Standing.OFF: w("Off course"),
        Standing.UNSURE: w("Not sure"),
        Standing.NO_HANDLE: w("No handle"),
        Standing.WITHHELD: w("Withheld"),
    }[standing]


def status(standing: Standing, w: Words, lever: bool = True) -> str:
    """Icon and word. A KPI that is off or not sure and has no lever (``lever=False``) carries that icon too."""
    name = CLASS[standing]
    text = f'<span class="st {name}">{svg(STANDING[name])}{esc(standing_name(standing, w))}</span>'
    return text + _no_lever(standing, w, lever)


def pill(standing: Standing, w: Words, lever: bool = True) -> str:
    """The status on its tint, for the head of a card."""
    name = CLASS[standing]
    text = f'<span class="st pill {name}">{svg(STANDING[name])}{esc(standing_name(standing, w))}</span>'
    return text + _no_lever(standing, w, lever)


def icon(standing: Standing, size: int = 18) -> str:
    """The status icon alone; the caller says the word."""
    return f'<span class="{CLASS[standing]}">{svg(STANDING[CLASS[standing]], size)}</span>'


def _no_lever(standing: Standing, w: Words, lever: bool) -> str:
    if lever or standing not in (Standing.OFF, Standing.UNSURE):
        return ""
    return f'<span class="st nohandle">{svg(STANDING["nohandle"])}{esc(standing_name(Standing.NO_HANDLE, w))}</span>'


def doubt(w: Words) -> str:
    """The amber flag with its word; the reason belongs beside it as text (``note``)."""
    return f'<span class="doubt">{svg(FLAG, 13, "0 0 14 14")}{esc(w("Doubt"))}</span>'


def headline(
    text: str, evidence: str, decisions: Sequence[tuple[str, str]] | None = None, w: Words | None = None
) -> None:
    """Head of a page: the answer in words, its evidence, and "To decide now" at the right.

    ``decisions``: at most three of (what, who and by when); an empty sequence says that nothing waits, None leaves
    the block out."""
    show(headline_html(text, evidence, decisions, w))


def headline_html(text: str, evidence: str, decisions: Sequence[tuple[str, str]] | None, w: Words | None) -> str:
    alone = " alone" if decisions is None or w is None else ""
    left = f'<div><h1>{esc(text)}</h1><p class="ev">{esc(evidence)}</p></div>'
    right = ""
    if decisions is not None and w is not None:
        rows = "".join(f"<li>{esc(what)} <span>{esc(who)}</span></li>" for what, who in decisions[:3])
        inside = f"<ol>{rows}</ol>" if rows else f"<p>{esc(w('Nothing waits for a decision.'))}</p>"
        right = f'<div class="next{"" if rows else " none"}"><h3>{esc(w("To decide now"))}</h3>{inside}</div>'
    return f'<div class="head{alone}">{left}{right}</div>'


def title(text: str, subtitle: str = "", mark: str = "") -> str:
    """Head of a card or section: the finding as a sentence, what is measured, and a ``pill`` or ``doubt`` at the right
    (``mark`` is HTML)."""
    below = f'<div class="sub">{esc(subtitle)}</div>' if subtitle else ""
    return f'<div class="ct"><h2>{esc(text)}</h2>{mark}</div>{below}'


def section(text: str, subtitle: str = "") -> str:
    """Head of a section that is not a card."""
    return f'<div class="sect">{title(text, subtitle)}</div>'


@contextmanager
def card(key: str, text: str, subtitle: str = "", mark: str = "") -> Iterator[None]:
    """A bordered card around what is drawn inside; ``key`` is unique on the page. A container and one element."""
    with st.container(key=f"card-{key}"):
        show(title(text, subtitle, mark))
        yield


def note(text: str, mark: str = "") -> str:
    """A sentence under a chart; ``mark`` (HTML, for example ``doubt``) stands before it."""
    return f'<div class="note">{mark} {esc(text)}</div>'


def foot(*texts: str) -> str:
    """Small print under a chart: n, what is not shown and why."""
    return f'<div class="foot2">{"".join(f"<span>{esc(t)}</span>" for t in texts if t)}</div>'


def calm(title_text: str, *paragraphs: str, more: str = "") -> str:
    """The one card for empty, error and refusal: what is so, why, what to do. Commands stand in `backticks`; ``more``
    is HTML."""
    inside = "".join(f"<p>{commands(p)}</p>" for p in paragraphs if p)
    return f'<div class="calm" role="status"><h1>{esc(title_text)}</h1>{inside}{more}</div>'


def commands(text: str) -> str:
    """A text whose commands stand in `backticks`, as HTML."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", esc(text))


def empty(text: str, mend: str) -> str:
    """No data in this filter, in the place of a chart: what is so and what to do."""
    return f'<div class="sub">{esc(text)} {esc(mend)}</div>'


def draft(w: Words) -> str:
    """The mark of a draft and what it means."""
    text = w("Not published: it may still change, and is shown on this computer only.")
    return f'<span><span class="draft">{esc(w("Draft"))}</span> {esc(text)}</span>'


def refusal(kind: Refused, w: Words, more: str = "") -> str:
    """The constant card of a refusal; nothing of what was asked is repeated."""
    way = w("This is not a missing right and not a setting.") if kind is Refused.PERSON else way_out(kind, w)
    return calm(reason(kind, w), way, more=more)


def findings(rows: Sequence[tuple[str, str, str]]) -> str:
    """Findings of ``check``: place, sentence, mend."""
    lines = (
        f'<li><code class="place">{esc(place)}</code>{esc(text)} <span class="mut">{esc(mend)}</span></li>'
        for place, text, mend in rows
    )
    return f"<ul>{''.join(lines)}</ul>"
