"""Every page in a real browser: both languages, by direct link, as the very first request of a fresh server."""

from __future__ import annotations

from os import replace
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser

from metrics.errors import Refused
from metrics.refusals import reason
from metrics.words import Words
from tests.pages.conftest import Serve
from tests.pages.looking import BROKEN, LOCALES, PAGES, Look
from tests.pages.serving import ROOT, Served, serve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_direct_link_is_the_first_request(
    page: str, lang: str, fresh: Serve, invented: Path, browser: Browser
) -> None:
    with fresh(invented) as served:
        with Look(browser, served.url).open(f"/{page}?lang={lang}") as look:
            look.fine(lang)
        assert "Traceback" not in served.log
        assert " at " not in [line for line in served.log.splitlines() if "dashboard" in line]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_the_demo_company_is_drawn_whole(page: str, lang: str, demo_served: Served, browser: Browser) -> None:
    with Look(browser, demo_served.url).open(f"/{page}?lang={lang}") as look:
        look.fine(lang)
        w = Words(lang)
        assert w("Draft") in look.main
        assert w("Not published: it may still change, and is shown on this computer only.") in look.main
        never = {"nan", "NaN", "undefined"} | ({"None"} if lang == "vi" else set())
        assert not never & set(look.main.split())
        assert "facebook" not in look.page.inner_text("h1").casefold()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_front_page_speaks_the_language_of_the_browser(lang: str, shared: Served, browser: Browser) -> None:
    with Look(browser, shared.url, LOCALES[lang]).open("/") as look:
        look.fine(lang)
        assert "lang=" not in look.page.url


def test_vietnamese_comes_first(shared: Served, browser: Browser) -> None:
    with Look(browser, shared.url, "fr-FR").open("/") as look:
        look.fine("vi")


def test_language_and_period_go_along(shared: Served, browser: Browser) -> None:
    with Look(browser, shared.url).open("/?lang=vi") as look:
        look.page.get_by_text("English", exact=True).click()
        look.page.wait_for_url("**lang=en**")
        look.drawn().fine("en")
        look.page.locator('.st-key-period [role="combobox"], .st-key-period input').first.click()
        look.page.get_by_role("option", name="Q3 2025").click()
        look.page.wait_for_url("**period=2025-Q3**")
        look.drawn()
        assert "Q3 2025" in look.page.inner_text("h1 + p.ev")
        look.page.locator('.st-key-menu a[href*="journey"]').click()
        look.page.wait_for_url("**/journey**")
        look.drawn().fine("en")
        assert "period=2025-Q3" in look.page.url and "lang=en" in look.page.url
        look.page.go_back()
        look.drawn()
        assert "Q3 2025" in look.page.inner_text("h1 + p.ev")


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("ask", ["by=agent", "agent_id=NV-0001", "by=channel,team", "by=nhân viên", "supervisor="])
def test_a_person_in_the_address_is_refused_without_echo(ask: str, lang: str, shared: Served, browser: Browser) -> None:
    with Look(browser, shared.url).open(f"/journey?lang={lang}&{ask}") as look:
        look.fine(lang)
        w = Words(lang)
        said = [line.strip() for line in look.main.splitlines() if line.strip()]
        assert said[:4] == [
            reason(Refused.PERSON, w),
            w("This is not a missing right and not a setting."),
            w("Why there are no scorecards"),
            w("The views that help instead"),
        ]
        assert said[-1] == w("Open the KPI tree") and len(said) == 16


def test_a_kpi_named_after_staff_is_no_person(shared: Served, browser: Browser) -> None:
    with Look(browser, shared.url).open("/kpi?lang=en&kpi=friendly_staff") as look:
        look.fine("en")
        assert look.page.inner_text("h1") != reason(Refused.PERSON, Words("en"))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_without_a_release_the_page_says_what_to_run(lang: str, fresh: Serve, browser: Browser) -> None:
    with fresh(None) as served, Look(browser, served.url).open(f"/tree?lang={lang}") as look:
        look.fine(lang)
        assert look.page.inner_text("h1") == Words(lang)("There is nothing to show yet.")
        assert "make run" in look.main


def test_a_file_that_is_no_release_shows_no_trace(fresh: Serve, tmp_path: Path, browser: Browser) -> None:
    broken = tmp_path / "release.duckdb"
    broken.write_bytes(b"Nguyen Van Broken" * 400)
    with fresh(broken) as served:
        with Look(browser, served.url).open("/?lang=en") as look:
            look.fine("en")
            assert "make run" in look.main
        assert "Broken" not in served.log


def test_a_strategy_with_errors_shows_findings_instead_of_numbers(
    fresh: Serve, invented: Path, tmp_path: Path, browser: Browser
) -> None:
    text = (ROOT / "strategy.yaml").read_text(encoding="utf-8")
    lines = text.splitlines()
    line = next(i for i, row in enumerate(lines) if row.strip() == "used_for: strategy" or row.startswith("used_for:"))
    lines[line] = "used_for: appraisal"
    mine = tmp_path / "mine.yaml"
    mine.write_text("\n".join(lines), encoding="utf-8")
    with fresh(invented, mine) as served, Look(browser, served.url).open("/kpi?lang=en") as look:
        look.fine("en")
        assert f"mine.yaml:{line + 1}:" in look.main
        assert "2025" not in look.page.inner_text("h1") and "%" not in look.main


@pytest.mark.parametrize(("dark", "paper"), [(False, "rgb(250, 249, 246)"), (True, "rgb(16, 21, 27)")])
def test_the_theme_of_the_reader_decides_the_colours(dark: bool, paper: str, shared: Served, browser: Browser) -> None:
    with Look(browser, shared.url, dark=dark).open("/?lang=en") as look:
        look.page.wait_for_timeout(500)
        ground = look.page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
        ink = look.page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--paper')")
        assert ground == paper
        assert tuple(int(ink[i : i + 2], 16) for i in (1, 3, 5)) == tuple(int(n) for n in paper[4:-1].split(","))


@pytest.mark.parametrize("page", PAGES)
def test_a_phone_needs_no_sideways_scrolling(page: str, shared: Served, browser: Browser) -> None:
    with Look(browser, shared.url, width=390, height=844).open(f"/{page}?lang=vi") as look:
        look.fine("vi")
        wide = look.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert wide <= 390


def test_headings_are_drawn_in_the_font_that_is_shipped(shared: Served, browser: Browser) -> None:
    with Look(browser, shared.url).open("/?lang=vi") as look:
        loaded = "[...document.fonts].filter(f => f.status == 'loaded' && f.family.includes('Be Vietnam Pro')).length"
        look.page.wait_for_function(f"{loaded} == 2")
        assert look.page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith('"Be Vietnam')


def test_a_screen_reader_is_told_the_language(shared: Served, browser: Browser) -> None:
    with Look(browser, shared.url).open("/?lang=vi") as look:
        assert look.page.evaluate("document.querySelector('h1').closest('[lang]').lang") == "vi"


@pytest.mark.parametrize("kind", ["ValueError", "Refusal"])
def test_a_page_that_fails_is_a_calm_card_that_repeats_nothing(
    kind: str, tmp_path: Path, invented: Path, browser: Browser
) -> None:
    """An error may hold a value: neither the page nor the log says it."""
    raised = 'ValueError("Lan 0901234567")' if kind == "ValueError" else "Refusal(Refused.TOO_FEW)"
    for name in ("pages", "metrics", "static", ".streamlit"):
        (tmp_path / name).symlink_to(ROOT / name)
    entry = tmp_path / "dashboard.py"
    entry.write_text(
        "from metrics.errors import Refusal, Refused\n"
        "from pages.parts.frame import open_page\n"
        f"def draw(page):\n    page.link('tree', 'half a page')\n    raise {raised}\n"
        "open_page('strategy', draw)\n"
    )
    with serve(tmp_path, invented, entry=entry) as served:
        with Look(browser, served.url).open("/?lang=en") as look:
            assert look.page.locator('[data-testid="stException"]').count() == 0
            wanted = BROKEN if kind == "ValueError" else reason(Refused.TOO_FEW, Words("en"))
            assert look.page.inner_text("h1") == wanted
            assert "half a page" not in look.main and "0901234567" not in look.text
        assert "0901234567" not in served.log and "Traceback" not in served.log
        assert ("ValueError at" in served.log) is (kind == "ValueError")


def test_a_new_release_is_served_at_once_and_the_old_one_is_forgotten(
    fresh: Serve, invented: Path, tmp_path: Path, browser: Browser
) -> None:
    """The build renames a new file over the old one while readers have it open."""
    from metrics.strategy.load import load
    from tests.invented import invent

    serving = tmp_path / "serving.duckdb"
    copy(invented, serving)
    strategy = load(ROOT / "strategy.yaml").strategy
    assert strategy is not None
    raw = strategy.model_dump(mode="json")
    raw["organisation"]["name"] = {"en": "Renamed", "vi": "Renamed"}
    renamed = invent(type(strategy).model_validate(raw), tmp_path / "next.duckdb", seed=2)
    with fresh(serving) as served, Look(browser, served.url) as look:
        look.open("/?lang=en").fine("en")
        before = look.page.inner_text("h1 + p.ev")
        replace(renamed, serving)
        look.open("/?lang=en").fine("en")
        assert "Renamed" in look.text
        assert look.page.inner_text("h1 + p.ev") != before


def test_text_of_the_strategy_is_text_and_never_markup(fresh: Serve, tmp_path: Path, browser: Browser) -> None:
    """A strategy file is written by many hands: what looks like markup is shown, not run."""
    from metrics.strategy.load import load
    from tests.invented import invent

    strategy = load(ROOT / "strategy.yaml").strategy
    assert strategy is not None
    raw = strategy.model_dump(mode="json")
    evil = '<img src="x" onerror="document.title=1">&amp;'
    raw["organisation"]["name"] = raw["organisation"]["note"] = {"en": evil, "vi": evil}
    for goal in raw["goals"]:
        goal["name"] = goal["customer_outcome"] = goal["sponsor"] = {"en": evil, "vi": evil}
    for kpi in raw["kpis"]:
        kpi["name"] = {"en": evil, "vi": evil}
        if kpi["reading"]:
            kpi["reading"]["low"] = {"en": evil, "vi": evil}
    release = invent(type(strategy).model_validate(raw), tmp_path / "release.duckdb")
    with fresh(release) as served:
        for page in PAGES:
            with Look(browser, served.url).open(f"/{page}?lang=en") as look:
                look.fine("en")
                assert look.page.locator('img[src="x"]').count() == 0, page
