"""The ledger: what was published stays as it was, and nothing new is told that differs from it by a late row."""

from __future__ import annotations

import shutil
from copy import deepcopy
from pathlib import Path

import pytest
from typer.testing import CliRunner

from metrics.__main__ import app
from metrics.build import build
from metrics.build.freeze import freeze
from metrics.build.report import lines
from metrics.errors import DataError
from metrics.release import Release, draft_path, is_draft, newest
from tests.build.small import STRATEGY, small_company, write_company

Numbers = dict[tuple[object, ...], dict[str, float]]


def numbers(path: Path, published: bool | None = None) -> Numbers:
    release = Release(path)
    try:
        told = [t for flag in (True, False) if published in (None, flag) for t in release.told(flag)]
        return {(m, v, p, dims): sums for m, v, p, dims, sums in told}
    finally:
        release.close()


def draft(folder: Path, tables, out: Path, strategy: str = STRATEGY, as_of: str = "2026-04-05"):
    folder.mkdir(exist_ok=True)
    return build(*write_company(folder, tables, as_of=as_of, strategy=strategy), out)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company that published at the end of January: the fourth quarter whole, January as a month."""
    folder = tmp_path_factory.mktemp("published")
    out = folder / "release.duckdb"
    draft(folder / "sources", small_company(), out, as_of="2026-02-06")
    freeze(out)
    return out


@pytest.fixture
def copy(published: Path, tmp_path: Path) -> Path:
    out = tmp_path / "release.duckdb"
    shutil.copy(published, out)
    return out


def test_publishing_freezes_every_number_and_says_so(published):
    assert not is_draft(published) and not draft_path(published).exists()
    assert numbers(published, published=True) == numbers(published)
    release = Release(published)
    assert not release.draft and release.meta["ledger"] != "none"
    release.close()


def test_a_draft_stands_beside_what_is_published(copy, tmp_path):
    before = copy.read_bytes()
    report = draft(tmp_path / "s", small_company(), copy)
    assert report.out == draft_path(copy) == newest(copy) and report.beside
    assert copy.read_bytes() == before
    freeze(copy)
    assert newest(copy) == copy and not is_draft(copy)


def test_published_numbers_are_carried_over_unchanged(copy, tmp_path):
    """A corrected result of October, after it was published: the published number stays."""
    tables = small_company()
    for row in tables["contacts"]:
        if row["at"].startswith("2025-10"):
            row["complaint"] = "yes"
    before = numbers(copy)
    report = draft(tmp_path / "s", tables, copy)
    after = numbers(report.out)
    assert {k: after[k] for k in before} == before
    assert numbers(report.out, published=True) == before
    assert len(after) > len(before)
    freeze(copy)
    assert {k: v for k, v in numbers(copy).items() if k in before} == before


def late(tables, month: str = "2026-01"):
    """One more contact in a month, by one member of staff, on the hotline."""
    tables = deepcopy(tables)
    one = next(r for r in tables["contacts"] if r["at"].startswith(month) and r["channel"] == "hotline")
    tables["contacts"].append({**one, "contact": "CT-LATE-0001", "complaint": "yes"})
    return tables


def test_a_late_contact_is_counted_and_added_to_nothing_that_was_published(copy, tmp_path):
    report = draft(tmp_path / "s", late(small_company()), copy)
    assert report.late == {"2026-01": 1}
    assert any("1 late rows" in line for line in lines(report))
    before, after = numbers(copy), numbers(report.out)
    assert after["complaint_rate", "", "2026-01", ()] == before["complaint_rate", "", "2026-01", ()]


def test_the_quarter_less_its_months_is_not_the_late_contact(copy, tmp_path):
    """January was published without it. The quarter, February and March hold it: were all told, the quarter less its
    months would be that one row."""
    report = draft(tmp_path / "s", late(small_company()), copy)
    after = numbers(report.out)
    months = [f"2026-0{m}" for m in (1, 2, 3)]
    told = [p for p in ("2026-Q1", *months) if ("complaint_rate", "", p, ()) in after]
    assert "2026-01" in told and len(told) < 4
    on_time = numbers(draft(tmp_path / "t", small_company(), tmp_path / "other" / "release.duckdb").out)
    assert all(("complaint_rate", "", p, ()) in on_time for p in ("2026-Q1", *months)), "the test can fail"


def test_a_new_view_reaches_an_old_block_where_both_pass_together(copy, tmp_path):
    strategy = STRATEGY.replace(
        "  - {id: by_promise",
        "  - {id: by_segment, dimensions: [segment], question: Who?}\n  - {id: by_promise",
    )
    report = draft(tmp_path / "s", small_company(), copy, strategy)
    after = numbers(report.out)
    assert any(v == "by_segment" and p == "2025-Q4" for _, v, p, _ in after)
    assert {k: after[k] for k in numbers(copy)} == numbers(copy)


def test_a_new_view_does_not_reach_a_block_whose_rows_have_changed(copy, tmp_path):
    """Every cell of the new view would hold the late row that the published cells do not: it starts later."""
    strategy = STRATEGY.replace(
        "  - {id: by_promise",
        "  - {id: again, dimensions: [channel], question: Who?}\n  - {id: by_promise",
    )
    report = draft(tmp_path / "s", late(small_company(), "2025-11"), copy, strategy)
    after = numbers(report.out)
    assert not any(m == "complaint_rate" and v == "again" and p == "2025-Q4" for m, v, p, _ in after)
    assert any(m == "complaint_rate" and v == "again" and p == "2026-Q1" for m, v, p, _ in after)
    release = Release(report.out)
    assert release.clearance["complaint_rate", "again", "2025-Q4"] == "later"
    release.close()


def test_a_value_that_is_gone_closes_its_old_blocks(copy, tmp_path):
    """Cells of a value that the strategy no more declares cannot be laid over the rows: nothing new beside them."""
    hotline, phone = "{id: hotline, name: Hotline}", "{id: phone, name: Phone, matches: [hotline]}"
    strategy = STRATEGY.replace(hotline, phone)
    strategy = strategy.replace("channel: hotline", "channel: phone").replace(
        "  - {id: by_promise",
        "  - {id: by_segment, dimensions: [segment], question: Who?}\n  - {id: by_promise",
    )
    report = draft(tmp_path / "s", small_company(), copy, strategy)
    after = numbers(report.out)
    assert {k: after[k] for k in numbers(copy)} == numbers(copy)
    assert not any(m == "complaint_rate" and v == "by_segment" and p == "2025-Q4" for m, v, p, _ in after)


def test_a_kpi_that_is_gone_stays_in_the_ledger(copy, tmp_path):
    """Its numbers are known and weigh in every later test; no page shows them."""
    start = STRATEGY.index("  - id: happy")
    strategy = STRATEGY[:start] + STRATEGY[STRATEGY.index("  - id: back") :]
    report = draft(tmp_path / "s", small_company(), copy, strategy)
    kept = {k: v for k, v in numbers(report.out).items() if k[0].startswith("csat")}
    assert kept == {k: v for k, v in numbers(copy).items() if k[0].startswith("csat")} != {}


def test_pools_that_were_published_are_kept(copy, tmp_path):
    """Facebook gets six more people: it was published with Website, so it stays there."""
    tables = small_company()
    for i, row in enumerate(r for r in tables["contacts"] if r["channel"] == "facebook"):
        row["agent"] = f"NV-9{i % 8:05d}"
    report = draft(tmp_path / "s", tables, copy)
    assert report.pools["channel"] == (("website", "facebook"),)
    alone = draft(tmp_path / "t", tables, tmp_path / "new" / "release.duckdb")
    assert "channel" not in alone.pools, "the test can fail"


def test_a_draft_from_before_the_last_publication_is_not_published(copy, tmp_path):
    draft(tmp_path / "s", small_company(), copy)
    old = draft_path(copy).read_bytes()
    freeze(copy)
    draft_path(copy).write_bytes(old)
    with pytest.raises(DataError, match="before the last publication"):
        freeze(copy)


def test_what_cannot_be_read_may_hold_a_ledger(copy, tmp_path):
    copy.write_bytes(b"not a database")
    with pytest.raises(DataError, match="cannot be read"):
        draft(tmp_path / "s", small_company(), copy)
    assert copy.read_bytes() == b"not a database"


def test_a_draft_over_its_budget_is_not_published_first(tmp_path):
    out = tmp_path / "release.duckdb"
    monthly = STRATEGY.replace("grain: quarter,", "grain: month, budget: 1,")
    report = draft(tmp_path / "s", small_company(months=15, agents=5), out, monthly, as_of="2027-01-06")
    assert max(x.per_staff for x in report.spent) > 1
    assert any("That is too many" in line for line in lines(report))
    with pytest.raises(DataError, match="budget"):
        freeze(out)


def test_publish_on_the_command_line_warns_before_it_forgets(copy, tmp_path):
    (tmp_path / "s").mkdir()
    strategy, sources = write_company(tmp_path / "s", late(small_company()))
    run = CliRunner()
    nothing = run.invoke(app, ["publish", "--release", str(copy)])
    assert nothing.exit_code == 1 and "no draft" in nothing.output
    paths = ["--release", str(copy), "--strategy", str(strategy), "--sources", str(sources)]
    declined = run.invoke(app, ["publish", "--forget-ledger", *paths], input="n\n")
    assert declined.exit_code == 1 and "subtract the two" in declined.output
    before = numbers(copy)
    forgot = run.invoke(app, ["publish", "--forget-ledger", "--yes", *paths])
    assert forgot.exit_code == 0, forgot.output
    key = ("complaint_rate", "", "2026-01", ())
    assert numbers(copy)[key]["n"] == before[key]["n"] + 1


def test_equal_ledger_and_sources_give_an_equal_draft(copy, tmp_path):
    first = draft(tmp_path / "s", late(small_company()), copy).build_id
    assert draft(tmp_path / "s", late(small_company()), copy).build_id == first
