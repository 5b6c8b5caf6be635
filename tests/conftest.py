"""What many tests share: the demo company's files and its release, made once per run for all workers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.attacks.summary import pytest_terminal_summary  # noqa: F401

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
AUDIT = os.environ.get("CX_AUDIT") == "1"
"""``make audit``: every simulation and property at full size."""
FULL = 20 if AUDIT else 1
"""How many times more examples a property is tried on."""


@dataclass(frozen=True)
class Demo:
    """The demo company at full scale: folder of its source files, its strategy and its release."""

    folder: Path
    strategy: Path
    release: Path

    @property
    def sources(self) -> Path:
        return self.folder / "sources.yaml"


def once(folder: Path, make: Callable[[], None], seconds: int = 300) -> None:
    """Run ``make`` in one worker; the others wait until it is done."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = folder.with_suffix(".done")
    try:
        os.close(os.open(folder.with_suffix(".lock"), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        for _ in range(seconds * 5):
            if done.exists():
                if done.read_text() != "made":
                    raise RuntimeError(f"another worker could not make {folder.name}") from None
                return
            time.sleep(0.2)
        raise TimeoutError(f"another worker did not finish {folder.name}") from None
    try:
        make()
    except BaseException:
        done.write_text("failed")
        raise
    done.write_text("made")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Demo:
    from metrics.build import build
    from metrics.demo import generate

    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "demo"
    made = Demo(folder, ROOT / "strategy.yaml", folder / "release.duckdb")

    def make() -> None:
        generate(folder)
        build(made.strategy, made.sources, made.release)

    once(folder, make)
    return made


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the real data sets, which are no part of the repository."""
    if not SHARED.exists():
        pytest.skip("the real data sets are not beside this checkout")
    return SHARED / "data"
