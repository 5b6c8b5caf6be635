"""Releases that a product of another make would publish: a plain threshold on each cell, nothing tested together."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from metrics.kpis import BY_ID
from metrics.periods import block_of
from metrics.release import FORMAT, SCHEMA, write
from metrics.strategy.load import load
from tests.attacks.worlds import UNKNOWN, World

META = {
    "build_id": "0" * 64, "strategy_hash": "0" * 64, "as_of": "2026-01-25", "data_from": "2025-01-01",
    "data_to": "2025-12-31", "built_at": "2026-01-25T08:00:00Z", "draft": "true", "format": FORMAT,
}  # fmt: skip


def threshold_of_five(made: World, path: Path, least: int = 5) -> Path:
    """A release of the same company in which every cell of every view with ``least`` different staff is published, as
    vendors do: totals by quarter and month, each level of each view by quarter. Rows nobody handled are published."""
    strategy = load(made.strategy).strategy
    assert strategy is not None
    tables: dict[str, list[tuple[Any, ...]]] = {"number": [], "cell": [], "meta": list(META.items())}
    tables["strategy"] = [(strategy.model_dump_json(),)]
    cells: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
    rows = made.rows.assign(quarter=made.rows["month"].map(lambda m: block_of(m, "quarter")))
    for kpi in strategy.kpis:
        key = BY_ID[kpi.metric].key(kpi.of)
        mine = rows[made.universe[key]]
        adds = {measure: made.adds[metric, measure] for metric, measure in made.adds if metric == key}
        for view, depth in [("", 0), *((v, d) for v in strategy.views for d in range(1, len(v.dimensions) + 1))]:
            dims = view.dimensions[:depth] if depth else ()
            for period, by in product(("quarter",) if depth else ("quarter", "month"), [list(dims)]):
                for place, group in mine.groupby([period, *by]):
                    if not _enough(group["who"], least):
                        continue
                    cell = 0
                    if depth:
                        found = tuple(zip(dims, place[1:]))
                        cell = cells.setdefault((view.id, found), len(cells) + 1)
                    id = view.id if depth else ""
                    tables["number"] += [
                        (key, id, depth, place[0], cell, measure, float(of[group.index].sum()))
                        for measure, of in adds.items()
                    ]
    for (view, dims), number in cells.items():
        tables["cell"] += [(number, view, i, d, v) for i, (d, v) in enumerate(dims)]
    write(path, {name: padded(name, rows) for name, rows in tables.items()})
    return path


def _enough(who: pd.Series, least: int) -> bool:
    staff = set().union(*(s for s in who if s is not None)) - {UNKNOWN}
    return len(staff) >= least or not who.notna().any()


_EMPTY = {"VARCHAR": "", "BOOLEAN": False, "DATE": None}


def padded(table: str, rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows of a release's table with what its later columns hold when nothing is said: each row once."""
    empty = [_EMPTY.get(kind, 0) for _, kind in SCHEMA[table]]
    return list(dict.fromkeys((*row, *empty[len(row) :]) for row in rows))


def copied(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of a release as rows, to be written again with something planted among them."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in SCHEMA}
