"""The grain is the shortest that shows enough within the budget, chosen before the first publication and kept."""

from __future__ import annotations

from pathlib import Path

from metrics.build import build
from metrics.build.freeze import freeze
from metrics.build.grain import Spent, shows_enough
from metrics.release import Release
from tests.build.small import STRATEGY, small_company, write_company

AUTO = STRATEGY.replace("grain: quarter,", "grain: auto,")


def made(folder: Path, out: Path, strategy: str = AUTO, **company: int):
    folder.mkdir(exist_ok=True)
    return build(*write_company(folder, small_company(**company), strategy=strategy), out)


def test_months_where_months_show_enough(tmp_path):
    report = made(tmp_path / "s", tmp_path / "release.duckdb")
    assert report.grain == "month"
    shares = {(c.metric, c.view): c.share for c in report.coverage}
    assert all(share >= 0.7 for (_, view), share in shares.items() if view == "by_stage")


def test_longer_blocks_where_the_budget_asks_for_them(tmp_path):
    """Months would publish more than one number per member of staff and year; longer blocks do not."""
    tight = AUTO.replace("grain: auto,", "grain: auto, budget: 1,")
    few = {"months": 15, "agents": 5}
    (tmp_path / "s").mkdir()
    files = write_company(tmp_path / "s", small_company(**few), as_of="2027-01-06", strategy=tight)
    report = build(*files, tmp_path / "release.duckdb")
    assert report.grain in ("quarter", "half") and max(s.per_staff for s in report.spent) <= 1
    monthly = build(
        *write_company(tmp_path / "s", small_company(**few), as_of="2027-01-06", strategy=AUTO), tmp_path / "m"
    )
    assert monthly.grain == "month" and max(s.per_staff for s in monthly.spent) > 1


def test_what_was_published_keeps_its_grain(tmp_path):
    out = tmp_path / "release.duckdb"
    made(tmp_path / "s", out, STRATEGY)
    freeze(out)
    report = made(tmp_path / "t", out, AUTO)
    assert report.grain == "quarter"
    release = Release(report.out)
    assert release.meta["grain"] == "quarter"
    release.close()


def test_enough_is_seventy_percent_or_what_half_years_would_show():
    longest = {("m", "v"): 0.95, ("rare", "v"): 0.3}
    assert shows_enough({("m", "v"): 0.7, ("rare", "v"): 0.3}, longest)
    assert not shows_enough({("m", "v"): 0.69, ("rare", "v"): 0.3}, longest)
    assert not shows_enough({("m", "v"): 0.9, ("rare", "v"): 0.2}, longest)


def test_spent_counts_numbers_about_handled_rows_by_year(tmp_path):
    """Six months of four channels, two of them together: a quarter's cells and months are 3 + 2 independent numbers.
    Twenty-seven people worked there."""
    report = made(tmp_path / "s", tmp_path / "release.duckdb", STRATEGY)
    complaints = [s for s in report.spent if s.metric == "complaint_rate"]
    assert complaints == [Spent("complaint_rate", year, 5 / 27) for year in ("2025", "2026")]
