"""What the attacks share: a line in the summary, and random small companies with what was published about them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from metrics.build import build
from tests.attacks.canary import Company
from tests.attacks.canary import company as canary_company
from tests.attacks.summary import KEY
from tests.attacks.worlds import World, world
from tests.conftest import AUDIT, once

WORLDS = 20 if AUDIT else 3
LARGEST = 1500 if AUDIT else 260
"""Most contacts of a quarter."""
Tell = Callable[..., None]


@pytest.fixture
def tell(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Tell:
    """``tell(worlds=1, isolating_combinations=0)``: counts for this attack's line in the summary."""
    attack = request.module.__name__.rpartition("test_")[2].replace("_", " ")

    def say(**counts: int) -> None:
        record_property(KEY, (attack, counts))

    return say


@pytest.fixture(scope="session", params=range(WORLDS))
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> World:
    """A random small company with its real release beside it (``release.duckdb``), made once for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / f"world{request.param}"

    def make() -> None:
        made = world(request.param, folder, LARGEST)
        build(made.strategy, made.sources, folder / "release.duckdb")

    once(folder, make)
    return world(request.param, folder, LARGEST, write=False)


@pytest.fixture(scope="session")
def release_file(company: World) -> Path:
    return company.folder / "release.duckdb"


@pytest.fixture(scope="session")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The company of canaries with its release."""
    made = canary_company(tmp_path_factory.mktemp("canary"))
    build(made.strategy, made.sources, made.release)
    return made
