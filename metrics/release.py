"""The release: one small DuckDB file of cleared sums. Its schema, its writer and its read-only reader.

Nothing about a person fits in here: every text column is closed (ids of the strategy, enums, periods, hashes,
file names declared in the sources file), every number is a sum over a cleared cell or a fitted result.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from metrics.errors import DataError
from metrics.loyalty.results import TABLES, DriverRow, LabelRow, LinkRow, ModelRow, NoModelRow, columns, of_row
from metrics.strategy.model import Strategy

#: Table -> columns with their DuckDB types. The self-audit compares the finished file with exactly this.
SCHEMA: dict[str, tuple[tuple[str, str], ...]] = {
    # key is one of META_KEYS
    "meta": (("key", "VARCHAR"), ("value", "VARCHAR")),
    # the strategy the numbers were built from, as canonical JSON; one row
    "strategy": (("json", "VARCHAR"),),
    "source": (
        ("file", "VARCHAR"),
        ("table_name", "VARCHAR"),
        ("rows", "BIGINT"),
        ("rejected", "BIGINT"),
        ("data_from", "DATE"),
        ("data_to", "DATE"),
    ),
    # a cell of a view: one row per value of each cut dimension, position counts them in order (dimensions in the
    # view's order, values in declared order); a pooled cell has several values of one dimension.
    # cell 0 is the whole and has no rows here.
    "cell": (
        ("cell", "INTEGER"),
        ("view", "VARCHAR"),
        ("position", "INTEGER"),
        ("dimension", "VARCHAR"),
        ("value", "VARCHAR"),
    ),
    # a cleared sum. metric: Metric.key(...). view '' and depth 0: company totals (cell 0), for every cleared month and
    # for every block. depth >= 1: dimensions cut, for every block. period: 2025-03, 2025-Q1, 2025-H1 or all.
    "number": (
        ("metric", "VARCHAR"),
        ("view", "VARCHAR"),
        ("depth", "INTEGER"),
        ("period", "VARCHAR"),
        ("cell", "INTEGER"),
        ("measure", "VARCHAR"),
        ("value", "DOUBLE"),
    ),
    # a period of a metric's total (view '') that is not cleared: never why
    "withheld": (("metric", "VARCHAR"), ("view", "VARCHAR"), ("period", "VARCHAR")),
    # KPIs that cannot be computed from these sources; reason is a value of errors.Refused
    "refused": (("kpi", "VARCHAR"), ("reason", "VARCHAR")),
    # Results of loyalty; metrics.loyalty.results says what each column means. Fitted figures have three significant
    # digits, and no mean, total or covariance stands beside them.
    # Results of loyalty: columns and their meaning stand in metrics.loyalty.results
    **{table: columns(kind) for table, kind in TABLES.items()},
}
META_KEYS = ("build_id", "strategy_hash", "as_of", "data_from", "data_to", "built_at", "draft", "format")
FORMAT = "2"


def write(path: Path, tables: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
    """Write a fresh, uncompressed release file at ``path`` (not yet in its final place).

    ``tables`` holds rows for each table of ``SCHEMA``, columns in that order; unknown tables raise KeyError.
    Rows are sorted before they are written, so equal content gives equal tables."""
    path.unlink(missing_ok=True)
    unknown = set(tables) - set(SCHEMA)
    if unknown:
        raise KeyError(f"not in the release schema: {sorted(unknown)}")
    connection = duckdb.connect(str(path))
    try:
        connection.execute("SET force_compression = 'uncompressed'")
        for name, columns in SCHEMA.items():
            connection.execute(f"CREATE TABLE {name} ({', '.join(f'{c} {t}' for c, t in columns)})")
            rows = sorted(tables.get(name, ()), key=lambda r: tuple((v is not None, v) for v in r))
            _insert(connection, name, columns, rows)
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


_ARROW = {
    "VARCHAR": "string",
    "BIGINT": "int64",
    "INTEGER": "int32",
    "DOUBLE": "float64",
    "DATE": "date32",
    "BOOLEAN": "bool_",
}


def _insert(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Iterable[tuple[str, str]], rows: list[tuple[Any, ...]]
) -> None:
    import pyarrow as pa

    if not rows:
        return
    arrays = [
        pa.array(list(values), type=getattr(pa, _ARROW[kind])()) for values, (_, kind) in zip(zip(*rows), columns)
    ]
    connection.register("incoming", pa.table(arrays, names=[c for c, _ in columns]))
    connection.execute(f"INSERT INTO {name} SELECT * FROM incoming")
    connection.unregister("incoming")


@dataclass(frozen=True)
class Cell:
    """A group of a view: for each cut dimension the values that stand in it. ``()`` is the whole."""

    view: str
    dims: tuple[tuple[str, tuple[str, ...]], ...]

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
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")
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
        """(period, cell, {measure: sum}) of a metric at one depth of a view, by period and cell."""
        key = (metric, view, depth)
        if key not in self._numbers:
            found: dict[tuple[str, int], dict[str, float]] = {}
            for period, cell, measure, value in self._rows(
                "SELECT period, cell, measure, value FROM number WHERE metric = ? AND view = ? AND depth = ?"
                " ORDER BY period, cell",
                *key,
            ):
                found.setdefault((period, cell), {})[measure] = value
            self._numbers[key] = [(p, c, sums) for (p, c), sums in found.items()]
        return self._numbers[key]

    @cached_property
    def withheld(self) -> frozenset[tuple[str, str, str]]:
        """(metric, view, period) of blocks that are not cleared; view '' is the company total."""
        return frozenset(self._rows("SELECT metric, view, period FROM withheld"))

    @cached_property
    def refused(self) -> dict[str, str]:
        return dict(self._rows("SELECT kpi, reason FROM refused"))

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
