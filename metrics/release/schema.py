"""What a release file holds: its tables and columns, and how every connection to one is set."""

from __future__ import annotations

import duckdb

from metrics.loyalty.results import TABLES, columns

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
        ("published", "BOOLEAN"),
    ),
    # values joined for good, alike in every view and metric; ``pool`` counts the pools of a dimension
    "pool": (("dimension", "VARCHAR"), ("pool", "INTEGER"), ("value", "VARCHAR")),
    # what became of a view of a metric in a block (view '' and months: company totals); state is a value of
    # metrics.build.together.State, never why
    "clearance": (("metric", "VARCHAR"), ("view", "VARCHAR"), ("period", "VARCHAR"), ("state", "VARCHAR")),
    # a period of a metric's total (view '') that is not cleared: never why
    "withheld": (("metric", "VARCHAR"), ("view", "VARCHAR"), ("period", "VARCHAR")),
    # KPIs that cannot be computed from these sources; reason is a value of errors.Refused
    "refused": (("kpi", "VARCHAR"), ("reason", "VARCHAR")),
    # results of loyalty: columns and their meaning stand in metrics.loyalty.results. Fitted figures have three
    # significant digits, and no mean, total or covariance stands beside them
    **{table: columns(kind) for table, kind in TABLES.items()},
    # how the worth of a customer was reckoned. segment: '' for all, else values that stand together, joined by +;
    # method and reason: values of loyalty.value.told (reason of errors.Refused where there is nothing to reckon);
    # n: customers, roughly; months: over which it is counted what those who come back bring beyond the others
    "value_model": (
        ("segment", "VARCHAR"),
        ("method", "VARCHAR"),
        ("reason", "VARCHAR"),
        ("n", "BIGINT"),
        ("months", "INTEGER"),
    ),
    # figure: a value of loyalty.value.lifetime.Figure, money in revenue; value is null where it is read from numbers
    "value_figure": (
        ("segment", "VARCHAR"),
        ("figure", "VARCHAR"),
        ("value", "DOUBLE"),
        ("low", "DOUBLE"),
        ("high", "DOUBLE"),
    ),
    # revenue of a new customer up to a step: months after the first order, or quarters where cohorts are counted
    "value_curve": (
        ("segment", "VARCHAR"),
        ("step", "INTEGER"),
        ("value", "DOUBLE"),
        ("low", "DOUBLE"),
        ("high", "DOUBLE"),
    ),
}
#: Set on every connection to a release, first of all: no spilling to disk, nothing fetched, nothing loaded.
SETTINGS = (
    "temp_directory = ''",
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
)
#: Set as soon as the file is open: no other file, no other setting.
LOCKED = ("enable_external_access = false", "lock_configuration = true")
#: grain: block length; budget: held or exceeded; ledger: which published numbers this release carries over.
META_KEYS = (
    "build_id",
    "strategy_hash",
    "as_of",
    "data_from",
    "data_to",
    "built_at",
    "draft",
    "format",
    "grain",
    "budget",
    "ledger",
)
FORMAT = "3"
NO_LEDGER = "none"
#: States of ``clearance``; an enum in the build.
STATES = ("whole", "pooled", "shortened", "withheld", "later")


def settle(connection: duckdb.DuckDBPyConnection, *settings: str) -> None:
    """Set these on a connection, in this order."""
    for setting in settings:
        connection.execute(f"SET {setting}")
