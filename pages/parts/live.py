"""What stands above every page while the strategy file is not the one its numbers were built from.

The file is looked at on every run of a page (one ``stat``); it is read again only when its time or size changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from metrics.headlines.frame import StrategyState
from metrics.headlines.live import Notice, notice, stops
from metrics.release import Release
from metrics.words import Words
from pages.parts import cards

if TYPE_CHECKING:
    from pages.parts.frame import Page

__all__ = ["banner", "refusal", "stops", "strategy_file"]


def strategy_file(release: Path, root: Path) -> Path:
    """Where the strategy is: ``CX_STRATEGY``, else beside the release, else at the top of the repository."""
    given = os.environ.get("CX_STRATEGY")
    beside = release.parent / "strategy.yaml"
    return Path(given) if given else beside if beside.exists() else root / "strategy.yaml"


def banner(page: Page) -> None:
    """Draw the notice above a page; nothing, not even an element, when the file is the release's own."""
    html = page.keep("live", lambda: _html(notice(page.state, page.release, page.w)))
    if html:
        cards.show(html)


def refusal(state: StrategyState, release: Release | None, w: Words) -> None:
    """The card in the place of all numbers."""
    said = notice(state, release, w)
    if said:
        cards.show(cards.calm(said.title, *said.texts, more=cards.findings(said.rows)))


def _html(said: Notice | None) -> str:
    if said is None:
        return ""
    texts = cards.commands(" ".join(said.texts))
    more = cards.findings(said.rows) if said.rows else ""
    kind = "live broken" if said.broken else "live"
    return f'<div class="{kind}" role="status"><b>{cards.esc(said.title)}</b> <span>{texts}</span>{more}</div>'
