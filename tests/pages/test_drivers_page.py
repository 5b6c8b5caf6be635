"""The drivers page in a real browser: choices in the address, a what-if that refuses, the phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from metrics.errors import Refused
from metrics.refusals import reason
from metrics.words import Words
from tests.pages.looking import Look
from tests.pages.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_choices_stay_in_the_address(demo_served: Served, browser: Browser) -> None:
    with Look(browser, demo_served.url).open("/drivers?lang=en") as look:
        look.fine("en")
        look.page.locator(".st-key-choose-base button").nth(1).click()
        look.page.wait_for_url("**base=customers**")
        look.drawn()
        look.page.locator(".st-key-choose-by button").nth(1).click()
        look.page.wait_for_url("**by=period**")
        look.drawn().fine("en")
        assert "fewer customers come back" in look.page.inner_text("h1")
        slider = look.page.locator(".st-key-card-whatif input[type=range]")
        slider.focus()
        slider.press("ArrowLeft")
        look.page.wait_for_url("**level=**")
        look.drawn().fine("en")
        address = look.page.url
    with Look(browser, demo_served.url).open(address.removeprefix(demo_served.url)) as again:
        assert "base=customers" in address and "by=period" in address and "move=" in address
        assert "fewer customers come back" in again.page.inner_text("h1")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_nobody_reached_is_refused_on_the_card_and_the_page_stands(
    lang: str, demo_served: Served, browser: Browser
) -> None:
    w = Words(lang)
    with Look(browser, demo_served.url).open(f"/drivers?lang={lang}&move=on_time&level=99.9") as look:
        look.fine(lang)
        card = look.page.inner_text(".st-key-card-whatif")
        assert reason(Refused.OUTSIDE, w) in card and "₫" not in card and "99" not in card
        assert look.page.locator(".st-key-card-shares").count() == 1


@pytest.mark.parametrize("typed", ["nan", "inf", "1e400", "92;DROP", "", "92 %"])
def test_what_is_no_number_in_the_address_is_ignored(typed: str, demo_served: Served, browser: Browser) -> None:
    with Look(browser, demo_served.url).open(f"/drivers?lang=en&base=x&by=y&move=on_time&level={typed}") as look:
        look.fine("en")
        assert "92.0%" in look.page.inner_text(".st-key-card-whatif"), "the figure that is offered first: the target"


def test_a_driver_without_effect_has_nothing_to_gain(demo_served: Served, browser: Browser) -> None:
    with Look(browser, demo_served.url).open("/drivers?lang=en&move=friendly_staff&level=8.6") as look:
        card = look.page.inner_text(".st-key-card-whatif")
        assert "nothing to gain that could be promised" in card and "₫" not in card


@pytest.mark.parametrize("base", ["survey", "customers"])
def test_on_a_phone_nothing_runs_over_the_edge(base: str, demo_served: Served, browser: Browser) -> None:
    with Look(browser, demo_served.url, width=390).open(f"/drivers?lang=vi&base={base}") as look:
        look.fine("vi")
        assert look.page.evaluate("document.documentElement.scrollWidth") <= 391


def test_every_card_has_its_table_and_files(demo_served: Served, browser: Browser) -> None:
    with Look(browser, demo_served.url).open("/drivers?lang=en") as look:
        keys = ("shares", "effects", "map", "ends", "compared", "whatif", "labels")
        for key in keys:
            look.page.locator(f".st-key-table-{key} summary").click()
            look.page.wait_for_selector(f".st-key-csv-{key}")
        look.drawn().fine("en")
        assert look.page.locator('[class*="st-key-table-"] table').count() == len(keys)
