"""Nothing but the release is written, only declared columns are read, and no connection can do more than it must."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.csv
import pyarrow.parquet
import pytest

from metrics.build import build
from metrics.build.audit import Vocabulary, audit
from metrics.commands.build import MEMORY
from metrics.engines.duckdb import DuckDBEngine
from metrics.release import FORMAT, Release, write
from metrics.sources.read import read
from metrics.strategy.load import load
from tests.build.small import small_company, write_company

CANARY = "Kẹo Lạc Canary"
REACH = (
    "SELECT * FROM read_csv('{file}')",
    "COPY (SELECT 1) TO '{file}.out'",
    "ATTACH '{file}.db'",
    "SET temp_directory = '{folder}'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "INSTALL httpfs",
    "LOAD httpfs",
)


@pytest.fixture
def company(tmp_path: Path) -> tuple[Path, Path]:
    """A small company whose contacts file has a column of remarks that nobody declared."""
    tables = small_company()
    folder = tmp_path / "sources"
    folder.mkdir()
    found = write_company(folder, tables)
    lines = (folder / "contacts.csv").read_text(encoding="utf-8").splitlines()
    head, *rows = lines
    more = [f"{head},remark", *(f"{row},{CANARY} {i}" for i, row in enumerate(rows))]
    (folder / "contacts.csv").write_text("\n".join(more) + "\n", encoding="utf-8")
    return found


def reached(execute: Any, folder: Path) -> list[str]:
    """What of ``REACH`` a connection lets pass."""
    file = folder / "there.csv"
    file.write_text("a\n1\n", encoding="utf-8")
    passed = []
    for sql in REACH:
        try:
            execute(sql.format(file=file, folder=folder))
            passed.append(sql)
        except duckdb.Error:
            continue
    return passed


def test_columns_that_are_not_declared_are_never_read(
    company: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    real = pyarrow.csv.read_csv

    def spy(*words: Any, **more: Any) -> Any:
        table = real(*words, **more)
        assert table.num_columns == len(more["convert_options"].include_columns)
        assert not any(CANARY in str(v) for column in table.columns for v in column.unique().to_pylist())
        asked.append(tuple(more["convert_options"].include_columns))
        return table

    monkeypatch.setattr("metrics.sources.csv.arrow_csv.read_csv", spy)
    strategy = load(company[0]).strategy
    assert strategy is not None
    with DuckDBEngine() as engine:
        read(company[1], strategy, engine)
        tables = engine.query("SELECT table_name AS t, column_name AS c FROM duckdb_columns() WHERE NOT internal")
        assert len(asked) == 4
        for row in tables.to_pylist():
            texts = engine.query(f'SELECT DISTINCT CAST("{row["c"]}" AS VARCHAR) AS v FROM "{row["t"]}"')
            assert not any(CANARY in (v or "") for v in texts["v"].to_pylist())


def test_parquet_is_asked_for_declared_columns_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pyarrow.table({"id": ["C1"], "agent": ["A1"], "remark": [CANARY]})
    pyarrow.parquet.write_table(table, tmp_path / "contacts.parquet")
    real, asked = pyarrow.parquet.ParquetFile.read, []

    def spy(self: Any, columns: Any = None, **more: Any) -> Any:
        asked.append(columns)
        return real(self, columns=columns, **more)

    monkeypatch.setattr(pyarrow.parquet.ParquetFile, "read", spy)
    from metrics.sources.parquet import FORMAT

    class Plain:
        sheet = delimiter = encoding = None

    rows = FORMAT.read(tmp_path / "contacts.parquet", Plain(), [0, 1])
    assert asked == [["id", "agent"]] and rows.table.column_names == ["row_no", "c0", "c1"]


def test_a_build_leaves_the_release_and_nothing_else(
    company: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, temp, out = tmp_path / "here", tmp_path / "temp", tmp_path / "out" / "release.duckdb"
    here.mkdir()
    temp.mkdir()
    monkeypatch.chdir(here)
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(temp))
    build(*company, out)
    assert not os.listdir(here) and not os.listdir(temp)
    assert os.listdir(out.parent) == ["release.duckdb"]
    assert CANARY.encode() not in out.read_bytes()


def test_the_engine_reaches_no_file_and_keeps_its_settings(tmp_path: Path) -> None:
    with DuckDBEngine() as engine:
        assert reached(engine._connection.execute, tmp_path) == []
        settings = engine.query("SELECT current_setting('temp_directory') AS t")
        assert settings["t"].to_pylist() == [""]
    plain = duckdb.connect()
    assert len(reached(plain.execute, tmp_path)) >= 4, "or the test above could not fail"
    plain.close()


def test_a_release_that_is_read_reaches_no_file_and_keeps_its_settings(
    company: tuple[Path, Path], tmp_path: Path
) -> None:
    path = tmp_path / "release.duckdb"
    build(*company, path)
    before = path.read_bytes()
    release = Release(path)
    assert reached(release._connection.execute, tmp_path) == []
    assert release._rows("SELECT current_setting('temp_directory')") == [("",)]
    release._connection.execute("DELETE FROM number")
    release.close()
    assert path.read_bytes() == before, "the copy in memory is all that a page could spoil"


def test_writer_and_audit_are_locked_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    real = duckdb.connect

    class Watched:
        def __init__(self, connection: Any) -> None:
            self._connection = connection

        def __getattr__(self, name: str) -> Any:
            return getattr(self._connection, name)

        def close(self) -> None:
            names = ("temp_directory", "enable_external_access", "lock_configuration", "autoload_known_extensions")
            asked = self._connection.execute(f"SELECT {', '.join(f'current_setting({n!r})' for n in names)}").fetchone()
            seen.append(dict(zip(names, asked)))
            self._connection.close()

    monkeypatch.setattr(duckdb, "connect", lambda *words, **more: Watched(real(*words, **more)))
    write(tmp_path / "release.duckdb", {"meta": [("format", FORMAT)]})
    words = Vocabulary("", *(frozenset(),) * (len(fields(Vocabulary)) - 1))
    audit(tmp_path / "release.duckdb", words, (), ())
    locked = {"temp_directory": "", "enable_external_access": False, "lock_configuration": True}
    assert seen == [{**locked, "autoload_known_extensions": False}] * 2


def test_a_log_that_a_killed_build_left_is_not_replayed(tmp_path: Path) -> None:
    """Named after the lie: sums of a build that was killed came back in the next release."""
    path = tmp_path / "release.duckdb"
    left = tmp_path / "killed.duckdb"
    connection = duckdb.connect(str(left))
    connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    connection.execute("CREATE TABLE meta (key VARCHAR, value VARCHAR)")
    connection.execute("INSERT INTO meta VALUES ('old', 'old')")
    connection.close()
    log = left.with_name(left.name + ".wal")
    assert log.exists()
    log.rename(path.with_name(path.name + ".wal"))
    write(path, {"meta": [("format", FORMAT)]})
    assert os.listdir(tmp_path) and not path.with_name(path.name + ".wal").exists()
    with duckdb.connect(str(path), read_only=True) as file:
        assert file.execute("SELECT * FROM meta").fetchall() == [("format", FORMAT)]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("could not convert 'Lan 0901234567'"), "please report this: ValueError at"),
        (duckdb.ConversionException("Could not convert string 'Lan' to INT32"), "ConversionException at"),
        (duckdb.OutOfMemoryException("failed to allocate for 'Lan'"), MEMORY),
        (MemoryError("Lan"), MEMORY),
    ],
)
def test_a_build_that_breaks_says_where_and_never_what_it_held(
    company: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    from typer.testing import CliRunner

    from metrics.__main__ import app

    def broken(*_: Any) -> None:
        raise error

    monkeypatch.setattr("metrics.build.make_facts", broken)
    out = tmp_path / "release.duckdb"
    words = ["build", "--strategy", str(company[0]), "--sources", str(company[1]), "--out", str(out)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1 and said in result.stderr and not out.exists()
    assert "Lan" not in result.output + result.stderr and "Traceback" not in result.stderr
