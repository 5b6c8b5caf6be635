"""How a file is read: bytes, encodings, the hash, and the order of what is found."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from metrics.strategy.finding import Severity
from metrics.strategy.load import Loaded, check_text, load
from tests.strategy.cases import SMALL, TODAY, edited


def broken(text: str | bytes) -> Loaded:
    loaded = check_text(text if isinstance(text, bytes) else text.encode(), "s.yaml", TODAY)
    assert loaded.strategy is None and loaded.errors
    return loaded


def places(loaded: Loaded) -> list[tuple[str, int | None, Any]]:
    return [(f.code, f.place.line, f.place.column) for f in loaded.findings]


def test_text_that_is_not_utf_8() -> None:
    raw = b"version: 1\nused_for: strategy\norganisation: {name: C\xf4ng ty}\n"
    assert places(broken(raw)) == [("Y003", 3, 23)]
    column = 1 + len("organisation: {name: Mộc ")
    assert places(broken("organisation: {name: Mộc ".encode() + b"\xff}\n")) == [("Y003", 1, column)]


@pytest.mark.parametrize("code", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_told_as_what_it_is(code: str) -> None:
    (finding,) = broken("version: 1\nused_for: strategy\n".encode(code)).findings
    assert finding.code == "Y003" and "UTF-16" in finding.what


def test_a_file_with_a_byte_order_mark_or_windows_lines_is_read() -> None:
    assert check_text(b"\xef\xbb\xbf" + SMALL.encode(), "s.yaml", TODAY).strategy is not None
    assert check_text(SMALL.replace("\n", "\r\n").encode(), "s.yaml", TODAY).strategy is not None


def test_missing_large_and_odd_files(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * 500_001)
    assert [f.code for f in load(large).findings] == ["Y002"]
    for path in (tmp_path / "none.yaml", tmp_path, "a\0b"):
        (finding,) = load(path).findings
        assert finding.code == "Y001" and finding.place.file == str(path)


def test_the_hash_is_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(SMALL.encode())
    assert load(path).hash == hashlib.sha256(SMALL.encode()).hexdigest()
    assert load(path).hash != check_text(SMALL.replace("\n", "\r\n").encode(), "s.yaml").hash


def test_a_comma_that_cuts_a_text_is_told_as_such() -> None:
    (finding,) = broken(edited(("name: Till", "name: {en: Till, or counter, vi: Quầy}"))).findings
    assert "comma" in finding.what and "quotes" in finding.mend


def test_findings_come_in_the_order_of_the_file() -> None:
    text = edited(
        (
            "used_for: strategy",
            "used_for: bonus",
            "goal: keep\n    stage",
            "goal: x\n    stage",
            "[vi, en]",
            "[vi]",
            "    kpi: back\njourney",
            "journey",
        )
    )
    found = check_text(text.encode(), "s.yaml", TODAY).findings
    assert [f.code for f in found] == ["U001", "H001", "G002"]
    assert [f.severity for f in found] == [Severity.ERROR, Severity.HINT, Severity.ERROR]
