"""Are we on course?"""

from __future__ import annotations

from pages.parts import cards
from pages.parts.frame import Page, open_page


def draw(page: Page) -> None:
    cards.headline(
        "Off course: fewer customers come back", "evidence", [("Do this", "Logistics · by 30 Apr 2026")], page.w
    )


if __name__ == "__main__":
    open_page("strategy", draw)
