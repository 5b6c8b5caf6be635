"""The build as a whole: what is closed, what is kept when it fails, and that equal input gives an equal release."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from metrics.build import build
from metrics.build.audit import PIECE, audit, scanner, searched
from metrics.build.report import lines
from metrics.errors import DataError
from metrics.release import SCHEMA, Release, write
from tests.build.small import STRATEGY, small_company, write_company
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_company(tmp_path_factory.mktemp("company"), small_company())


@pytest.fixture(scope="module")
def release(company: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("release") / "release.duckdb"
    build(*company, out)
    return out


@contextmanager
def opened(path: Path) -> Iterator[Release]:
    found = Release(path)
    try:
        yield found
    finally:
        found.close()


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(path), read_only=True) as c:
        found = {t: sorted(c.execute(f"SELECT * FROM {t}").fetchall(), key=repr) for t in SCHEMA}
    found["meta"] = [row for row in found["meta"] if row[0] != "built_at"]
    return found


def periods(path: Path, metric: str, view: str = "") -> set[str]:
    with duckdb.connect(str(path), read_only=True) as c:
        query = "SELECT DISTINCT period FROM number WHERE metric = ? AND view = ?"
        return {p for (p,) in c.execute(query, [metric, view]).fetchall()}


def test_equal_input_gives_equal_content(company, release, tmp_path):
    again = tmp_path / "again.duckdb"
    report = build(*company, again)
    assert content(again) == content(release)
    assert dict(content(again)["meta"])["build_id"] == report.build_id


def test_customers_counted_in_slices_are_the_same_customers(company, release, tmp_path, monkeypatch):
    monkeypatch.setattr("metrics.build.gather.SLICE", 100)
    build(*company, tmp_path / "slices.duckdb")
    assert content(tmp_path / "slices.duckdb") == content(release)


def test_another_answer_gives_another_build_id(company, release, tmp_path):
    tables = small_company()
    tables["answers"][5]["score"] = 1 if tables["answers"][5]["score"] > 3 else 5
    assert (
        build(*write_company(tmp_path, tables), tmp_path / "r.duckdb").build_id
        != (dict(content(release)["meta"])["build_id"])
    )


def test_sums_are_those_of_the_rows(release):
    rows = small_company()["contacts"]

    def of(period, names):
        mine = [r for r in rows if period in (r["at"][:7], quarter(r["at"])) and r["channel"] in names]
        return {"n": len(mine), "complaints": sum(r["complaint"] == "yes" for r in mine)}

    with opened(release) as found:
        totals = found.numbers("complaint_rate", "", 0)
        by_channel = [(p, found.cells[c].dims[0][1], s) for p, c, s in found.numbers("complaint_rate", "by_channel", 1)]
    assert {p for p, _, _ in totals} == {f"2025-{m}" for m in (10, 11, 12)} | {
        *(f"2026-0{m}" for m in (1, 2, 3)),
        "2025-Q4",
        "2026-Q1",
    }
    for period, _, sums in totals:
        assert sums == of(period, ("store", "hotline", "website", "facebook"))
    assert {names for _, names, _ in by_channel} == {("store",), ("hotline",), ("website", "facebook")}
    for period, names, sums in by_channel:
        assert sums == of(period, names)


def quarter(at: str) -> str:
    return f"{at[:4]}-Q{(int(at[5:7]) + 2) // 3}"


def test_a_month_is_published_only_when_it_is_closed(company, tmp_path):
    """closing_days is 5: on 4 April March is still open, and with it the first quarter."""
    strategy, sources = company
    for as_of, closed in (("2026-04-04", False), ("2026-04-05", True)):
        text = sources.read_text().replace("as_of: 2026-04-05", f"as_of: {as_of}")
        moved = sources.with_name(f"sources-{as_of}.yaml")
        moved.write_text(text)
        out = tmp_path / f"{as_of}.duckdb"
        build(strategy, moved, out)
        assert ("2026-03" in periods(out, "complaint_rate")) is closed
        assert ("2026-Q1" in periods(out, "complaint_rate")) is closed
        assert ("2026-Q1" in periods(out, "complaint_rate", "by_channel")) is closed
        assert {"2026-02", "2025-Q4"} <= periods(out, "complaint_rate")


def test_a_cohort_that_could_not_yet_return_is_no_drop(release):
    """30 days and five closing days after the end of February are over on 4 April, those of March are not."""
    found = periods(release, "repurchase(days=30)")
    assert "2026-02" in found
    assert not {"2026-03", "2026-Q1"} & found


def test_a_kpi_without_rows_and_one_of_sampled_orders_are_refused(tmp_path):
    tables = small_company()
    tables["answers"] = [{"response": "R1", "contact": "PH-000001", "question": "tnps", "score": 9}]
    traits = "{orders: {no_staff: true, sample_of: orders}}"
    out = tmp_path / "release.duckdb"
    report = build(*write_company(tmp_path, tables, traits=traits), out)
    assert report.refused == {"happy": "no_signal", "back": "sampled"}
    with opened(out) as found:
        assert {kpi: why.value for kpi, why in found.refused.items()} == report.refused
    assert not periods(out, "repurchase(days=30)")


def test_contacts_without_any_staff_column_are_not_taken_for_nobodys(tmp_path):
    strategy, sources = write_company(tmp_path, small_company())
    sources.write_text(sources.read_text().replace(", staff: [agent, second]", ""))
    with pytest.raises(DataError, match=r"which staff|staff"):
        build(strategy, sources, tmp_path / "release.duckdb")
    assert not (tmp_path / "release.duckdb").exists()


BREAKS = {
    "strategy": lambda strategy, sources: strategy.write_text(STRATEGY.replace("metric: csat", "metric: happiness")),
    "yaml": lambda strategy, sources: strategy.write_text("goals: [", "utf-8"),
    "sources": lambda strategy, sources: sources.write_text(sources.read_text().replace("orders.csv", "gone.csv")),
    "column": lambda strategy, sources: sources.write_text(sources.read_text().replace("score: score", "score: stars")),
    "file": lambda strategy, sources: (sources.parent / "contacts.csv").write_text("contact\n"),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_failed_build_keeps_the_last_release(tmp_path, release, what):
    strategy, sources = write_company(tmp_path, small_company())
    out = tmp_path / "release.duckdb"
    out.write_bytes(release.read_bytes())
    BREAKS[what](strategy, sources)
    with pytest.raises(DataError):
        build(strategy, sources, out)
    assert out.read_bytes() == release.read_bytes()
    assert [p.name for p in tmp_path.glob(".*")] == []


AGENT = small_company()["contacts"][0]["agent"]


@pytest.mark.parametrize(("name", "told"), [(AGENT, "staff"), ("Zuphan Qotel", "staff")], ids=["check", "audit"])
def test_a_staff_name_that_got_into_the_strategy_stops_the_build(tmp_path, release, name, told):
    """The dimension value would put the name on every page. `check` knows names as such; a name like no other is found
    by the self-audit, which knows those of the company."""
    company = small_company()
    for row in company["contacts"]:
        row["agent"] = name if row["agent"] == AGENT else row["agent"]
    planted = STRATEGY.replace("{id: household, name: Homes}", f"{{id: household, name: Homes of {name}}}")
    strategy, sources = write_company(tmp_path, company, strategy=planted)
    out = tmp_path / "release.duckdb"
    out.write_bytes(release.read_bytes())
    with pytest.raises(DataError) as error:
        build(strategy, sources, out)
    assert name not in str(error.value), "the message is printed and logged"
    assert told in error.value.what
    assert out.read_bytes() == release.read_bytes()
    assert [p.name for p in tmp_path.glob(".*")] == []


def tables_of(release: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(release), read_only=True) as c:
        return {t: c.execute(f"SELECT * FROM {t}").fetchall() for t in SCHEMA}


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("cell", (99, "by_channel", 0, "channel", AGENT)),
        ("cell", (99, "by_channel", 0, "agent", "store")),
        ("cell", (99, "by_channel", 0, "stage", "hotline")),
        ("number", ("csat(question=csat)", "by_agent", 1, "2026-Q1", 1, "n", 12.0, False)),
        ("number", ("csat(question=csat)", "", 0, "2026-W03", 0, "n", 12.0, False)),
        ("number", ("csat(question=csat)", "", 0, "2026-Q1", 0, "KH-00001", 12.0, False)),
        ("meta", ("note", "hello")),
        ("meta", ("build_id", "made by hand")),
        ("source", ("contacts of An.csv", "contacts", 1, 0, None, None)),
        ("refused", ("back", "because")),
        ("pool", ("channel", 9, AGENT)),
        ("clearance", ("csat(question=csat)", "by_channel", "2026-Q1", "four people")),
        ("meta", ("grain", "week")),
    ],
)
def test_a_text_outside_the_closed_lists_fails_the_audit(company, release, tmp_path, table, row):
    from metrics.build.ledger import Ledger
    from metrics.build.tables import vocabulary
    from metrics.engines.duckdb import DuckDBEngine
    from metrics.sources.read import read
    from metrics.strategy.load import load

    strategy = load(company[0]).strategy
    with DuckDBEngine() as engine:
        found = read(company[1], strategy, engine)
    tables = tables_of(release)
    words = vocabulary(strategy, tables, found, Ledger())
    path = tmp_path / "planted.duckdb"
    write(path, tables)
    audit(path, words, found.identities.staff, found.identities.customers)
    write(path, {**tables, table: [*tables[table], row]})
    with pytest.raises(DataError):
        audit(path, words, found.identities.staff, found.identities.customers)


def test_a_table_more_fails_the_audit(company, release, tmp_path):
    from metrics.build.ledger import Ledger
    from metrics.build.tables import vocabulary
    from metrics.engines.duckdb import DuckDBEngine
    from metrics.sources.read import read
    from metrics.strategy.load import load

    strategy = load(company[0]).strategy
    with DuckDBEngine() as engine:
        found = read(company[1], strategy, engine)
    words = vocabulary(strategy, tables_of(release), found, Ledger())
    for statement in (
        "CREATE TABLE note (text VARCHAR)",
        "CREATE VIEW note AS SELECT 1",
        "ALTER TABLE number ADD COLUMN staff INTEGER",
        "CREATE MACRO note() AS 1",
    ):
        path = tmp_path / "more.duckdb"
        path.write_bytes(release.read_bytes())
        with duckdb.connect(str(path)) as c:
            c.execute(statement)
        with pytest.raises(DataError):
            audit(path, words, frozenset(), frozenset())


def test_a_name_that_was_dropped_again_is_found_in_the_bytes(tmp_path):
    """DuckDB keeps dropped rows in its file; no query would find them."""
    path = tmp_path / "file.duckdb"
    with duckdb.connect(str(path)) as c:
        c.execute("SET force_compression = 'uncompressed'")
        c.execute("CREATE TABLE t AS SELECT 'row ' || i || ' Nguyễn Văn Bình' AS name FROM range(2000) r(i)")
        c.execute("CHECKPOINT")
        c.execute("CREATE TABLE later AS SELECT 'later ' || i AS text FROM range(200000) r(i)")
        c.execute("CHECKPOINT")
        c.execute("DROP TABLE t")
    assert scanner(["Nguyễn Văn Bình"])(path.read_bytes())
    assert not scanner(["Nguyễn Văn Minh"])(path.read_bytes())


@pytest.mark.parametrize("at", [0, 1, PIECE - 9, PIECE - 6, PIECE - 5, PIECE - 1, PIECE, PIECE + 1000])
def test_the_byte_scan_misses_no_place(at):
    data = bytearray(b"x" * (PIECE + 1009))
    data[at : at + 9] = b"NV-000123"
    assert scanner(["NV-000123", "NV-00012345"])(bytes(data))
    assert not scanner(["NV-000124", "NV-00012345"])(bytes(data))


def test_what_is_searched():
    assert searched(["12345678", "AN", "Tâm"]) == []
    assert b"0912345678" in searched(["0912345678"])
    assert "nguyễn bình".encode() in searched(["Nguyễn Bình"])


KILLED = """
import sys, time
from pathlib import Path
import metrics.build as b
real = b.write
def slow(path, tables):
    real(path, tables)
    print("written", flush=True)
    time.sleep(60)
b.write = slow
b.build(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
"""


def test_a_build_killed_while_it_writes_leaves_the_old_release(company, release, tmp_path):
    out = tmp_path / "release.duckdb"
    out.write_bytes(release.read_bytes())
    command = [sys.executable, "-c", KILLED, *map(str, company), str(out)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "written"
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait(10)
    assert out.read_bytes() == release.read_bytes()
    build(*company, out)
    assert content(out) == content(release)
    assert [p.name for p in tmp_path.glob(".*")] == []


def test_nothing_else_is_left_on_disk(company, tmp_path):
    out = tmp_path / "deep" / "release.duckdb"
    build(*company, out)
    assert [p.name for p in out.parent.iterdir()] == ["release.duckdb"]


def test_rows_set_aside_are_listed_without_what_they_hold(tmp_path):
    tables = small_company()
    tables["answers"][3]["score"] = "Trần Thị Bích"
    report = build(*write_company(tmp_path, tables), tmp_path / "release.duckdb")
    assert report.rejects_file is not None
    listed = report.rejects_file.read_text()
    assert "answers.csv,5,score" in listed
    assert "Trần" not in listed


def test_the_report_says_what_was_read_shown_and_how_long_it_took(company, tmp_path):
    seen: list[tuple[str, int, int]] = []
    report = build(*company, tmp_path / "release.duckdb", lambda *step: seen.append(step))
    stages = list(dict.fromkeys(stage for stage, _, _ in seen))
    assert stages == list(report.seconds) == ["Strategy", "Sources", "Facts", "Metrics", "Loyalty", "Release"]
    assert all(0 <= done <= total for _, done, total in seen)
    text = "\n".join(lines(report))
    assert "contacts.csv → contacts: 1,440 rows" in text
    assert "channel: website + facebook" in text
    shares = {(c.metric, c.view): c.share for c in report.coverage}
    assert shares["complaint_rate", "by_channel"] == pytest.approx(1.0)


def test_the_strategy_in_the_release_is_the_one_it_was_built_from(company, release):
    from metrics.strategy.load import load

    loaded = load(company[0])
    with opened(release) as found:
        assert found.strategy == loaded.strategy
        assert found.meta["strategy_hash"] == loaded.hash
        assert found.draft
    assert json.loads(tables_of(release)["strategy"][0][0])["version"] == 1


def test_progress_comes_in_good_time(company, tmp_path):
    start = time.perf_counter()
    build(*company, tmp_path / "release.duckdb")
    assert time.perf_counter() - start < 30
