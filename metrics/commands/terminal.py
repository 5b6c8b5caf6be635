"""What the commands share: how they print, stop and refuse, and the options several of them take.

Exit codes: 0 done, 1 findings or data errors, 2 wrong use, 3 refused.
"""

from __future__ import annotations

import csv
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from metrics.errors import DataError, Refused

if TYPE_CHECKING:
    from metrics.strategy.model import Strategy

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

STRATEGY = Path("strategy.yaml")
SOURCES = Path("data/sources.yaml")
RELEASE = Path(os.environ.get("CX_RELEASE", "data/release.duckdb"))

StrategyOption = Annotated[Path, typer.Option("--strategy", help="The strategy file.")]
SourcesOption = Annotated[Path, typer.Option("--sources", help="The file that maps source files to tables.")]
ReleaseOption = Annotated[Path, typer.Option("--release", help="The release to read.")]


class Shape(StrEnum):
    table = "table"
    json = "json"
    csv = "csv"


def stop(code: int, *lines: str) -> NoReturn:
    for line in lines:
        err.print(line, markup=False, highlight=False)
    raise typer.Exit(code)


def refuse(kind: Refused, path: Path, strategy: Strategy | None = None) -> NoReturn:
    """Say a refusal, count it beside the release at ``path`` and end with 3. What is said depends on the kind and on
    what the release declares (``strategy``), never on what was typed."""
    from metrics.refusals import reason, way_out
    from metrics.tally import count
    from metrics.words import Words

    count(path, kind)
    w = Words(os.environ.get("CX_LANG", "en"))
    declared = []
    if strategy and kind is not Refused.PERSON:
        views = (f"{v.id} ({', '.join(v.dimensions)})" for v in strategy.views)
        declared = [
            w("KPIs declared here: {names}.", names=", ".join(k.id for k in strategy.kpis)),
            w("Views declared here: {names}.", names=", ".join(views)),
        ]
    stop(3, reason(kind, w), way_out(kind, w), *declared)


def open_release(path: Path) -> Any:
    from contextlib import closing

    from metrics.release import Release, newest

    # As on the pages of this machine: a draft beside the release comes first.
    path = newest(path)
    if not path.exists():
        stop(1, f"{path}: there is no release here. Run `python -m metrics build` first.")
    try:
        return closing(Release(path))
    except DataError as error:
        stop(1, str(error))


def month(text: str | None) -> str | None:
    if text is None:
        return None
    from metrics.periods import months_of

    try:
        months = months_of(text)
    except ValueError:
        months = ()
    if len(months) != 1:
        raise typer.BadParameter("A month is written YYYY-MM, for example 2025-03.")
    return text


def figures(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("value", "low", "high", "n", "status", "pooled")}


def print_rows(rows: list[dict[str, Any]], shape: Shape, note: str) -> None:
    heads = list(dict.fromkeys(name for row in rows for name in row))
    if shape is Shape.csv:
        writer = csv.DictWriter(sys.stdout, heads, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return
    table = Table(*heads, caption=note)
    for row in rows:
        table.add_row(*(_text(row.get(name)) for name in heads))
    out.print(table)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
