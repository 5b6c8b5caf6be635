"""``audit RELEASE``: the checks hold on the demo's release, and each of them finds a planted fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from metrics.__main__ import app
from metrics.guarantee import Told, determined, examine, remainders
from metrics.kpis.metric import HANDLED
from metrics.release import SCHEMA, Release, write
from tests.conftest import Demo

KEY = "complaint_rate"


def test_the_demo_release_keeps_what_it_promises(demo: Demo):
    checks = {c.name: c for c in examine(demo.release)}
    assert list(checks) == ["tables", "paths", "numbers", "remainders", "rank", "bounds"]
    assert all(c.passed for c in checks.values())
    assert (
        checks["numbers"].looked_at > 5000 and checks["remainders"].looked_at > 1000 and checks["rank"].looked_at > 100
    )
    assert checks["remainders"].smallest >= 5 and checks["rank"].smallest >= 5 and checks["numbers"].smallest >= 10


@pytest.fixture(scope="module")
def tables(demo: Demo):
    release = Release(demo.release)
    found = {name: release.table(name) for name in SCHEMA}
    release.close()
    return found


def planted(tables, tmp_path: Path, more, cells=()) -> dict[str, bool]:
    path = tmp_path / "planted.duckdb"
    write(path, {**tables, "number": [*tables["number"], *more], "cell": [*tables["cell"], *cells]})
    return {c.name: c.passed for c in examine(path)}


def number(view: str, depth: int, period: str, cell: int, **sums: float):
    return [(KEY, view, depth, period, cell, m, v, False) for m, v in sums.items()]


def quarter(tables) -> dict[str, float]:
    return {r[5]: r[6] for r in tables["number"] if r[:4] == (KEY, "", 0, "2025-Q3")}


def test_a_remainder_of_three_rows_is_found(tables, tmp_path):
    """A second total of the same quarter, three rows less."""
    whole = quarter(tables)
    less = {"n": whole["n"] - 3, "complaints": whole["complaints"] - 1, HANDLED: whole[HANDLED] - 3}
    cells = [(9999, "extra", 0, "language", "vi")]
    found = planted(tables, tmp_path, number("extra", 1, "2025-Q3", 9999, **less), cells)
    assert not found["remainders"] and found["numbers"] and found["paths"]


def test_a_remainder_that_nobody_handled_is_no_fault(tables, tmp_path):
    """Three self-service rows less: who they were about is known to anybody anyway."""
    key = "csat(question=csat)"
    whole = {r[5]: r[6] for r in tables["number"] if r[:4] == (key, "", 0, "2025-Q3")}
    assert whole["n"] - whole[HANDLED] > 3
    less = {**whole, "n": whole["n"] - 3}
    more = [(key, "extra", 1, "2025-Q3", 9999, m, v, False) for m, v in less.items()]
    found = planted(tables, tmp_path, more, [(9999, "extra", 0, "language", "vi")])
    assert found["remainders"] and found["rank"]


def test_a_small_number_is_found(tables, tmp_path):
    cells = [(9999, "extra", 0, "language", "vi")]
    found = planted(tables, tmp_path, number("extra", 1, "2025-Q3", 9999, n=9, complaints=2, handled=9), cells)
    assert not found["numbers"]


def test_overlapping_cells_are_found(tables, tmp_path):
    cells = [
        (9998, "extra", 0, "language", "vi"),
        (9999, "extra", 0, "language", "vi"),
        (9999, "extra", 1, "language", "en"),
    ]
    more = number("extra", 1, "2025-Q3", 9998, n=500, complaints=20, handled=500)
    more += number("extra", 1, "2025-Q3", 9999, n=600, complaints=20, handled=600)
    assert not planted(tables, tmp_path, more, cells)["paths"]


def test_a_part_larger_than_its_whole_is_found(tables, tmp_path):
    cells = [(9999, "extra", 0, "language", "vi")]
    assert not planted(
        tables, tmp_path, number("extra", 1, "2025-Q3", 9999, n=500, complaints=501, handled=500), cells
    )["bounds"]


def told(n: float, **dims: tuple[str, ...]) -> Told:
    return Told("+".join(dims), tuple(dims.items()), {"n": n, HANDLED: n})


def test_a_group_that_three_views_determine_is_found():
    """Rows and columns of a 2 × 2 table and one inner cell: the other three follow, one of them of two rows."""
    numbers = [
        told(100),
        told(60, a=("0",)), told(40, a=("1",)),
        told(22, b=("0",)), told(78, b=("1",)),
        Told("ab", (("a", ("0",)), ("b", ("0",))), {"n": 20, HANDLED: 20}),
    ]  # fmt: skip
    assert sorted(round(c) for c in determined(numbers)) == [2, 20, 38, 40]
    assert not any(r["n"] == 2 and r is None for r in remainders(numbers))
    without = numbers[:-1]
    assert list(determined(without)) == []


def test_the_command_prints_and_fails(demo: Demo, tables, tmp_path):
    run = CliRunner()
    good = run.invoke(app, ["audit", str(demo.release), "--format", "json"])
    assert good.exit_code == 0 and json.loads(good.output)["passed"]
    cells = [(9999, "extra", 0, "language", "vi")]
    planted(tables, tmp_path, number("extra", 1, "2025-Q3", 9999, n=9, complaints=2, handled=9), cells)
    bad = run.invoke(app, ["audit", str(tmp_path / "planted.duckdb"), "--format", "json"])
    assert bad.exit_code == 1 and not json.loads(bad.output)["passed"]
    assert run.invoke(app, ["audit", str(tmp_path / "none.duckdb")]).exit_code == 1
