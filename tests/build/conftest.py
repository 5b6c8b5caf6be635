"""Facts of a small company, in the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from metrics.build import facts as fact_tables
from metrics.engines.duckdb import DuckDBEngine
from metrics.sources.read import read
from metrics.strategy.load import load
from tests.build.small import Row, write_company


class Known:
    """Facts of a small company, in the engine."""

    def __init__(self, engine: DuckDBEngine, facts: fact_tables.Facts) -> None:
        self.engine, self.facts = engine, facts

    def rows(self, name: str, *columns: str) -> list[Any]:
        """Rows in file order: a tuple of these columns each, or the one column's value."""
        names = ", ".join(f'"{c}"' for c in columns)
        found = self.engine.query(f'SELECT {names} FROM fact_{name} ORDER BY "row"').to_pylist()
        return [row[columns[0]] if len(columns) == 1 else tuple(row[c] for c in columns) for row in found]


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Callable[..., Known]]:
    """``facts({table: rows}, as_of=, traits=)``: the fact tables of these rows."""
    engines: list[DuckDBEngine] = []

    def make(tables: dict[str, list[Row]], **more: Any) -> Known:
        strategy_path, sources_path = write_company(tmp_path, tables, **more)
        strategy = load(strategy_path).strategy
        assert strategy is not None, [f.what for f in load(strategy_path).errors]
        engine = DuckDBEngine()
        engines.append(engine)
        found = read(sources_path, strategy, engine)
        no_staff = frozenset(t for t in ("contacts", "orders") if found.trait(t).no_staff)
        history = found.trait("orders").history_from
        return Known(engine, fact_tables.make(engine, strategy, found.as_of, history, no_staff))

    yield make
    for engine in engines:
        engine.close()
