"""The DuckDB engine: one private database in memory that never touches a disk or the network."""

from __future__ import annotations

import os
from typing import Any

import duckdb
import ibis
import pyarrow as pa
from ibis.backends.sql.datatypes import DuckDBType

#: Set before anything is read. Nothing may spill, be fetched, be read from or written to a disk by SQL.
SETTINGS = (
    "temp_directory = ''",
    "preserve_insertion_order = true",
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
    "TimeZone = 'UTC'",
    "enable_external_access = false",
    "lock_configuration = true",
)


class DuckDBEngine:
    """Runs Ibis expressions or DuckDB SQL over tables in memory. Use it in a ``with`` block, or ``close`` it."""

    dialect = "duckdb"

    def __init__(self, threads: int | None = None) -> None:
        """``threads``: default, one per core."""
        self._connection = duckdb.connect(":memory:", config={"threads": threads or os.cpu_count() or 1})
        for setting in SETTINGS:
            self._connection.execute(f"SET {setting}")

    def __enter__(self) -> DuckDBEngine:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget every table."""
        self._connection.close()

    def sql(self, query: Any) -> str:
        """SQL text of an Ibis expression; SQL text stays as it is."""
        return query if isinstance(query, str) else str(ibis.to_sql(query, dialect=self.dialect))

    def query(self, query: Any) -> pa.Table:
        """Rows of an Ibis expression or a SELECT, as an Arrow table."""
        return self._connection.sql(self.sql(query)).to_arrow_table()

    def create(self, name: str, query: Any) -> None:
        """A table in memory from an Ibis expression or a SELECT; replaces one of that name."""
        self._connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS {self.sql(query)}")

    def view(self, name: str, query: Any) -> None:
        """A name for a query, run anew wherever it is used; replaces one of that name."""
        self._connection.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS {self.sql(query)}")

    def register(self, name: str, table: pa.Table, query: str = "SELECT * FROM arrow_in") -> None:
        """A table in memory from Arrow data, which ``query`` sees as ``arrow_in``; replaces one of that name."""
        self._connection.register("arrow_in", table)
        try:
            self.create(name, query)
        finally:
            self._connection.unregister("arrow_in")

    def drop(self, name: str) -> None:
        self._connection.execute(f"DROP TABLE IF EXISTS {quoted(name)}")

    def understands(self, query: str) -> bool:
        """Whether a SELECT runs: for a time zone or a date format that a person wrote."""
        try:
            self._connection.execute(query).fetchall()
        except duckdb.Error:
            return False
        return True

    def has(self, name: str) -> bool:
        return bool(self._connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [name]).fetchall())

    def schema(self, name: str) -> Any:
        """Ibis schema of a table, for expressions that are only compiled."""
        found = self._connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index",
            [name],
        ).fetchall()
        if not found:
            raise KeyError(name)
        return ibis.schema({column: DuckDBType.from_string(kind) for column, kind in found})

    def table(self, name: str) -> Any:
        """Ibis table of that name and schema: write metrics on it, then ``query`` or ``create``."""
        return ibis.table(self.schema(name), name=name)


def quoted(name: str) -> str:
    """An identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'
