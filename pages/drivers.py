"""What makes customers come back?"""

from __future__ import annotations

from metrics.drivers import Drivers, drivers, next_steps, today
from metrics.exports.table import of_drivers
from metrics.headlines import drivers as words
from pages.parts import cards
from pages.parts.driver_rows import effects_html, rows_html
from pages.parts.frame import Page, open_page
from pages.parts.table import table_line


def draw(page: Page) -> None:
    found: Drivers | None = page.keep("drivers", lambda: drivers(page.release))
    w = page.w
    if found is None:
        text = w("Name the questions that may carry loyalty in the strategy file, under loyalty, drivers.")
        cards.show(cards.calm(w("No drivers are declared."), text))
        return
    if not found.rows:
        cards.show(cards.calm(*words.refused(found, w)))
        page.link("journey", w("See what customers meet at each stage"))
        return
    _head(page, found)
    with cards.card("shares", words.shares_title(found, w), words.shares_subtitle(found, w)):
        cards.show(
            page.keep("driver-rows", lambda: rows_html(found, w)),
            cards.foot(
                w("A share says how much goes with the outcome, not what a change is worth: effects are below.")
            ),
        )
        table_line(page, lambda: of_drivers(page.release, found.outcomes(), w), "shares")
    model = found.behaviour or found.stated
    if model:
        with cards.card("effects", words.effects_title(found, w), words.effects_subtitle(model, w)):

            def html() -> str:
                return effects_html(found, words.today_lines(today(page.release, found), w), w)

            cards.show(page.keep("driver-effects", html))
            table_line(page, lambda: of_drivers(page.release, (model.kpi.id,), w), "effects")
    cards.show(_notes(page, found))


def _head(page: Page, found: Drivers) -> None:
    def html() -> str:
        steps = next_steps(page.release, found)
        waiting = words.decisions(steps, page.release.as_of, page.lang, page.w) if found.behaviour else None
        return cards.headline_html(words.headline(found, page.w), words.evidence(found, page.w), waiting, page.w)

    cards.show(page.keep("driver-head", html))


def _notes(page: Page, found: Drivers) -> str:
    w = page.w
    notes = (
        (w("How sure"), words.sure(found, w)),
        (w("What people say and do"), words.said_and_done(found, w)),
        (w("What this cannot tell"), words.cannot_tell(found, w)),
    )
    inside = "".join(f"<div><h3>{cards.esc(head)}</h3><p>{cards.esc(text)}</p></div>" for head, text in notes if text)
    return f'<div class="notes">{inside}</div>'


if __name__ == "__main__":
    open_page("drivers", draw, filters=())
