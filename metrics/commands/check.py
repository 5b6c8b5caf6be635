"""``check``: the strategy file read like a linter."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from metrics.commands.terminal import STRATEGY
from metrics.errors import DataError

EXAMPLE = "python -m metrics check strategy.yaml --format json"


class Report(StrEnum):
    text = "text"
    json = "json"


def check(
    file: Annotated[Path, typer.Argument(help="The strategy file.")] = STRATEGY,
    format: Annotated[Report, typer.Option("--format", help="text or json.")] = Report.text,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day that counts as now; default: as_of of the sources, else today."),
    ] = None,
) -> None:
    """Read strategy.yaml like a linter: rule code, place, what is wrong and how to mend it."""
    from metrics.strategy.load import load
    from metrics.strategy.report import as_json, as_text

    loaded = load(file, today=as_of.date() if as_of else now_for(file))
    typer.echo(as_json(loaded.findings) if format is Report.json else as_text(loaded.findings))
    if loaded.strategy is None:
        raise typer.Exit(1)


def now_for(strategy: Path) -> date:
    """``as_of`` of the sources file that stands with the strategy; today where there is none or it cannot be read."""
    from metrics.sources.mapping import load_sources

    for near in (strategy.parent / "sources.yaml", strategy.parent / "data" / "sources.yaml"):
        if near.exists():
            try:
                return load_sources(near).as_of
            except DataError:
                break
    return date.today()
