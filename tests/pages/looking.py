"""How a test looks at a page: it waits until the page is drawn, and knows what must never be on it."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from metrics.headlines.frame import menu
from metrics.words import Words

PAGES = ("strategy", "tree", "kpi", "drivers", "journey", "value", "no_scorecards")
LOCALES = {"en": "en-US", "vi": "vi-VN"}
BROKEN = "This page cannot be drawn."


class Look:
    """A page in its own browser profile. ``foreign`` are requests that left the machine, ``errors`` script errors."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        locale: str = "vi-VN",
        width: int = 1440,
        height: int = 900,
        dark: bool = False,
    ) -> None:
        self.url = url
        self.foreign: list[str] = []
        self.errors: list[str] = []
        self._context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", locale=locale
        )
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("request", self._request)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def __enter__(self) -> Look:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close()

    def _request(self, request: object) -> None:
        asked = urlsplit(request.url)  # type: ignore[attr-defined]
        if asked.scheme in ("http", "https", "ws", "wss") and asked.hostname != "127.0.0.1":
            self.foreign.append(asked.hostname or "")

    def open(self, path: str) -> Look:
        self.page.goto(self.url + path)
        return self.drawn()

    def drawn(self) -> Look:
        """Wait until the script has run and a head line stands."""
        self.page.wait_for_selector('[data-testid="stMain"] h1')
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
        self.page.wait_for_timeout(250)
        return self

    @property
    def text(self) -> str:
        return self.page.inner_text("body")

    @property
    def main(self) -> str:
        return self.page.inner_text('[data-testid="stMain"]')

    def menu(self) -> list[str]:
        """Labels of the menu, in order; the sidebar must be there, seen or folded away."""
        return [t.strip() for t in self.page.locator('.st-key-menu [data-testid="stPageLink"]').all_text_contents()]

    def fine(self, lang: str) -> None:
        """What holds for every page: no exception, no dialog, no foreign request, the menu in the language."""
        w = Words(lang)
        assert self.page.locator('[data-testid="stException"]').count() == 0
        assert self.page.locator('[role="dialog"]').count() == 0
        assert "Page not found" not in self.text
        assert w(BROKEN) not in self.text
        assert not self.errors, self.errors
        assert not self.foreign, self.foreign
        assert self.menu() == list(menu(w).values())
