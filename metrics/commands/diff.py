"""``diff``: what changed in meaning between two versions of the strategy, and why numbers moved."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from metrics.commands.check import Report
from metrics.commands.terminal import STRATEGY, open_release, out, stop
from metrics.errors import DataError

if TYPE_CHECKING:
    from metrics.moves import Move
    from metrics.strategy.diff import Comparison

EXAMPLE = "python -m metrics diff HEAD~1:strategy.yaml strategy.yaml"


def diff(
    before: Annotated[
        str | None, typer.Argument(metavar="OLD", help="A file, or REVISION:PATH of git; default: of --before.")
    ] = None,
    after: Annotated[
        str | None, typer.Argument(metavar="NEW", help="The same for the newer version; default: strategy.yaml.")
    ] = None,
    old: Annotated[Path | None, typer.Option("--before", help="An earlier release: say why numbers moved.")] = None,
    new: Annotated[Path | None, typer.Option("--after", help="The release to hold against it.")] = None,
    format: Annotated[Report, typer.Option("--format", help="text or json.")] = Report.text,
) -> None:
    """Say what changed in meaning between two versions of strategy.yaml: not its text, order or comments.

    With two releases also which numbers moved because their definition changed, and which because reality did."""
    from metrics.headlines.diff import lines, move_lines
    from metrics.moves import moves
    from metrics.strategy.diff import compare
    from metrics.strategy.versions import version
    from metrics.words import Words

    if (old is None) != (new is None):
        stop(2, "Two releases are needed to say why numbers moved: --before and --after.")
    if before is None and old is None:
        stop(2, "Give two versions: two files, REVISION:PATH of git, or two releases with --before and --after.")
    found: tuple[Move, ...] = ()
    with ExitStack() as stack:
        releases = [stack.enter_context(open_release(path)) for path in (old, new) if path]
        try:
            versions = [
                releases[i].strategy if releases and name is None else version(name or str(STRATEGY))
                for i, name in enumerate((before, after))
            ]
        except DataError as error:
            stop(1, str(error))
        compared = compare(*versions)
        if releases:
            # Numbers are held against the strategies that made them, whatever two files were named.
            built = compare(releases[0].strategy, releases[1].strategy)
            found = moves(releases[0], releases[1], built)
    if format is Report.json:
        typer.echo(json.dumps(_object(compared, found), ensure_ascii=False, indent=1))
        return
    w = Words(os.environ.get("CX_LANG", "en"))
    text = lines(compared, w)
    if found:
        text += ["", *move_lines(found, compared.after.organisation.currency, w)]
    for line in text:
        out.print(line, markup=False, highlight=False)


def _object(compared: Comparison, found: tuple[Move, ...]) -> dict[str, Any]:
    """``changes`` in the order of the file, ``numbers`` in the order of the newer strategy; units are the KPIs' own."""
    return {
        "before": compared.before.version,
        "after": compared.after.version,
        "changes": [asdict(d) for d in compared.differences],
        "renamed": {section: dict(ids) for section, ids in compared.renamed.items()},
        "unrecorded": list(compared.unrecorded),
        "numbers": [_number(m) for m in found],
    }


def _number(m: Move) -> dict[str, Any]:
    rows = {side: row and {k: getattr(row, k) for k in ("period", "value", "low", "high", "n")}
            for side, row in (("before", m.before), ("after", m.after))}  # fmt: skip
    return {
        "kpi": m.now.id if m.now else None,
        "was": m.was.id if m.was else None,
        **rows,
        "visible": m.visible,
        "definition": m.definition,
        "reality": m.reality,
        "reality_low": m.over.low if m.over else None,
        "reality_high": m.over.high if m.over else None,
        "by": m.bridge.value if m.bridge else None,
        "late_rows": m.late,
        "lack": m.lack.value if m.lack else None,
    }
