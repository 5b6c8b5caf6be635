"""``drivers``: what goes with loyalty."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from metrics.commands.terminal import RELEASE, ReleaseOption, Shape, open_release, print_rows, refuse, stop, unknown
from metrics.errors import Refused

EXAMPLE = "python -m metrics drivers --outcome return_180 --format json"


def drivers(
    outcome: Annotated[str, typer.Option("--outcome", help="KPI of a fitted outcome.")] = "",
    release: ReleaseOption = RELEASE,
    format: Annotated[Shape, typer.Option("--format")] = Shape.table,
) -> None:
    """Print what goes with loyalty: shares of explained variation (LMG) and unit effects, with intervals."""
    from metrics.exports.json_answer import drivers_object

    with open_release(release) as opened:
        models = opened.driver_models
        behaviour = [o for o, model in models.items() if model[0] == "behaviour"]
        wanted = outcome or next(iter(behaviour or sorted(models)), "")
        if not wanted or wanted in opened.refused:
            refuse(Refused.TOO_FEW)
        if wanted not in models:
            if wanted in {k.id for k in opened.strategy.kpis}:
                stop(2, f"No drivers were fitted for this KPI. There are drivers of: {', '.join(sorted(models))}.")
            unknown(wanted, list(models))
        found = drivers_object(opened, wanted)
    if format is Shape.json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    print_rows(found["rows"], format, f"{wanted} ({found['outcome_kind']}), R2 {found['r2']}, n {found['n']}")
