"""A small strategy, files written for one test, and the tables they become."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from metrics.engines.duckdb import DuckDBEngine
from metrics.sources.read import Read, read
from metrics.strategy.model import Strategy

STRATEGY = Strategy.model_validate(
    YAML(typ="safe").load("""
version: 1
used_for: strategy
organisation: {name: Test, time_zone: Asia/Ho_Chi_Minh}
goals: [{id: keep, name: Keep, statement: Keep them, sponsor: Service}]
journey:
  - {id: buy, name: Buy, customer_goal: Buy, owner: Sales}
  - {id: support, name: Support, customer_goal: Help, owner: Service}
questions:
  - {id: csat, text: How satisfied?, scale: [1, 5]}
  - {id: tnps, text: Would you?, scale: [0, 10]}
  - {id: review, text: Stars?, scale: [1, 5]}
dimensions:
  - id: channel
    name: Channel
    values: [{id: store, name: Store, matches: [cửa hàng]}, {id: hotline, name: Hotline}]
kpis: [{id: happy, name: Happy, metric: csat, of: {question: csat}, direction: up}]
""")
)


class Reading:
    """What was read, and the engine it stands in."""

    def __init__(self, result: Read, engine: DuckDBEngine) -> None:
        self.result, self.engine = result, engine

    def rows(self, table: str, *columns: str) -> list[Any]:
        """Rows in order: a tuple of these columns each, or the one column's value."""
        names = ", ".join(f'"{c}"' for c in columns)
        found = self.engine.query(f'SELECT {names} FROM src_{table} ORDER BY "row"').to_pylist()
        return [row[columns[0]] if len(columns) == 1 else tuple(row[c] for c in columns) for row in found]

    def staff(self, table: str) -> list[tuple[int, int]]:
        found = self.engine.query(f'SELECT "row", staff FROM src_{table}_staff ORDER BY ALL').to_pylist()
        return [(r["row"], r["staff"]) for r in found]

    def rejects(self) -> list[tuple[str, int, str, str]]:
        """(file, row, column, kind of reason)."""
        return [(r.file, r.row, r.column, r.reason.name) for r in self.result.rejects]

    def texts(self) -> str:
        """Every value of every table that is left in the engine."""
        names = self.engine.query("SELECT table_name FROM duckdb_tables()")["table_name"].to_pylist()
        return "\n".join(str(self.engine.query(f'FROM "{name}"').to_pylist()) for name in names)


@pytest.fixture
def reads(tmp_path: Path) -> Iterator[Callable[..., Reading]]:
    """``reads(yaml, {name: text or bytes})``: write the files, read them. ``files:`` and ``as_of`` are filled in."""
    engines: list[DuckDBEngine] = []

    def go(yaml: str, files: dict[str, str | bytes] | None = None, as_of: str = "2026-04-05") -> Reading:
        for name, content in (files or {}).items():
            data = content.encode() if isinstance(content, str) else content
            (tmp_path / name).write_bytes(data)
        path = tmp_path / "sources.yaml"
        path.write_text(f"as_of: {as_of}\n{yaml}", encoding="utf-8")
        engine = DuckDBEngine()
        engines.append(engine)
        return Reading(read(path, STRATEGY, engine), engine)

    yield go
    for engine in engines:
        engine.close()
