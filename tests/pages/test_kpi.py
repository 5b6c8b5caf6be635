"""The KPI page: every KPI can be drawn, the planted truths are said, what is not declared is not repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from metrics.answers import Request, ask
from metrics.closeup import Closeup, closeup, latest, of_period
from metrics.errors import Refused
from metrics.headlines import kpi as texts
from metrics.headlines.trust import trust
from metrics.refusals import reason
from metrics.release import Release
from metrics.standing import Standing
from metrics.strategy.model import Strategy
from metrics.words import Words
from tests.conftest import Demo
from tests.pages.looking import Look
from tests.pages.serving import Served

PERIOD = "2025-Q4"


@pytest.fixture(scope="module")
def release(demo: Demo) -> Release:
    return Release(demo.release)


@pytest.fixture(scope="module")
def strategy(release: Release) -> Strategy:
    return release.strategy


def told(found: Closeup, strategy: Strategy, w: Words) -> str:
    return f"{texts.headline(found, strategy, w)} {texts.evidence(found, strategy, PERIOD, w)}"


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_kpi_has_its_sentences(lang: str, release: Release, strategy: Strategy) -> None:
    w = Words(lang)
    for kpi in strategy.kpis:
        for period in (PERIOD, "2026-Q1", "2024-Q2"):
            found = closeup(release, kpi.id, period)
            assert kpi.name(lang) in texts.headline(found, strategy, w)
            assert texts.facts(found, strategy, w) and texts.what_it_is(found, release, w)
            assert all(text for _, text in trust(found, strategy, w))
            assert all(texts.rule(found, w)) and texts.levers(found, w)
            for cut in found.cuts:
                assert texts.cut_title(found, cut, strategy, w) and texts.cut_line(cut, strategy, period, w)


def test_a_total_that_stands_still_is_told_with_what_it_hides(release: Release, strategy: Strategy) -> None:
    """P6: every channel falls by about four points while the total does not move, because Zalo grew."""
    found = closeup(release, "ticket_csat", PERIOD)
    assert found.moved is not None and not found.moved.sure
    said = told(found, strategy, Words("en"))
    assert "The total stands still while every group falls, because Zalo grew" in said
    assert "Tổng đứng yên trong khi nhóm nào cũng giảm, vì Zalo chiếm phần lớn hơn" in told(
        found, strategy, Words("vi")
    )
    assert found.split is not None and -5 < found.split.split.rate < -2.5 < 2 < found.split.split.mix


def test_the_fall_of_on_time_is_told_by_the_region_it_happened_in(release: Release, strategy: Strategy) -> None:
    found = closeup(release, "on_time", PERIOD)
    assert found.split is not None
    worst = min(found.split.split.parts, key=lambda p: p.rate)
    assert worst.after.values("region") == ("central",)
    assert worst.rate == pytest.approx(found.split.split.total, abs=0.4)
    assert "only Central misses the target" in texts.headline(found, strategy, Words("en"))


def test_two_measurements_are_never_compared(release: Release, strategy: Strategy) -> None:
    """P2: the survey rule changed in April 2025; a rise across it is not told as a rise."""
    found = closeup(release, "tnps", PERIOD)
    assert found.at.doubt is not None
    assert found.before is None and found.moved is None and found.split is None
    said = told(found, strategy, Words("en"))
    assert "rose" not in said and "no change is told" in said
    assert any(standing is Standing.WATCH for standing, _ in trust(found, strategy, Words("en")))


def test_a_cut_by_the_definition_itself_is_not_shown(release: Release) -> None:
    """On-time deliveries by promise kept are all on time: that says nothing."""
    assert "promise" not in {c.answer.request.by[-1] for c in closeup(release, "on_time", PERIOD).cuts}


def test_the_page_and_the_answers_give_the_same_number(release: Release, strategy: Strategy) -> None:
    for kpi in ("on_time", "fcr", "csat_delivery"):
        row = closeup(release, kpi, PERIOD).at.row
        total = of_period(release, kpi, (), PERIOD).rows
        assert row is not None and len(total) == 1 and row.value == total[0].value
        months = ask(release, Request(kpi, start="2025-10", end="2025-12")).rows
        assert row.n == sum(r.n or 0 for r in months)


def test_an_open_cohort_is_not_a_fall(release: Release) -> None:
    """The last quarter's buyers have not had 90 days yet: the last closed quarter is shown, by name."""
    assert latest(release, "return_90", "2026-Q1").period == PERIOD


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_choosing_a_kpi_writes_the_address(lang: str, shared: Served, browser: Browser) -> None:
    with Look(browser, shared.url).open(f"/kpi?lang={lang}&kpi=on_time") as look:
        look.fine(lang)
        page = look.page
        name = {"en": "Solved the first time", "vi": "Xử lý xong ngay lần đầu"}[lang]
        page.locator(".st-key-kpi input").fill(name)
        page.get_by_role("option", name=name).wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url("**kpi=fcr**")
        look.drawn().fine(lang)
        assert name in page.inner_text('[data-testid="stMain"] h1')
        assert page.locator(".js-plotly-plot").count() >= 2
        assert "NaN" not in look.main and "None" not in look.main


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_an_unknown_kpi_is_not_echoed(shared: Served, browser: Browser) -> None:
    with Look(browser, shared.url).open("/kpi?lang=en&kpi=nonsense_name") as look:
        look.fine("en")
        assert look.page.inner_text("h1") == reason(Refused.NOT_CLEARED, Words("en"))
        assert "nonsense_name" not in look.text


def test_the_component_is_shipped_with_its_parts() -> None:
    folder = Path(__file__).parents[2] / "pages" / "parts" / "tree"
    assert {p.name for p in folder.iterdir() if p.is_file()} >= {"tree.html", "tree.css", "tree.js", "__init__.py"}


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_kpi_says_what_it_has_to_do_with_loyalty(lang: str, demo_served: Served, browser: Browser) -> None:
    w = Words(lang)
    with Look(browser, demo_served.url).open(f"/kpi?lang={lang}&kpi=friendly_staff") as look:
        look.fine(lang)
        told = look.page.inner_text(".rule")
        assert w("Moves the score only").lower() in told.lower()
        assert w("the range of its effect on return includes zero").lower() in told.lower()
