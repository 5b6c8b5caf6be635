"""KPIs that were redefined: since when they mean what they mean now, and what changed."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.headlines import ages as texts
from metrics.headlines.ages import Age
from pages.parts.cards import esc
from pages.parts.frame import Page


def redefined(page: Page, found: Sequence[Age]) -> str:
    """A table of those that changed; a sentence says how old the others are."""
    w = page.w
    changed = [a for a in found if a.redefined]
    heads = (w("KPI"), w("In this form for"), w("How often"), w("What changed"))
    head = "".join(f'<th scope="col">{esc(h)}</th>' for h in heads)
    rows = "".join(
        f'<tr><th scope="row"><a class="q" href="{esc(page.href("kpi", kpi=a.kpi.id))}">{esc(page.say(a.kpi.name))}</a>'
        f'</th><td data-h="{esc(heads[1])}">{esc(texts.length(a, w))}</td>'
        f"<td>{esc(texts.times(a, w))}</td><td>{esc(texts.reasons(a, w))}</td></tr>"
        for a in changed
    )
    body = f'<table class="t ag"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>' if changed else ""
    return body + f'<p class="sm mut">{esc(texts.others(found, w))}</p>'
