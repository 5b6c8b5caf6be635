"""Whatever stands in the file, `check` answers with findings that point at it: never a traceback, never more than 2 s
of processor time or 200 MB."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.strategy.load import check_text
from metrics.strategy.model import Strategy
from metrics.strategy.report import as_json, as_sarif, as_text
from tests.conftest import AUDIT, FULL, ROOT
from tests.strategy.cases import CASES, SMALL, TODAY

SECONDS, MB = 2.0, 200
DEMO = (ROOT / "strategy.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def costs() -> list[dict[str, Any]]:
    words = [sys.executable, "-m", "tests.strategy.hostile", *(["all"] if AUDIT else [])]
    run = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=600, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_no_hostile_file_costs_more_than_two_seconds_or_200_mb(costs: list[dict[str, Any]]) -> None:
    assert len(costs) >= (60 if AUDIT else 34)
    dear = [c for c in costs if c["seconds"] > SECONDS or c["grown_mb"] > MB]
    assert not dear
    assert all(c["codes"] for c in costs)


def test_bombs_and_large_files_are_refused_as_what_they_are(costs: list[dict[str, Any]]) -> None:
    codes = {c["name"]: c["codes"] for c in costs}
    for name in ("laughs", "laughs inside a strategy", "quadratic", "itself", "deep in one line", "much '['"):
        assert codes[name] == ["Y007"], name
    assert codes["10 MB"] == codes["10 MB of keys"] == ["Y002"]
    assert codes["nothing"] == codes["utf-16"] == ["Y003"] and codes["one key many times"] == ["Y005"]


def checked(raw: bytes) -> None:
    """No exception, a place inside the file for each finding, and the cost."""
    start = time.process_time()
    loaded = check_text(raw, "s.yaml", TODAY, CASES.history)
    assert (loaded.strategy is None) == bool(loaded.errors)
    lines = raw.decode("utf-8-sig", "replace").splitlines() or [""]
    for finding in loaded.findings:
        assert 1 <= (finding.place.line or 0) <= len(lines) + 1 and finding.place.column
    assert as_text(loaded.findings, "vi", {"s.yaml": "\n".join(lines)}) and as_json(loaded.findings, "en")
    assert as_sarif(loaded.findings, "en")
    assert time.process_time() - start < SECONDS


QUICK = settings(max_examples=40 * FULL, deadline=None, suppress_health_check=[HealthCheck.too_slow])

SNIPPETS = st.sampled_from(
    [
        *"{}[]:-&*!|>#%@`\"'\t\n",
        ": ",
        "- ",
        "&a ",
        "*a ",
        "<<: ",
        "\n  ",
        "? ",
        "~",
        "no",
        "010",
        "1_0",
        ".nan",
        "é",
        "▲",
    ]
)


@QUICK
@given(st.lists(st.tuples(st.integers(0, len(SMALL)), SNIPPETS, st.integers(0, 30)), max_size=6))
def test_a_damaged_file_never_raises(damage: list[tuple[int, str, int]]) -> None:
    text = SMALL
    for position, piece, gone in damage:
        text = text[:position] + piece + text[position + gone :]
    checked(text.encode())


@QUICK
@given(st.binary(max_size=300))
def test_any_bytes_never_raise(raw: bytes) -> None:
    checked(raw)
    assert check_text(raw, "s.yaml").errors


def keys() -> list[str]:
    """Every key there is in a strategy file."""
    found = set()
    for shape in [Strategy.model_json_schema(), *Strategy.model_json_schema()["$defs"].values()]:
        found |= set(shape.get("properties", {}))
    return sorted(found)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.dates(),
    st.text(max_size=20),
    st.sampled_from(
        ["keep", "back", "recommend", "buy", "stage", "channel", "nps", "up", "NV-00017", "chị Lan", "2026-12-31"]
    ),
)
TREES = st.recursive(
    SCALARS,
    lambda child: st.one_of(
        st.lists(child, max_size=5),
        st.dictionaries(st.one_of(st.sampled_from(keys()), st.text(max_size=8)), child, max_size=6),
    ),
    max_leaves=25,
)


def written(node: Any) -> str:
    """YAML in flow style: JSON with dates and the numbers that JSON has not."""
    if isinstance(node, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {written(v)}" for k, v in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(written, node)) + "]"
    if isinstance(node, float) and (node != node or abs(node) == float("inf")):
        return ".nan" if node != node else ".inf" if node > 0 else "-.inf"
    return json.dumps(node) if isinstance(node, (str, bool, int, float)) or node is None else str(node)


@QUICK
@given(st.dictionaries(st.sampled_from(sorted(Strategy.model_fields)), TREES, max_size=5))
def test_any_tree_in_the_place_of_a_section_never_raises(sections: dict[str, Any]) -> None:
    """A whole section of the small strategy is replaced by something random that is made of the same keys."""
    kept, skip = [], False
    for line in SMALL.splitlines():
        if line[:1].strip():
            skip = line.split(":")[0] in sections
        if not skip:
            kept.append(line)
    checked("\n".join([*kept, *(f"{key}: {written(tree)}" for key, tree in sections.items())]).encode())


@settings(max_examples=8 * FULL, deadline=None)
@given(st.integers(0, len(DEMO)), st.integers(0, 400), SNIPPETS)
def test_a_damaged_real_strategy_never_raises(start: int, gone: int, piece: str) -> None:
    checked((DEMO[:start] + piece + DEMO[start + gone :]).encode())
