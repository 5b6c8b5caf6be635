"""A draft is seen on the machine that serves it and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import duckdb
import pytest
from playwright.sync_api import Browser

from metrics.words import Words
from pages.parts.local import seen_here
from tests.pages.looking import PAGES, Look
from tests.pages.serving import CHROMIUM, FLAGS, Served, serve

ELSEWHERE = "dashboard.example"


@pytest.fixture(scope="module")
def published(invented: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("published") / "release.duckdb"
    copy(invented, path)
    with duckdb.connect(str(path)) as file:
        file.execute("UPDATE meta SET value = 'false' WHERE key = 'draft'")
    return path


@pytest.fixture(scope="module")
def renamed(browser: Browser) -> Iterator[Browser]:
    """A browser for which another machine's name leads here, as behind a relay or after a rebound name."""
    rules = [f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"]
    found = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *rules])
    yield found
    found.close()


@pytest.mark.parametrize("listens", ["localhost", "127.0.0.1", "127.1.2.3", "::1", "LOCALHOST"])
@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "localhost", "LocalHost:80"])
@pytest.mark.parametrize("reader", [None, "127.0.0.1", "::1"])
def test_the_machine_itself_sees_a_draft(listens: str, host: str, reader: str | None) -> None:
    assert seen_here(listens, [host], ["host", "origin", "cookie"], reader)


@pytest.mark.parametrize(
    "listens", [None, "", "0.0.0.0", "::", "192.168.1.4", "example.org", "unix:///x", "localhost.example", 8]
)
def test_a_server_that_others_can_reach_shows_no_draft(listens: str | None) -> None:
    assert not seen_here(listens, ["localhost:8501"], ["host"], None)


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [""],
        ["dashboard.example"],
        ["localhost:8501", "dashboard.example"],
        ["localhost.example:8501"],
        ["127.0.0.1.example"],
        ["10.0.0.3:8501"],
        ["[::1"],
        ["localhost@dashboard.example"],
        ["127.0.0.1:8501", "http://evil"],
    ],
)
def test_a_reader_who_calls_it_by_another_name_sees_no_draft(hosts: list[str]) -> None:
    assert not seen_here("localhost", hosts, ["host"], None)


@pytest.mark.parametrize("reader", ["10.0.0.3", "fe80::1", "somebody", ""])
def test_a_reader_from_elsewhere_sees_no_draft(reader: str) -> None:
    assert not seen_here("localhost", ["localhost:8501"], ["host"], reader)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "forwarded", "Via", "X-Real-IP", "x-forwarded-host"])
def test_what_comes_through_a_relay_sees_no_draft(header: str) -> None:
    assert not seen_here("localhost", ["localhost:8501"], ["host", header], None)


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("lang", ["en", "vi"])
def test_every_page_of_a_draft_refuses_a_reader_from_elsewhere(lang: str, shared: Served, renamed: Browser) -> None:
    w = Words(lang)
    constant = [
        w("This is a draft."),
        w("Nobody has published it, so it is shown only on the computer that serves it."),
        w("Publish it to show it to others: `python -m metrics publish`").replace("`", ""),
    ]
    every = (*PAGES, "kpi?kpi=no_such_kpi", "journey?agent=NV-1")
    for path in every if lang == "en" else every[-1:]:
        with Look(renamed, shared.url.replace("127.0.0.1", ELSEWHERE)) as look:
            look.open(f"/{path}{'&' if '?' in path else '?'}lang={lang}")
            assert [line.strip() for line in look.main.splitlines() if line.strip()] == constant, path


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_a_published_release_is_shown_to_others_without_a_mark(
    published: Path, tmp_path: Path, renamed: Browser, browser: Browser
) -> None:
    """Otherwise the test above could not fail; and the mark is gone."""
    with serve(tmp_path, published) as served:
        with Look(renamed, served.url.replace("127.0.0.1", ELSEWHERE)).open("/tree?lang=en") as look:
            assert "This is a draft." not in look.main and "Data to 31 Mar 2026" in look.main
            assert "Draft" not in look.main
        with Look(browser, served.url).open("/tree?lang=en") as look:
            look.fine("en")
            assert "Draft" not in look.main


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_a_server_told_to_listen_everywhere_shows_no_draft(invented: Path, tmp_path: Path, browser: Browser) -> None:
    """Streamlit takes the last address it is given; the name it listens by is what counts, not who asks."""
    entry = tmp_path / "dashboard.py"
    for name in ("pages", "metrics", "static", ".streamlit"):
        (tmp_path / name).symlink_to(Path(__file__).parents[2] / name)
    entry.write_text(
        "import streamlit as st\n"
        "st.config.set_option('server.address', '0.0.0.0')\n"
        "from pages.parts.frame import open_page\n"
        "from pages.strategy import draw\n"
        "open_page('strategy', draw)\n"
    )
    with serve(tmp_path, invented, entry=entry) as served, Look(browser, served.url).open("/?lang=en") as look:
        assert look.page.inner_text("h1") == "This is a draft."
