"""A release is read whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from metrics.errors import DataError
from metrics.release import Release, write


def test_numbers_of_another_version_are_not_read_as_ours(tmp_path: Path) -> None:
    path = tmp_path / "release.duckdb"
    write(path, {"meta": [("format", "0")]})
    with pytest.raises(DataError, match="no release of this version"):
        Release(path)


def test_a_file_that_is_no_release_is_said(tmp_path: Path) -> None:
    path = tmp_path / "release.duckdb"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="no release of this version"):
        Release(path)
