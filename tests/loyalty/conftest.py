from __future__ import annotations

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.fixture(scope="session")
def real() -> Path:
    if not DATA.is_dir():
        pytest.skip("the real data sets are not beside this checkout")
    return DATA
