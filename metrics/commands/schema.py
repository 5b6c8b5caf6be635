"""``schema``: the JSON Schema of the strategy file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

EXAMPLE = "python -m metrics schema --out strategy.schema.json"


def schema(
    out: Annotated[Path | None, typer.Option("--out", help="File to write; default: print it.")] = None,
) -> None:
    """The JSON Schema of strategy.yaml: editors complete keys with it, and explain them."""
    from metrics.strategy.schema import json_schema

    text = json.dumps(json_schema(), ensure_ascii=False, indent=1)
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")
