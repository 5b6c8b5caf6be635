"""``show``: one KPI, whole or cut by a declared view."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from metrics.commands.terminal import (
    RELEASE,
    ReleaseOption,
    Shape,
    figures,
    month,
    open_release,
    print_rows,
    refuse,
)
from metrics.errors import Refusal

EXAMPLE = "python -m metrics show tnps --by channel --from 2025-01 --format json"


class GrainName(StrEnum):
    block = "block"
    year = "year"
    all = "all"


def show(
    kpi: Annotated[str, typer.Argument(help="Id of a KPI in the strategy.")],
    by: Annotated[str, typer.Option("--by", help="First dimensions of a declared view, comma separated.")] = "",
    start: Annotated[str | None, typer.Option("--from", help="First month, YYYY-MM.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last month, YYYY-MM.")] = None,
    grain: Annotated[GrainName, typer.Option("--grain", help="Per published block, per year, or all in one.")] = (
        GrainName.block
    ),
    release: ReleaseOption = RELEASE,
    format: Annotated[Shape, typer.Option("--format")] = Shape.table,
) -> None:
    """Print a KPI with its interval, n and status, whole or cut by a declared view."""
    from metrics.answers import Grain, Request, ask
    from metrics.exports.json_answer import answer_object

    dims = tuple(part.strip() for part in by.split(",") if part.strip())
    request = Request(kpi, by=dims, start=month(start), end=month(end), grain=Grain(grain.value))
    with open_release(release) as opened:
        try:
            answer = ask(opened, request)
        except Refusal as refusal:
            refuse(refusal.kind, release, opened.strategy)
    found = answer_object(answer)
    if format is Shape.json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    flat = [
        {"period": r["period"], **{d: "+".join(v) for d, v in r["dims"].items()}, **figures(r), "draft": found["draft"]}
        for r in found["rows"]
    ]
    note = f"{found['kpi']} ({found['unit']}), goal {found['goal']}, as of {found['as_of']}"
    print_rows(flat, format, note + (", draft" if found["draft"] else ""))
