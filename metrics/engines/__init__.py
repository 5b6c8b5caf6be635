"""Engines: a SQL dialect plus a way to run SQL into Arrow. Ibis is the compiler only, never the runner.

Ibis 12's own DuckDB backend does not work with duckdb 2.0, so expressions are compiled with ``ibis.to_sql`` and
run by the engine's own client.
"""
