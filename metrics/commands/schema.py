"""``schema``: the JSON Schema of the strategy file."""

from __future__ import annotations

import json

import typer

EXAMPLE = "python -m metrics schema > strategy.schema.json"


def schema() -> None:
    """Print the JSON Schema of strategy.yaml, for editors."""
    from metrics.strategy.schema import json_schema

    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=1))
