"""Runs a metric on rows of its fact table, on DuckDB, through the SQL that Ibis makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest

from metrics.kpis import BY_ID
from metrics.kpis.metric import Metric, Params, Sums

#: Columns of the fact tables that metrics read, as documented in metrics/kpis/metric.py.
FACTS: dict[str, dict[str, str]] = {
    "contacts": {
        "month": "date",
        "first_response_hours": "float64",
        "resolved_hours": "float64",
        **dict.fromkeys(("resolved", "reopened", "repeated", "promise_kept", "is_complaint", "invited"), "boolean"),
    },
    "answers": {"month": "date", "question": "string", "score": "float64"},
    "invitations": {"month": "date", "question": "string", "answered": "boolean"},
    "orders": {
        **dict.fromkeys(("month", "promised_month", "install_month"), "date"),
        **dict.fromkeys(("amount", "returned_amount"), "int64"),
        **dict.fromkeys(("delivery_kept", "install_kept", "first"), "boolean"),
        "invited_to": "array<string>",
    },
    "cohorts": {"month": "date", "gap_days": "int32", "active_ages": "array<int32>", "earned": "boolean"},
    "purchases": {"month": "date", "age": "int32", "day": "date", "amount": "int64", "earned": "boolean"},
    "series": {"month": "date", "name": "string", "value": "float64"},
}
ARROW = {
    "date": pa.date32(),
    "string": pa.string(),
    "boolean": pa.bool_(),
    "float64": pa.float64(),
    "int64": pa.int64(),
    "int32": pa.int32(),
    "array<int32>": pa.list_(pa.int32()),
    "array<string>": pa.list_(pa.string()),
}
MARCH = date(2026, 3, 1)

Run = Callable[..., dict[date, Sums]]


def schema(fact: str) -> pa.Schema:
    """Arrow schema of a fact table."""
    return pa.schema([(name, ARROW[kind]) for name, kind in FACTS[fact].items()])


def expression(metric: Metric, params: Params) -> Any:
    """Sums of the metric by month, as the build groups them, over a table that only has a schema."""
    rows = metric.rows(ibis.table(FACTS[metric.fact], name="fact"), params)
    sums = {name: column.sum() for name, column in metric.measures(rows, params).items()}
    return rows.group_by(rows.month).agg(**sums)


def fill(connection: duckdb.DuckDBPyConnection, fact: str, select: str) -> None:
    """Make the table ``fact`` of this query; columns that it does not name are null."""
    connection.register("empty", schema(fact).empty_table())
    connection.execute(f"CREATE TABLE fact AS SELECT * FROM empty UNION ALL BY NAME ({select})")


def run_on(connection: duckdb.DuckDBPyConnection, metric: Metric, params: Params) -> dict[date, Sums]:
    """{month: sums} from a table or view ``fact`` of this connection."""
    found = connection.sql(str(ibis.to_sql(expression(metric, params), dialect="duckdb"))).to_arrow_table().to_pylist()
    return {row.pop("month"): {name: float(value) for name, value in row.items()} for row in found}


@pytest.fixture
def run() -> Run:
    """run(metric id, rows, **parameters) -> {month: sums}. A row names the columns that matter, the rest is null."""

    def run(id: str, rows: Iterable[dict[str, Any]], **params: Any) -> dict[date, Sums]:
        metric = BY_ID[id]
        table = pa.Table.from_pylist([{"month": MARCH, **row} for row in rows], schema=schema(metric.fact))
        with duckdb.connect() as connection:
            connection.register("fact", table)
            return run_on(connection, metric, metric.given(params))

    return run
