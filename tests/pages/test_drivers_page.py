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


def test_the_segment_of_the_address_has_its_own_model(demo_served: Served, browser: Browser) -> None:
    with Look(browser, demo_served.url).open("/drivers?lang=en&segment=young") as look:
        look.fine("en")
        assert look.page.inner_text("h1").startswith("Among young people, ")
        assert "For all customers" in look.main and look.page.locator(".st-key-choose-part").count() == 0
        look.page.locator(".st-key-table-shares summary").click()
        look.page.wait_for_selector(".st-key-csv-shares")
        assert "Young people" in look.page.inner_text(".st-key-table-shares")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_segment_too_small_for_a_model_sees_all_customers_and_is_told_so(
    lang: str, demo_served: Served, browser: Browser
) -> None:
    w = Words(lang)
    with Look(browser, demo_served.url).open(f"/drivers?lang={lang}&segment=small_business") as look:
        look.fine(lang)
        name = {"en": "Small businesses", "vi": "Doanh nghiệp nhỏ"}[lang]
        told = w(
            "{whom}: too few for a model of their own (it takes {needed}), or not cleared; this page shows all "
            "customers.",
            whom=name,
            needed=200,
        )
        assert told in look.main and name not in look.page.inner_text("h1")


def test_a_stage_and_a_half_year_can_be_chosen(demo_served: Served, browser: Browser) -> None:
    with Look(browser, demo_served.url).open(
        "/drivers?lang=en&base=customers&outcome=return_180&part=delivery"
    ) as look:
        look.fine("en")
        head = look.page.inner_text("h1")
        assert (
            head == "Among customers who used “Delivery”, the higher “on-time delivery”, the more customers come back."
        )
        look.page.locator(".st-key-part input").fill("Half 1 of 2025")
        look.page.get_by_role("option", name="Half 1 of 2025").wait_for()
        look.page.keyboard.press("Enter")
        look.page.wait_for_url("**part=2025-H1**")
        look.drawn().fine("en")
        assert look.page.inner_text("h1").startswith("In half 1 of 2025, ")
        assert "return_180" in look.page.url


def test_two_horizons_stand_beside_the_what_if(demo_served: Served, browser: Browser) -> None:
    with Look(browser, demo_served.url).open("/drivers?lang=en&move=price_fair") as look:
        card = look.page.inner_text(".st-key-card-whatif")
        assert "the link is unclear" in card and "Two lengths of time, two answers: both can be true." in card


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
