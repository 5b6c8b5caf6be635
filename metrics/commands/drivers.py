"""``drivers``: what goes with loyalty."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from metrics.commands.terminal import RELEASE, ReleaseOption, Shape, open_release, print_rows, refuse
from metrics.errors import Refused

EXAMPLE = "python -m metrics drivers --outcome return_180 --format json"


def drivers(
    outcome: Annotated[str, typer.Option("--outcome", help="KPI of a fitted outcome.")] = "",
    release: ReleaseOption = RELEASE,
    format: Annotated[Shape, typer.Option("--format")] = Shape.table,
) -> None:
    """Print what goes with loyalty: shares of explained variation (LMG) and unit effects, with intervals."""
    from metrics.exports.json_answer import drivers_object
    from metrics.strategy.workforce import is_workforce

    with open_release(release) as opened:
        models = opened.driver_models
        behaviour = [o for o, model in models.items() if model[0] == "behaviour"]
        wanted = outcome or next(iter(behaviour or sorted(models)), "")
        if wanted not in models:
            declared = {k.id for k in opened.strategy.kpis}
            asked = is_workforce(wanted) and wanted not in declared
            nothing = Refused.NOT_CLEARED if outcome else Refused.TOO_FEW
            refuse(Refused.PERSON if asked else nothing, release, opened.strategy)
        found = drivers_object(opened, wanted)
    if format is Shape.json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    note = f"{wanted} ({found['outcome_kind']}), R2 {found['r2']}, n {found['n']}, as of {found['as_of']}"
    rows = [{**row, "draft": found["draft"]} for row in found["rows"]]
    print_rows(rows, format, note + (", draft" if found["draft"] else ""))
