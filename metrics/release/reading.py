"""Reading a release: one connection per process, read-only, in memory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from metrics.errors import DataError, Refused, refused
from metrics.kpis.metric import HANDLED
from metrics.loyalty.results import DriverRow, LabelRow, LinkRow, ModelRow, NoModelRow, of_row
from metrics.release.schema import FORMAT, LOCKED, SCHEMA, SETTINGS, settle
from metrics.strategy.model import Strategy

#: Dimensions cut, each with the values that stand in the cell.
Dims = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Cell:
    """A group of a view: for each cut dimension the values that stand in it. ``()`` is the whole."""

    view: str
    dims: Dims

    @property
    def pooled(self) -> bool:
        return any(len(values) > 1 for _, values in self.dims)


class Release:
    """A release opened for reading: one connection per process, a cursor per query, no outside access.

    It is copied into memory (a few MB) and its file is let go: DuckDB knows open files by their path, so a file that
    a new build renamed over this one would answer with the old numbers or not open at all, and on Windows the
    rename would fail."""

    def __init__(self, path: Path) -> None:
        self.path = path
        stat = os.stat(path)
        self.stamp = (str(path), stat.st_mtime_ns, stat.st_size)
        self._connection = duckdb.connect(":memory:", config={"threads": "1"})
        place = str(path).replace("'", "''")
        try:
            settle(self._connection, *SETTINGS)
            # The type is named, for DuckDB would look into other files, and for a reader of them on the net.
            self._connection.execute(f"ATTACH '{place}' AS release (READ_ONLY, TYPE duckdb)")
            self._connection.execute("COPY FROM DATABASE release TO memory")
            self._connection.execute("DETACH release")
            known = self._connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone() == (FORMAT,)
        except duckdb.Error:
            known = False
        if not known:
            self._connection.close()
            raise DataError("This is no release of this version.", str(path), "Make one: python -m metrics build.")
        settle(self._connection, *LOCKED)
        self._lock = Lock()
        self._numbers: dict[tuple[str, str, int], list[tuple[str, int, dict[str, float]]]] = {}

    def close(self) -> None:
        self._connection.close()

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            cursor = self._connection.cursor()
        try:
            found: list[tuple[Any, ...]] = cursor.execute(sql, list(values)).fetchall()
            return found
        finally:
            cursor.close()

    def table(self, name: str) -> list[tuple[Any, ...]]:
        """Rows of a table of ``SCHEMA``; KeyError for any other name."""
        columns = ", ".join(f'"{column}"' for column, _ in SCHEMA[name])
        return self._rows(f"SELECT {columns} FROM {name}")

    @cached_property
    def meta(self) -> dict[str, str]:
        return dict(self._rows("SELECT key, value FROM meta"))

    @property
    def as_of(self) -> str:
        return self.meta["as_of"]

    @property
    def draft(self) -> bool:
        """Unknown counts as draft."""
        return self.meta.get("draft") != "false"

    @cached_property
    def strategy(self) -> Strategy:
        return Strategy.model_validate_json(self._rows("SELECT json FROM strategy")[0][0])

    def reading(self, strategy: Strategy) -> Release:
        """The same numbers read with the KPIs of another strategy. Nothing is shown that is not in this release: what
        it cleared is all there is to read. It shares this release's connection."""
        other = copy(self)
        other.__dict__["strategy"] = strategy
        return other

    @cached_property
    def staffed(self) -> bool:
        """Whether any number rests on rows of which the sources say that staff handled them."""
        return bool(self._rows("SELECT 1 FROM number WHERE measure = ? LIMIT 1", HANDLED))

    @cached_property
    def sources(self) -> list[tuple[Any, ...]]:
        """(file, table, rows, rejected, data_from, data_to), in file order."""
        return self._rows("SELECT * FROM source ORDER BY file, table_name")

    @cached_property
    def cells(self) -> dict[int, Cell]:
        found: dict[int, tuple[str, dict[str, list[str]]]] = {}
        for cell, view, _position, dimension, value in self._rows("SELECT * FROM cell ORDER BY cell, position"):
            found.setdefault(cell, (view, {}))[1].setdefault(dimension, []).append(value)
        cells = {c: Cell(v, tuple((d, tuple(vs)) for d, vs in dims.items())) for c, (v, dims) in found.items()}
        return {0: Cell("", ()), **cells}

    def numbers(self, metric: str, view: str, depth: int) -> list[tuple[str, int, dict[str, float]]]:
        """(period, cell, {measure: sum}) of a metric at one depth of a view, by period and cell; without the rows that
        staff handled, which are there for ``metrics.guarantee`` alone."""
        key = (metric, view, depth)
        if key not in self._numbers:
            found: dict[tuple[str, int], dict[str, float]] = {}
            for period, cell, measure, value in self._rows(
                "SELECT period, cell, measure, value FROM number WHERE metric = ? AND view = ? AND depth = ?"
                " AND measure <> ? ORDER BY period, cell",
                *key,
                HANDLED,
            ):
                found.setdefault((period, cell), {})[measure] = value
            self._numbers[key] = [(p, c, sums) for (p, c), sums in found.items()]
        return self._numbers[key]

    @cached_property
    def published(self) -> list[tuple[str, str, str, Dims, dict[str, float]]]:
        """(metric, view, period, dims, sums) of every number in the ledger."""
        return self.told(published=True)

    def told(self, published: bool) -> list[tuple[str, str, str, Dims, dict[str, float]]]:
        """The numbers in the ledger, or those that are not."""
        found: dict[tuple[str, str, str, int], dict[str, float]] = {}
        for metric, view, period, cell, measure, value in self._rows(
            "SELECT metric, view, period, cell, measure, value FROM number WHERE published = ? ORDER BY ALL", published
        ):
            found.setdefault((metric, view, period, cell), {})[measure] = value
        return [(m, v, p, self.cells[c].dims, sums) for (m, v, p, c), sums in found.items()]

    @cached_property
    def pools(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """Dimension -> values joined for good."""
        found: dict[str, dict[int, list[str]]] = {}
        for dimension, pool, value in self._rows("SELECT dimension, pool, value FROM pool ORDER BY ALL"):
            found.setdefault(dimension, {}).setdefault(pool, []).append(value)
        return {d: tuple(tuple(values) for values in pools.values()) for d, pools in found.items()}

    @cached_property
    def clearance(self) -> dict[tuple[str, str, str], str]:
        """(metric, view, period) -> what became of it."""
        return {row[:3]: row[3] for row in self._rows("SELECT metric, view, period, state FROM clearance")}

    @cached_property
    def withheld(self) -> frozenset[tuple[str, str, str]]:
        """(metric, view, period) of blocks that are not cleared; view '' is the company total."""
        return frozenset(self._rows("SELECT metric, view, period FROM withheld"))

    @cached_property
    def refused(self) -> dict[str, Refused]:
        """KPI -> why it has no figure at all. An unknown reason is not cleared."""
        return {kpi: refused(reason) for kpi, reason in self._rows("SELECT kpi, reason FROM refused")}

    @cached_property
    def models(self) -> tuple[ModelRow, ...]:
        """Every fitted driver model, by number."""
        return tuple(of_row(ModelRow, r) for r in self._rows("SELECT * FROM driver_model ORDER BY model"))

    @cached_property
    def drivers(self) -> Mapping[int, tuple[DriverRow, ...]]:
        """Model -> its drivers, largest share first."""
        found: dict[int, list[DriverRow]] = {m.model: [] for m in self.models}
        for row in self._rows("SELECT * FROM driver ORDER BY model, share DESC, driver, value"):
            found[row[0]].append(of_row(DriverRow, row))
        return {model: tuple(rows) for model, rows in found.items()}

    @cached_property
    def no_models(self) -> tuple[NoModelRow, ...]:
        return tuple(of_row(NoModelRow, r) for r in self._rows("SELECT * FROM no_model ORDER BY ALL"))

    @cached_property
    def links(self) -> Mapping[tuple[str, str], LinkRow]:
        """(KPI, KPI it is declared to drive) -> what the data say of it."""
        return {(r[0], r[1]): of_row(LinkRow, r) for r in self._rows("SELECT * FROM link ORDER BY kpi, drives")}

    @cached_property
    def labels(self) -> Mapping[str, LabelRow]:
        """KPI -> what is known of it and loyalty."""
        return {r[0]: of_row(LabelRow, r) for r in self._rows("SELECT * FROM label ORDER BY kpi")}

    @cached_property
    def draws(self) -> Mapping[tuple[str, str, str], tuple[float, ...]]:
        """(cause, value, outcome KPI) -> replicates of the effect, in order of their number."""
        found: dict[tuple[str, str, str], list[float]] = {}
        for cause, value, outcome, _, effect in self._rows("SELECT * FROM effect_draw ORDER BY ALL"):
            found.setdefault((cause, value, outcome), []).append(effect)
        return {key: tuple(effects) for key, effects in found.items()}

    @cached_property
    def value_models(self) -> dict[str, tuple[str, str, int, int]]:
        """segment ('' for all; values that stand together are joined by +) -> (method, reason, n, months over which
        returners are counted)."""
        return {r[0]: r[1:] for r in self._rows("SELECT * FROM value_model ORDER BY segment")}

    def value_figures(self, segment: str) -> dict[str, tuple[float | None, float, float]]:
        """figure -> (value, low, high)."""
        rows = self._rows("SELECT figure, value, low, high FROM value_figure WHERE segment = ?", segment)
        return {r[0]: r[1:] for r in rows}

    def value_curve(self, segment: str) -> list[tuple[float | None, float, float]]:
        """(value, low, high) by step, from step 0."""
        return self._rows("SELECT value, low, high FROM value_curve WHERE segment = ? ORDER BY step", segment)
