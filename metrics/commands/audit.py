"""``audit``: what a release guarantees, checked on the file alone."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from metrics.commands.terminal import RELEASE, Shape, out, print_rows, stop
from metrics.errors import DataError

EXAMPLE = "python -m metrics audit data/release.duckdb --format json"


def audit(
    release: Annotated[Path, typer.Argument(help="The release to look at.")] = RELEASE,
    format: Annotated[Shape, typer.Option("--format")] = Shape.table,
) -> None:
    """Check a finished release without its sources: cells, remainders, rank and bounds. Exit code 1 if one fails."""
    from metrics.guarantee import examine, staffed
    from metrics.release import newest

    if not newest(release).exists():
        stop(1, f"{release}: there is no release here. Run `python -m metrics build` first.")
    try:
        checks = examine(newest(release))
    except DataError as error:
        stop(1, str(error))
    passed = all(c.passed for c in checks)
    if format is Shape.json:
        typer.echo(json.dumps({"passed": passed, "checks": [asdict(c) for c in checks]}, indent=1))
    else:
        print_rows([asdict(c) for c in checks], format, "holds" if passed else "does not hold")
    if not passed:
        raise typer.Exit(1)
    if format is Shape.table:
        if not staffed(newest(release)):
            out.print(
                "Its sources named no staff, so the checks of handled rows had nothing to look at.", highlight=False
            )
        out.print("The file keeps what it promises, as far as it can be told without the rows.", highlight=False)
