"""Why can I not see a person?"""

from __future__ import annotations

from pages.parts import cards
from pages.parts.frame import Page, open_page


def draw(page: Page) -> None:
    cards.headline("Nobody", "evidence")


if __name__ == "__main__":
    open_page("no_scorecards", draw, filters=())
