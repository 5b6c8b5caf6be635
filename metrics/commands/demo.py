"""``demo``: the sources of the demo company."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from metrics.commands.terminal import out

EXAMPLE = "python -m metrics demo --out data --scale 0.2"


def demo(
    to: Annotated[Path, typer.Option("--out", help="Folder for the source files and their sources.yaml.")],
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 20260101,
    scale: Annotated[float, typer.Option(min=0.01, help="1 is 12,000 customers and 48,000 tickets.")] = 1.0,
) -> None:
    """Write the source files of the demo company and a sources.yaml for them."""
    from metrics.demo import generate

    generate(to, seed=seed, scale=scale)
    out.print(f"Source files and sources.yaml written to {to}.", markup=False)
