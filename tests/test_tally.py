"""Refusals are counted by kind and month: nothing else is kept, none is lost, and nobody is disturbed."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from metrics.errors import Refused
from metrics.tally import count, counted, place

ROOT = Path(__file__).parent.parent


def test_counts_survive_and_add_up(tmp_path: Path) -> None:
    release = tmp_path / "release.duckdb"
    assert counted(release) == dict.fromkeys(Refused, 0)
    for kind in (Refused.PERSON, Refused.PERSON, Refused.TOO_FEW):
        assert count(release, kind)
    found = counted(release)
    assert found is not None and (found[Refused.PERSON], found[Refused.TOO_FEW], found[Refused.SAMPLED]) == (2, 1, 0)


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    release = tmp_path / "release.duckdb"
    code = (
        "import sys; from pathlib import Path; from metrics.errors import Refused; from metrics.tally import count;"
        f"sys.exit(0 if all([count(Path({str(release)!r}), Refused.PERSON) for _ in range(150)]) else 1)"
    )
    running = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(2)]
    assert [process.wait(60) for process in running] == [0, 0]
    found = counted(release)
    assert found is not None and found[Refused.PERSON] == 300


def test_the_file_can_hold_nothing_but_kind_month_and_number(tmp_path: Path) -> None:
    release = tmp_path / "release.duckdb"
    assert count(release, Refused.PERSON)
    with sqlite3.connect(place(release)) as file:
        assert [row[1] for row in file.execute("PRAGMA table_info(refusal)")] == ["kind", "month", "count"]
        assert [row[0] for row in file.execute("SELECT name FROM sqlite_master")] == ["refusal"]
        for row in (("Nguyễn Văn A", "2026-01", 1), ("person", "Lan", 1), ("person", "2026-01-05", 1)):
            with pytest.raises(sqlite3.IntegrityError):
                file.execute("INSERT INTO refusal VALUES (?, ?, ?)", row)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["release.duckdb.refusals"]


def test_only_the_last_twelve_months_are_told_and_what_is_no_count_is_passed_over(tmp_path: Path) -> None:
    release = tmp_path / "release.duckdb"
    with sqlite3.connect(place(release)) as file:
        file.execute("CREATE TABLE refusal (kind, month, count)")
        rows = [
            ("person", "2025-04", 100),
            ("person", "2025-05", 2),
            ("person", "2026-04", 3),
            ("person", "2026-05", 50),
        ]
        rows += [("agent", "2026-04", 9), ("person", "2026-04x", 9), ("person", "2026-04", "many"), (None, None, None)]
        file.executemany("INSERT INTO refusal VALUES (?, ?, ?)", rows)
    found = counted(release, "2026-04")
    assert found is not None and found[Refused.PERSON] == 5 and sum(found.values()) == 5


def test_where_nothing_can_be_written_nobody_is_disturbed(tmp_path: Path) -> None:
    assert not count(tmp_path / "no_folder" / "release.duckdb", Refused.PERSON)
    assert not (tmp_path / "no_folder").exists() and counted(tmp_path / "no_folder" / "release.duckdb") is None
    foreign = tmp_path / "release.duckdb"
    place(foreign).write_bytes(b"no database" * 100)
    assert not count(foreign, Refused.PERSON) and counted(foreign) is None
    assert place(foreign).read_bytes() == b"no database" * 100
    folder = tmp_path / "folder.duckdb"
    place(folder).mkdir()
    assert not count(folder, Refused.PERSON) and counted(folder) is None


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root writes everywhere")
def test_a_read_only_folder_counts_nothing(tmp_path: Path) -> None:
    release = tmp_path / "release.duckdb"
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert not count(release, Refused.PERSON) and counted(release) is None
    finally:
        tmp_path.chmod(stat.S_IRWXU)


def test_a_file_that_may_not_be_written_is_still_told(tmp_path: Path) -> None:
    release = tmp_path / "release.duckdb"
    assert count(release, Refused.PERSON)
    with sqlite3.connect(place(release)) as file:
        file.execute("BEGIN IMMEDIATE")
        assert not count(release, Refused.PERSON), "another writer holds it: this one is not counted"
    found = counted(release)
    assert found is not None and found[Refused.PERSON] == 1


def test_what_is_no_kind_is_not_counted(tmp_path: Path) -> None:
    assert not count(tmp_path / "release.duckdb", "person")  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())
