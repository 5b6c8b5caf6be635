"""Two complete examples on real data, from files to figures; expected figures were computed independently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from metrics.__main__ import app

ROOT = Path(__file__).parents[2]
RUN = CliRunner()


def built(name: str, folder: Path) -> Path:
    release = folder / f"{name}.duckdb"
    example = ROOT / "examples" / name
    arguments = ["--strategy", example / "strategy.yaml", "--sources", example / "sources.yaml", "--out", release]
    result = RUN.invoke(app, ["build", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return release


def printed(release: Path, *words: str) -> Any:
    result = RUN.invoke(app, [*words, "--release", str(release), "--format", "json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


@pytest.fixture(scope="module")
def expected(shared: Path) -> Any:
    return json.loads((shared / "EXPECTED.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def olist(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("olist", tmp_path_factory.mktemp("olist"))


@pytest.fixture(scope="module")
def airline(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("airline", tmp_path_factory.mktemp("airline"))


def test_olist_satisfaction_by_promise(olist: Path, expected: Any) -> None:
    rows = printed(olist, "show", "csat", "--by", "promise", "--grain", "all")["rows"]
    found = {r["dims"]["promise"][0]: r for r in rows if len(r["dims"]["promise"]) == 1}
    on_time, late = expected["S6_Olist_4000"]["CSAT_on_time_vs_late_pct"]
    assert found["kept"]["value"] == pytest.approx(on_time, abs=0.01)
    assert found["late"]["value"] == pytest.approx(late, abs=0.01)
    assert found["kept"]["n"] == 3604 and found["late"]["n"] == 268


def test_olist_whole_satisfaction_counts_the_last_review_of_an_order(olist: Path) -> None:
    """Named after the lie: an order reviewed twice would count twice."""
    (row,) = printed(olist, "show", "csat", "--grain", "all")["rows"]
    assert row["n"] == 3972
    assert row["value"] == pytest.approx(100 * 3047 / 3972, abs=0.01)


def test_olist_refuses_retention_of_sampled_orders(olist: Path) -> None:
    result = RUN.invoke(app, ["show", "retention", "--release", str(olist)])
    assert result.exit_code == 3
    assert "sample of orders" in result.output


def test_olist_trend_is_monthly(olist: Path) -> None:
    rows = printed(olist, "show", "csat")["rows"]
    assert {"2017-11", "2018-03"} <= {r["period"] for r in rows}
    assert all(r["low"] <= r["value"] <= r["high"] for r in rows if r["value"] is not None)


def test_airline_stage_means(airline: Path, expected: Any) -> None:
    means = expected["S3_airline_stages"]["mean"]
    for stage in ("booking", "checkin", "departure", "cabin", "meal", "crew", "experience"):
        (row,) = printed(airline, "show", stage)["rows"]
        assert row["period"] == "all" and row["n"] == 9720
        assert row["value"] == pytest.approx(means[f"o_{stage}"], abs=0.001)


def test_airline_drivers_go_with_the_score_not_with_behaviour(airline: Path, expected: Any) -> None:
    found = printed(airline, "drivers")
    assert found["outcome"] == "experience" and found["outcome_kind"] == "stated" and found["n"] == 10_000
    reference = expected["S3_airline_stages"]["drivers"][0]
    assert found["r2"] == pytest.approx(reference["R2"], abs=0.001)
    order = [r["driver"].removeprefix("q_") for r in found["rows"]]
    assert order == ["crew", "meal", "cabin", "departure", "checkin", "booking"]
    for row in found["rows"]:
        share = reference["LMG_share_pct"][row["driver"].replace("q_", "o_")]
        assert row["share"] == pytest.approx(share, abs=0.5)
        assert row["low"] < row["share"] < row["high"]
