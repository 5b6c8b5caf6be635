"""Whatever stands in the file, `check` answers with findings that point at it, never with a traceback."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.strategy.finding import Severity
from metrics.strategy.load import Loaded, check_text, load
from metrics.strategy.report import as_json, as_text
from tests.conftest import FULL
from tests.strategy.cases import SMALL, TODAY, edited, marked


def broken(text: str | bytes) -> Loaded:
    loaded = check_text(text if isinstance(text, bytes) else text.encode(), "s.yaml", TODAY)
    assert loaded.strategy is None and loaded.errors
    return loaded


def places(loaded: Loaded) -> list[tuple[str, int | None, Any]]:
    return [(f.code, f.place.line, f.place.column) for f in loaded.findings]


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{c}: &{c} [{', '.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "Y006", 1, 1),
        ("# only a comment\n", "Y006", 1, 1),
        ("- a\n- b\n", "Y006", 1, 1),
        ("just text", "Y006", 1, 1),
        ("a: [1, 2\nb: 3\n", "Y004", 2, 2),
        ("a: 1\n\tb: 2\n", "Y004", 2, 1),
        ("a: 'open\n", "Y004", 2, 1),
        ("a: 1\n--- \nb: 2\n", "Y004", 2, 1),
        ("a: *nobody\n", "Y004", 1, 4),
        ("a: 1\nb: 2\na: 3\n", "Y005", 3, 1),
        ("a: {b: 1, c: 2, b: 3}\n", "Y005", 1, 17),
        ("a: !!python/object:os.system x\n", "Y004", 1, 4),
        ("a: ok\nb: \x07\n", "Y004", 2, 4),
        ("a: 2026-13-45\n", "Y004", 1, 4),
        ("a: &a [*a]\n", "Y007", 1, 1),
        ("a: " + "[" * 5000 + "]" * 5000, "Y007", 1, 1),
        (BOMB, "Y007", 1, 1),
        ("1: one\n", "M004", 1, 1),
        ("? [a, b]\n: c\n", "M004", 1, 3),
    ],
    ids=lambda v: repr(v)[:30] if isinstance(v, str) else str(v),
)
def test_hostile_yaml_becomes_a_finding(text: str, code: str, line: int, column: int) -> None:
    assert (code, line, column) in places(broken(text))


@pytest.mark.parametrize("piece", ["[", "a: {", "  - x: 1\n", "- ", "? "])
def test_a_large_wrong_file_is_told_quickly(piece: str) -> None:
    """A data export given by mistake took 160 seconds before it was counted first."""
    start = time.process_time()
    (finding,) = broken("a:\n" + piece * (1_900_000 // len(piece))).findings
    assert finding.code in ("Y004", "Y007")
    assert time.process_time() - start < 30


def test_text_that_is_not_utf_8() -> None:
    raw = b"version: 1\nused_for: strategy\norganisation: {name: C\xf4ng ty}\n"
    assert places(broken(raw)) == [("Y003", 3, 23)]
    column = 1 + len("organisation: {name: Mộc ")
    assert places(broken("organisation: {name: Mộc ".encode() + b"\xff}\n")) == [("Y003", 1, column)]


def test_a_file_with_a_byte_order_mark_or_windows_lines_is_read() -> None:
    assert check_text(b"\xef\xbb\xbf" + SMALL.encode(), "s.yaml", TODAY).strategy is not None
    assert check_text(SMALL.replace("\n", "\r\n").encode(), "s.yaml", TODAY).strategy is not None


def test_missing_large_and_odd_files(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * 2_000_001)
    assert [f.code for f in load(large).findings] == ["Y002"]
    for path in (tmp_path / "none.yaml", tmp_path, "a\0b"):
        (finding,) = load(path).findings
        assert finding.code == "Y001" and finding.place.file == str(path)


def test_the_hash_is_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(SMALL.encode())
    assert load(path).hash == hashlib.sha256(SMALL.encode()).hexdigest()
    assert load(path).hash != check_text(SMALL.replace("\n", "\r\n").encode(), "s.yaml").hash


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("M002", "version: 1", "▲vershion: 1"),
        ("M001", "version: 1\nused_for", "▲used_for"),
        ("M003", "version: 1", "version: ▲one"),
        ("M003", "version: 1", "version: ▲0"),
        ("M003", "horizon: 2026-12-31", "horizon: ▲soon"),
        ("M002", "horizon: 2026-12-31", "▲horizont: 2026-12-31"),
        ("M003", "id: keep\n", "id: ▲Keep\n"),
        ("M003", "id: keep\n", "id: ▲[keep]\n"),
        (
            "M003",
            "version: 1\n",
            "version: 1\nkpi_list: ▲no\n".replace("kpi_list: ▲no", "disclosures: x")[:0] + "version: ▲[]\n",
        ),
        ("M003", "presence: none", "presence: ▲absent"),
        ("M003", "self_service: true", "self_service: ▲maybe"),
        ("M001", "name: Till", "name: ▲{en: Till}"),
        ("M002", "name: Till", "name: {en: Till, ▲or desk, vi: Quầy}"),
        ("M003", "scale: [0, 10]", "scale: ▲[0]"),
        ("M003", "scale: [0, 10]", "scale: [0, ▲ten]"),
        ("M003", "scale: [0, 10]", "scale: ▲0-10"),
        ("M003", "used_for: strategy", "used_for: ▲[a, b]"),
        ("M003", "organisation: {name: Shop,", "organisation: {name: Shop, currency: ▲dong,"),
        ("M003", "{kind: process, name: Ask all}", "{kind: ▲person, name: Ask all}"),
        ("M003", "of: {days: 90}", "of: {days: ▲[90]}"),
        (
            "M003",
            "reading: {low: Mend, high: Keep}\n    levers: [{kind: policy",
            "reading: ▲\n    levers: [{kind: policy".replace("▲", '▲""'),
        ),
    ],
)
def test_a_wrong_shape_points_at_the_node(code: str, old: str, new: str) -> None:
    text, where = marked(edited((old, new)))
    assert places(broken(text)) == [(code, *place) for place in where] and where


def test_a_comma_that_cuts_a_text_is_told_as_such() -> None:
    (finding,) = broken(edited(("name: Till", "name: {en: Till, or counter, vi: Quầy}"))).findings
    assert "comma" in finding.what and "quotes" in finding.mend


def test_text_and_json_say_the_same() -> None:
    loaded = broken(edited(("used_for: strategy", "used_for: bonus")))
    line, count = as_text(loaded.findings).splitlines()
    assert line.startswith("s.yaml:2:11 error U001 These numbers serve the strategy only") and count == "Findings: 1"
    (row,) = json.loads(as_json(loaded.findings))
    assert list(row) == ["code", "severity", "file", "line", "column", "what", "mend"]
    assert f"{row['file']}:{row['line']}:{row['column']} {row['severity']} {row['code']}" in line
    assert row["what"] in line and row["mend"] in line
    assert as_text(loaded.findings, "vi").startswith("s.yaml:2:11 error U001 Các con số này")


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


SNIPPETS = st.sampled_from(
    ["{", "}", "[", "]", ": ", "- ", "&a ", "*a ", "!x ", "\n", "\n  ", '"', "'", "#", "|", "0", "é", "%", "\t"]
)


@settings(max_examples=150 * FULL, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SMALL)), SNIPPETS), max_size=4))
def test_a_damaged_file_never_raises(damage: list[tuple[int, str]]) -> None:
    text = SMALL
    for position, piece in damage:
        text = text[:position] + piece + text[position:]
    loaded = check_text(text.encode(), "s.yaml", TODAY)
    assert (loaded.strategy is None) == bool(loaded.errors)
    lines = text.split("\n")
    for finding in loaded.findings:
        assert 1 <= (finding.place.line or 0) <= len(lines) + 1 and finding.place.column
        assert as_text([finding]) and as_text([finding], "vi")


@settings(max_examples=150 * FULL, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_never_raise(raw: bytes) -> None:
    assert check_text(raw, "s.yaml").errors
