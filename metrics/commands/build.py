"""``build``: sources and strategy become a release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from metrics.commands.terminal import RELEASE, SOURCES, STRATEGY, SourcesOption, StrategyOption, err, out, stop
from metrics.errors import DataError, traced

EXAMPLE = "python -m metrics build --strategy strategy.yaml --sources data/sources.yaml"

MEMORY = "The sources do not fit into this machine's memory, and nothing is ever written to a disk instead."


def build(
    strategy: StrategyOption = STRATEGY,
    sources: SourcesOption = SOURCES,
    to: Annotated[Path, typer.Option("--out", help="Where the release goes.")] = RELEASE,
) -> None:
    """Turn sources and strategy into a release of cleared sums. A failed build leaves the last release as it was."""
    from metrics.build import build as run
    from metrics.build.report import lines

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task("", total=None)

            def progress(stage: str, done: int, total: int) -> None:
                bar.update(task, description=stage, completed=done, total=total)

            report = run(strategy, sources, to, progress)
    except DataError as error:
        stop(1, str(error))
    except MemoryError:
        stop(1, MEMORY)
    except Exception as error:  # its message may hold a value of a source: only its kind and places are told
        if type(error).__name__ == "OutOfMemoryException":
            stop(1, MEMORY)
        stop(1, f"The build failed and changed nothing; please report this: {traced(error)}")
    for line in lines(report):
        out.print(line, markup=False, highlight=False)
