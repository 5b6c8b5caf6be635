"""``whatif``: a KPI moved within what a segment or month has reached."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from metrics.commands.terminal import RELEASE, ReleaseOption, Shape, open_release, print_rows, refuse, stop
from metrics.errors import Refusal, Refused

EXAMPLE = "python -m metrics whatif on_time --to 92 --format json"


def whatif(
    what: Annotated[str, typer.Argument(help="KPI, lever, stage or driver question; without one: all there are.")] = "",
    to: Annotated[float | None, typer.Option("--to", help="The figure it would stand at, in the KPI's unit.")] = None,
    release: ReleaseOption = RELEASE,
    format: Annotated[Shape, typer.Option("--format")] = Shape.table,
) -> None:
    """Print what goes with a move of a KPI: return and money, with their interval and the weakest evidence."""
    from metrics.drivers.whatif import choice, choices, named, what_if
    from metrics.exports.json_answer import choice_object, what_if_object
    from metrics.strategy.workforce import is_workforce

    with open_release(release) as opened:
        meant = [k.id for k in named(opened, what)] if what else [k.id for k in opened.strategy.kpis]
        if not meant:
            refuse(Refused.PERSON if is_workforce(what) else Refused.NOT_CLEARED, release, opened.strategy)
        if to is not None and len(meant) > 1:
            able = ", ".join(c.kpi.id for c in choices(opened) if c.kpi.id in meant)
            stop(2, f"Say which KPI would stand at {to:g}. These can be moved: {able or 'none'}.")
        try:
            if to is not None:
                found = [what_if_object(what_if(opened, meant[0], to))]
            elif len(meant) == 1:
                found = [choice_object(choice(opened, meant[0]))]
            else:
                found = [choice_object(c) for c in choices(opened) if c.kpi.id in meant]
        except Refusal as refusal:
            refuse(refusal.kind, release, opened.strategy)
        if not found:
            refuse(Refused.NO_SIGNAL, release, opened.strategy)
    if format is Shape.json:
        typer.echo(json.dumps(found if to is None else found[0], ensure_ascii=False, indent=1))
        return
    flat = [{k: v for k, v in row.items() if not isinstance(v, (list, dict))} for row in found]
    print_rows(flat, format, "Goes with; below a tested link nothing says that it brings it about.")
