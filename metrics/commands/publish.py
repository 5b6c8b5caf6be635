"""``publish``: the draft becomes the release, and its numbers are frozen."""

from typing import Annotated

import typer

from metrics.commands.terminal import (
    RELEASE,
    SOURCES,
    STRATEGY,
    ReleaseOption,
    SourcesOption,
    StrategyOption,
    err,
    out,
    stop,
)
from metrics.errors import DataError

EXAMPLE = "python -m metrics publish"
RISK = (
    "Forgetting the ledger means that blocks which were published are cut and cleared anew. Whoever kept the old "
    "numbers can subtract the two, and what is left can rest on one person. Do this only if nobody has seen them."
)


def publish(
    release: ReleaseOption = RELEASE,
    forget_ledger: Annotated[
        bool, typer.Option("--forget-ledger", help="Build again as if nothing had been published. Says what it risks.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --forget-ledger: do not ask.")] = False,
    strategy: StrategyOption = STRATEGY,
    sources: SourcesOption = SOURCES,
) -> None:
    """Publish the draft: from now on its numbers are carried over unchanged by every build."""
    from metrics.build import build
    from metrics.build.freeze import freeze

    try:
        if forget_ledger:
            err.print(RISK, markup=False, highlight=False)
            if not yes and not typer.confirm("Forget what was published?", default=False):
                stop(1, "Nothing was changed.")
            build(strategy, sources, release, forget_ledger=True)
        done = freeze(release, forget_ledger)
    except DataError as error:
        stop(1, str(error))
    out.print(
        f"Published {done.release}: {done.numbers:,} sums, {done.new:,} of them new, as of {done.as_of}.",
        markup=False,
        highlight=False,
    )
