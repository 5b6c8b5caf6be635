"""Writing a release: a fresh, uncompressed file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from metrics.release.schema import LOCKED, SCHEMA, SETTINGS, settle


def write(path: Path, tables: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
    """Write a fresh, uncompressed release file at ``path`` (not yet in its final place).

    ``tables`` holds rows for each table of ``SCHEMA``, columns in that order; unknown tables raise KeyError.
    Rows are sorted before they are written, so equal content gives equal tables."""
    for left in (path, path.with_name(path.name + ".wal")):
        left.unlink(missing_ok=True)  # what a killed build left behind: a log would be replayed into the fresh file
    unknown = set(tables) - set(SCHEMA)
    if unknown:
        raise KeyError(f"not in the release schema: {sorted(unknown)}")
    connection = duckdb.connect(str(path))
    try:
        settle(connection, *SETTINGS, "force_compression = 'uncompressed'", *LOCKED)
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
