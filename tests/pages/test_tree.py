"""The tree in a real browser: sixty KPIs, keyboard, phone, search; names are text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from metrics.strategy.load import load
from metrics.strategy.model import Local, Strategy
from metrics.tree import grow
from metrics.words import Words
from tests.charts.sixty import sixty
from tests.invented import invent
from tests.pages.looking import Look
from tests.pages.serving import ROOT, Served, serve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

EVIL = "<img src=x onerror=alert(1)>"
BOXES = """() => [...document.querySelectorAll('[data-testid="stMain"] *')].filter(n => n.shadowRoot)
  .flatMap(n => [...n.shadowRoot.querySelectorAll('.stage > .card, .stage > .fold')]).map(n => {
    const r = n.getBoundingClientRect();
    const all = [...n.querySelectorAll('.n, .o, .w, .v, .st, .spark, .note')];
    const texts = all.map(t => t.getBoundingClientRect().right);
    const cut = [...n.querySelectorAll('.n, .o, .note')].some(t => t.scrollWidth > t.clientWidth + 1);
    return [r.left, r.top, r.right, r.bottom, Math.max(...texts, 0) > r.right, cut];
  })
"""


def grown() -> Strategy:
    shipped = load(ROOT / "strategy.yaml").strategy
    assert shipped is not None
    many = sixty(shipped, calm=tuple(k.id for k in shipped.kpis if k.id != "fcr"))
    evil = {"name": Local(en=EVIL, vi=EVIL)}
    kpis = tuple(k.model_copy(update=evil) if k.id == "easy_returns" else k for k in many.kpis)
    return many.model_copy(update={"kpis": kpis})


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of a release with sixty KPIs, one of them with markup for a name."""
    shipped = load(ROOT / "strategy.yaml").strategy
    assert shipped is not None
    grown = sixty(shipped, calm=("tnps", "service_level"))
    kpis = [k.model_copy(update={"name": Local(en=EVIL, vi=EVIL)}) if k.id == "easy_returns" else k for k in grown.kpis]
    folder = tmp_path_factory.mktemp("large")
    release = invent(grown.model_copy(update={"kpis": tuple(kpis)}), folder / "release.duckdb")
    with serve(folder, release) as served:
        yield served


def look_at(browser: Browser, served: Served, width: int = 1440, lang: str = "en", more: str = "") -> Look:
    look = Look(browser, served.url, width=width, height=1000)
    look.open(f"/tree?lang={lang}{more}")
    look.page.wait_for_selector(".kpi-tree .card")
    return look


def open_all(page: Page) -> None:
    for _ in range(40):
        folded = page.locator('.kpi-tree .fold[aria-expanded="false"]')
        if not folded.count():
            return
        folded.first.click()


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_cards_of_sixty_kpis_never_lie_over_each_other(lang: str, large: Served, browser: Browser) -> None:
    with look_at(browser, large, lang=lang) as look:
        folded = look.page.locator(".kpi-tree .card").count()
        open_all(look.page)
        boxes = look.page.evaluate(BOXES)
        assert len(boxes) > folded > 12
        for i, (left, top, right, bottom, *_) in enumerate(boxes):
            for other in boxes[i + 1 :]:
                apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
                assert apart, (boxes[i], other)
        assert not any(spills or cut for *_, spills, cut in boxes), "a text leaves its card or is cut"
        look.fine(lang)


def test_names_are_text_and_never_markup(large: Served, browser: Browser) -> None:
    with look_at(browser, large) as look:
        assert look.page.locator(".kpi-tree img").count() == 0
        assert look.page.get_by_text(EVIL).count() >= 1


def test_the_keyboard_follows_the_links_and_enter_opens(large: Served, browser: Browser) -> None:
    with look_at(browser, large) as look:
        page = look.page

        def focused() -> str:
            return str(
                page.evaluate("""() => { let n = document.activeElement;
              while (n && n.shadowRoot && n.shadowRoot.activeElement) n = n.shadowRoot.activeElement;
              return n ? n.dataset.id : '' }""")
            )

        page.locator(".kpi-tree .card.root").focus()
        page.keyboard.press("ArrowRight")
        first = focused()
        assert first == "tnps"
        page.keyboard.press("ArrowDown")
        assert focused() == "on_time"
        page.keyboard.press("ArrowRight")
        assert focused() == "on_time_central"
        page.keyboard.press("ArrowLeft")
        assert focused() == "on_time"
        page.keyboard.press("Home")
        assert focused() == "return_90"
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.wait_for_url("**/kpi?**")
        look.drawn()
        assert "kpi=tnps" in page.url and "lang=en" in page.url
        look.fine("en")


def test_the_chosen_period_goes_along_to_the_kpi(large: Served, browser: Browser) -> None:
    with look_at(browser, large, more="&period=2025-Q2") as look:
        href = look.page.locator('.kpi-tree .card[data-id="on_time"]').get_attribute("href")
        assert href and "period=2025-Q2" in href and "kpi=on_time" in href and "lang=en" in href
        look.page.locator('.kpi-tree .card[data-id="on_time"]').click()
        look.page.wait_for_url("**/kpi?**")
        assert "period=2025-Q2" in look.page.url
        look.drawn()
        look.page.go_back()
        look.page.wait_for_selector(".kpi-tree .card")


def test_search_opens_the_branch_it_finds(large: Served, browser: Browser) -> None:
    with look_at(browser, large, lang="vi") as look:
        page, w = look.page, Words("vi")
        seen = {c.get_attribute("data-id") for c in page.locator(".kpi-tree .card").all()}
        tree = grow(grown(), "return_90")
        folded = next(b.kpi for b in tree.branches if b.kpi.id not in seen)
        found = page.locator(f'.kpi-tree .card[data-id="{folded.id}"]')
        assert found.count() == 0
        page.get_by_placeholder(w("Search")).fill(bare(folded.name.vi).upper())
        assert "hit" in (found.get_attribute("class") or "")
        page.get_by_placeholder(w("Search")).fill("không có tên này")
        assert page.locator(".kpi-tree .live").inner_text() == w("No KPI of that name")
        page.get_by_placeholder(w("Search")).fill("")
        assert found.count() == 0


def bare(text: str) -> str:
    """Without accents, as people type on a keyboard that has none."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return plain.replace("đ", "d").replace("Đ", "D")


def test_comparison_and_outcome_change_in_place(large: Served, browser: Browser) -> None:
    with look_at(browser, large) as look:
        page, w = look.page, Words("en")
        card = page.locator('.kpi-tree .card[data-id="on_time"]')
        assert "target 91.3%" in card.inner_text()
        page.get_by_label(w("Compared with")).select_option("year")
        assert "target" not in card.inner_text()
        page.get_by_label(w("Outcome"), exact=True).select_option("online_revenue")
        assert page.locator(".kpi-tree .card.root").inner_text().count("Online revenue") == 1
        assert page.locator('.kpi-tree .card[data-id="ces_checkout"]').count() == 1


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_on_a_phone_the_tree_is_a_list_with_words_between(lang: str, large: Served, browser: Browser) -> None:
    with look_at(browser, large, width=390, lang=lang) as look:
        page, w = look.page, Words(lang)
        assert page.locator(".kpi-tree .stage").count() == 0
        cards, links = page.locator(".kpi-tree .list .card"), page.locator(".kpi-tree .list .link")
        assert links.count() == cards.count() - 1
        assert any(w("Identity") in t for t in links.all_inner_texts())
        for i in range(min(cards.count(), 12)):
            box = cards.nth(i).bounding_box()
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= 391
        fold = page.locator(".kpi-tree .list .fold").first.bounding_box()
        assert fold and fold["height"] >= 44
        look.fine(lang)


def test_a_reader_who_only_listens_hears_figure_status_and_link(large: Served, browser: Browser) -> None:
    with look_at(browser, large) as look:
        said = look.page.locator('.kpi-tree .card[data-id="on_time_central"]').get_attribute("aria-label") or ""
        w = Words("en")
        for part in ("Carrier, Central region", "95% interval", "target", w("Identity").lower(), "On-time delivery"):
            assert part in said, said
        assert look.page.locator(".kpi-tree .stage > svg").get_attribute("aria-hidden") == "true"
        assert Path(ROOT / "pages/parts/tree/tree.js").read_text(encoding="utf-8").count("innerHTML") == 0
