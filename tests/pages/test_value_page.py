"""The value page in a real browser: segments, the phone, and what it says where something is missing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from metrics.words import Words
from tests.pages.looking import Look
from tests.pages.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_segment_goes_along_and_says_how_it_was_reckoned(demo_served: Served, browser: Browser) -> None:
    with Look(browser, demo_served.url).open("/value?lang=en&segment=small_business") as look:
        look.fine("en")
        assert Words("en")("so it is counted what cohorts have brought so far and nothing beyond.") in look.main
        assert Words("en")("Earned growth cannot be told yet") in look.main
        look.page.locator('.st-key-menu a[href*="journey"]').click()
        look.page.wait_for_url("**/journey**")
        assert "segment=small_business" in look.page.url


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_on_a_phone_nothing_runs_over_the_edge(lang: str, demo_served: Served, browser: Browser) -> None:
    with Look(browser, demo_served.url, width=390).open(f"/value?lang={lang}") as look:
        look.fine(lang)
        assert look.page.evaluate("document.documentElement.scrollWidth") <= 391
        for chart in look.page.locator(".js-plotly-plot").all():
            box = chart.bounding_box()
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= 391
            inside = chart.evaluate(
                "e => [...e.querySelectorAll('.annotation-text')].every(t =>"
                " t.getBoundingClientRect().right <= e.getBoundingClientRect().right + 1)"
            )
            assert inside


def test_every_card_has_its_table_and_files(demo_served: Served, browser: Browser) -> None:
    with Look(browser, demo_served.url).open("/value?lang=en") as look:
        assert look.page.locator('[class*="st-key-table-"]').count() == 8
        look.page.locator(".st-key-table-cohorts summary").click()
        look.page.wait_for_selector(".st-key-csv-cohorts")
        assert "Q2 2024" in look.page.inner_text(".st-key-table-cohorts table")


def test_a_release_without_worth_still_shows_its_cohorts(shared: Served, browser: Browser) -> None:
    with Look(browser, shared.url).open("/value?lang=en") as look:
        look.fine("en")
        w = Words("en")
        assert look.page.inner_text("h1") == w("What a point of retention is worth here cannot be told yet.")
        assert w("What a customer is worth is not told for these customers") in look.main
