"""The command line: ``python -m metrics``.

Exit codes: 0 done, 1 findings or data errors, 2 wrong use, 3 refused.
"""

from __future__ import annotations

import typer

from metrics.commands import audit, build, check, demo, diff, drivers, init, publish, schema, show, value, whatif
from metrics.commands.unechoed import Unechoed

#: Every command, in the order of ``--help``.
COMMANDS = (init, check, diff, demo, build, publish, audit, show, drivers, whatif, value, schema)

app = typer.Typer(
    cls=Unechoed,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="CX KPIs that execute a strategy. Start with: python -m metrics demo --out data",
)
for command in COMMANDS:
    name = command.__name__.rpartition(".")[2]
    app.command(name, epilog=f"Example: {command.EXAMPLE}")(getattr(command, name))

if __name__ == "__main__":
    app(prog_name="python -m metrics")
