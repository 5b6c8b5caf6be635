"""A release to draw, servers to draw it on, and a real browser to look with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, sync_playwright

from metrics.strategy.load import load
from tests.conftest import Demo
from tests.invented import invent
from tests.pages.serving import CHROMIUM, FLAGS, ROOT, Served, serve


class Serve(Protocol):
    def __call__(self, release: Path | None = None, strategy: Path | None = None) -> AbstractContextManager[Served]: ...


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with invented numbers over the demo strategy."""
    strategy = load(ROOT / "strategy.yaml").strategy
    assert strategy is not None
    return invent(strategy, tmp_path_factory.mktemp("invented") / "release.duckdb")


@pytest.fixture
def fresh(tmp_path: Path) -> Serve:
    """A server that nobody has asked anything yet."""

    def start(release: Path | None = None, strategy: Path | None = None) -> AbstractContextManager[Served]:
        return serve(tmp_path, release, strategy)

    return start


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, invented: Path) -> Iterator[Served]:
    """One server for all tests of a file that do not need a fresh one."""
    with serve(tmp_path_factory.mktemp("server"), invented) as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def demo_served(tmp_path_factory: pytest.TempPathFactory, demo: Demo) -> Iterator[Served]:
    """A server of the demo company's own release."""
    with serve(tmp_path_factory.mktemp("demo_server"), demo.release) as served:
        yield served
