"""``drivers``: what goes with loyalty."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from metrics.commands.terminal import RELEASE, ReleaseOption, Shape, open_release, print_rows, refuse
from metrics.errors import Refused

EXAMPLE = "python -m metrics drivers --outcome return_180 --format json"


def drivers(
    outcome: Annotated[str, typer.Option("--outcome", help="KPI of a fitted outcome.")] = "",
    base: Annotated[str, typer.Option("--base", help="survey or customers; default: survey where there is one.")] = "",
    stage: Annotated[str, typer.Option("--stage", help="Only customers who used this stage.")] = "",
    segment: Annotated[str, typer.Option("--segment", help="A declared segment, for example segment=young.")] = "",
    period: Annotated[str, typer.Option("--period", help="A declared period, for example 2025-H1.")] = "",
    release: ReleaseOption = RELEASE,
    format: Annotated[Shape, typer.Option("--format")] = Shape.table,
) -> None:
    """Print what goes with loyalty: shares of explained variation (LMG) and unit effects, with intervals."""
    from metrics.drivers import fitted
    from metrics.exports.json_answer import drivers_object
    from metrics.strategy.workforce import is_workforce

    with open_release(release) as opened:
        models = fitted(opened)
        whole = [f for f in models if f.model.whole]
        behaviour = [f.model.kpi.id for f in whole if f.model.kind.value == "behaviour"]
        wanted = outcome or next(iter(behaviour or [f.model.kpi.id for f in whole]), "")
        about = {r.outcome: r.reason for r in opened.no_models if (r.stage, r.dimension, r.period) == ("", "", "all")}
        mine = [f for f in models if f.model.kpi.id == wanted]
        typed = (wanted, stage, *segment.partition("=")[::2])
        if not mine and any(is_workforce(word) for word in typed if word not in {k.id for k in opened.strategy.kpis}):
            refuse(Refused.PERSON, release, opened.strategy)
        if not mine:
            refuse(about.get(wanted, Refused.NOT_CLEARED), release, opened.strategy)
        dimension, _, value = segment.partition("=")
        if is_workforce(dimension):
            refuse(Refused.PERSON, release, opened.strategy)
        cut = ((dimension, value) if segment else None, period or None, stage or None)
        found = [f for f in mine if (f.model.segment, f.model.period, f.model.stage) == cut]
        ground = base or next((f.model.base.value for f in mine), "")
        found = [f for f in found if f.model.base.value == ground]
        if not found:
            asked = (stage, dimension, value, period or "all")
            reasons = [
                r.reason
                for r in opened.no_models
                if (r.stage, r.dimension, r.value, r.period) == asked and (r.outcome, r.base.value) == (wanted, ground)
            ]
            refuse(next(iter(reasons), Refused.NOT_CLEARED), release, opened.strategy)
        said = drivers_object(found[0]) | {"as_of": opened.as_of, "draft": opened.draft}
    if format is Shape.json:
        typer.echo(json.dumps(said, ensure_ascii=False, indent=1))
        return
    note = f"{wanted} ({said['outcome_kind']}, {said['base']}), R2 {said['r2']}, n about {said['n']:,}"
    note += f", as of {said['as_of']}"
    rows = [{k: v for k, v in row.items() if not isinstance(v, list)} for row in said["rows"]]
    if format is Shape.table:
        rows = [_short(row) for row in rows]
    else:
        rows = [{**row, "draft": said["draft"]} for row in rows]
    print_rows(rows, format, note + (", draft" if said["draft"] else ""))


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """A row that fits into eighty columns: intervals behind their figures."""

    def told(figure: str, low: str, high: str) -> str:
        return "" if row[figure] is None else f"{row[figure]:.1f} ({row[low]:.1f} to {row[high]:.1f})"

    shape = f"{row['shape']}, leaks" if row["leak"] else row["shape"]
    return {
        "driver": row["driver"],
        "share, %": told("share", "low", "high"),
        "tier": row["tier"],
        "effect": told("effect", "effect_low", "effect_high"),
        "shape": shape,
    }
