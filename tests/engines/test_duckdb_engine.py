"""The engine runs what Ibis compiles, and keeps everything in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from metrics.engines.duckdb import DuckDBEngine


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1) as made:
        yield made


def test_ibis_expressions_run(engine: DuckDBEngine) -> None:
    engine.register("t", pa.table({"row": [1, 2, 2], "word": ["a", None, "b"]}))
    t = engine.table("t")
    assert list(engine.schema("t").names) == ["row", "word"]
    counts = t.group_by("row").aggregate(n=t.word.count()).order_by("row")
    assert engine.query(counts).to_pydict() == {"row": [1, 2], "n": [1, 1]}
    engine.create("few", t.filter(t.word.notnull()))
    assert engine.has("few") and engine.query("SELECT count(*) AS n FROM few").to_pydict() == {"n": [2]}
    engine.drop("few")
    assert not engine.has("few")
    with pytest.raises(KeyError):
        engine.table("few")


def test_nothing_reaches_the_disk_or_comes_from_it(engine: DuckDBEngine, tmp_path: Path) -> None:
    """A spill file or a COPY would hold names."""
    settings = "SELECT name, value FROM duckdb_settings()"
    found = dict(zip(*(engine.query(settings)[c].to_pylist() for c in ("name", "value"))))
    assert not found["temp_directory"] and found["enable_external_access"] == "false"
    (tmp_path / "a.csv").write_text("a\n1\n", encoding="utf-8")
    for query in (
        f"COPY (SELECT 1) TO '{tmp_path}/b.csv'",
        f"SELECT * FROM '{tmp_path}/a.csv'",
        f"ATTACH '{tmp_path}/c.duckdb'",
        "SET enable_external_access = true",
        "SET temp_directory = '/tmp'",
    ):
        with pytest.raises(duckdb.Error):
            engine._connection.execute(query)
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_a_query_that_cannot_run_is_told(engine: DuckDBEngine) -> None:
    assert engine.understands("SELECT 1") and not engine.understands("SELECT nonsense")
