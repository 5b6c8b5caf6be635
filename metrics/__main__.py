"""The command line: ``python -m metrics``.

Exit codes: 0 done, 1 findings or data errors, 2 wrong use, 3 refused.
"""

from __future__ import annotations

import csv
import difflib
import json
import os
import sys
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from metrics.errors import DataError, Refusal, Refused

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="CX KPIs that execute a strategy. Start with: python -m metrics demo --out data",
)
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

STRATEGY = Path("strategy.yaml")
SOURCES = Path("data/sources.yaml")
RELEASE = Path(os.environ.get("CX_RELEASE", "data/release.duckdb"))

StrategyOption = Annotated[Path, typer.Option("--strategy", help="The strategy file.")]
SourcesOption = Annotated[Path, typer.Option("--sources", help="The file that maps source files to tables.")]
ReleaseOption = Annotated[Path, typer.Option("--release", help="The release to read.")]


class Report(StrEnum):
    text = "text"
    json = "json"


class Shape(StrEnum):
    table = "table"
    json = "json"
    csv = "csv"


class GrainName(StrEnum):
    block = "block"
    year = "year"
    all = "all"


def _stop(code: int, *lines: str) -> NoReturn:
    for line in lines:
        err.print(line, markup=False, highlight=False)
    raise typer.Exit(code)


def _refuse(kind: Refused) -> NoReturn:
    from metrics.refusals import reason, way_out
    from metrics.words import Words

    w = Words(os.environ.get("CX_LANG", "en"))
    _stop(3, reason(kind, w), way_out(kind, w))


@app.command(epilog="Example: python -m metrics check strategy.yaml --format json")
def check(
    file: Annotated[Path, typer.Argument(help="The strategy file.")] = STRATEGY,
    format: Annotated[Report, typer.Option("--format", help="text or json.")] = Report.text,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day that counts as now; default: as_of of the sources, else today."),
    ] = None,
) -> None:
    """Read strategy.yaml like a linter: rule code, place, what is wrong and how to mend it."""
    from metrics.strategy.load import load
    from metrics.strategy.report import as_json, as_text

    loaded = load(file, today=as_of.date() if as_of else _now(file))
    typer.echo(as_json(loaded.findings) if format is Report.json else as_text(loaded.findings))
    if loaded.strategy is None:
        raise typer.Exit(1)


@app.command(epilog="Example: python -m metrics demo --out data --scale 0.2")
def demo(
    to: Annotated[Path, typer.Option("--out", help="Folder for the source files and their sources.yaml.")],
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 20260101,
    scale: Annotated[float, typer.Option(min=0.01, help="1 is 12,000 customers and 48,000 tickets.")] = 1.0,
) -> None:
    """Write the source files of the demo company and a sources.yaml for them."""
    from metrics.demo import generate

    generate(to, seed=seed, scale=scale)
    out.print(f"Source files and sources.yaml written to {to}.", markup=False)


@app.command(epilog="Example: python -m metrics build --strategy strategy.yaml --sources data/sources.yaml")
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
        _stop(1, str(error))
    for line in lines(report):
        out.print(line, markup=False, highlight=False)


@app.command(epilog="Example: python -m metrics show tnps --by channel --from 2025-01 --format json")
def show(
    kpi: Annotated[str, typer.Argument(help="Id of a KPI in the strategy.")],
    by: Annotated[str, typer.Option("--by", help="First dimensions of a declared view, comma separated.")] = "",
    start: Annotated[str | None, typer.Option("--from", help="First month, YYYY-MM.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last month, YYYY-MM.")] = None,
    grain: Annotated[GrainName, typer.Option("--grain", help="Per published block, per year, or all in one.")] = (
        GrainName.block
    ),
    release: ReleaseOption = RELEASE,
    format: Annotated[Shape, typer.Option("--format")] = Shape.table,
) -> None:
    """Print a KPI with its interval, n and status, whole or cut by a declared view."""
    from metrics.answers import Grain, Request, ask
    from metrics.exports.json_answer import answer_object

    dims = tuple(part.strip() for part in by.split(",") if part.strip())
    request = Request(kpi, by=dims, start=_month(start), end=_month(end), grain=Grain(grain.value))
    with _open(release) as opened:
        try:
            answer = ask(opened, request)
        except Refusal as refusal:
            _refuse(refusal.kind)
        except KeyError:
            _unknown(kpi, [k.id for k in opened.strategy.kpis])
    found = answer_object(answer)
    if format is Shape.json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    flat = [
        {"period": r["period"], **{d: "+".join(v) for d, v in r["dims"].items()}, **_figures(r)} for r in found["rows"]
    ]
    note = f"{found['kpi']} ({found['unit']}), goal {found['goal']}, as of {found['as_of']}"
    _print(flat, format, note + (", draft" if found["draft"] else ""))


@app.command(epilog="Example: python -m metrics drivers --outcome return_180 --format json")
def drivers(
    outcome: Annotated[str, typer.Option("--outcome", help="KPI of a fitted outcome.")] = "",
    release: ReleaseOption = RELEASE,
    format: Annotated[Shape, typer.Option("--format")] = Shape.table,
) -> None:
    """Print what goes with loyalty: shares of explained variation (LMG) and unit effects, with intervals."""
    from metrics.exports.json_answer import drivers_object

    with _open(release) as opened:
        models = opened.driver_models
        behaviour = [o for o, model in models.items() if model[0] == "behaviour"]
        wanted = outcome or next(iter(behaviour or sorted(models)), "")
        if not wanted or wanted in opened.refused:
            _refuse(Refused.TOO_FEW)
        if wanted not in models:
            if wanted in {k.id for k in opened.strategy.kpis}:
                _stop(2, f"No drivers were fitted for this KPI. There are drivers of: {', '.join(sorted(models))}.")
            _unknown(wanted, list(models))
        found = drivers_object(opened, wanted)
    if format is Shape.json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    _print(found["rows"], format, f"{wanted} ({found['outcome_kind']}), R2 {found['r2']}, n {found['n']}")


@app.command(epilog="Example: python -m metrics schema > strategy.schema.json")
def schema() -> None:
    """Print the JSON Schema of strategy.yaml, for editors."""
    from metrics.strategy.schema import json_schema

    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=1))


def _now(strategy: Path) -> date:
    """``as_of`` of the sources file that stands with the strategy; today where there is none or it cannot be read."""
    from metrics.sources.mapping import load_sources

    for near in (strategy.parent / "sources.yaml", strategy.parent / "data" / "sources.yaml"):
        if near.exists():
            try:
                return load_sources(near).as_of
            except DataError:
                break
    return date.today()


def _open(path: Path) -> Any:
    from contextlib import closing

    from metrics.release import Release

    if not path.exists():
        _stop(1, f"{path}: there is no release here. Run `python -m metrics build` first.")
    try:
        return closing(Release(path))
    except DataError as error:
        _stop(1, str(error))


def _month(text: str | None) -> str | None:
    if text is None:
        return None
    from metrics.periods import months_of

    try:
        months = months_of(text)
    except ValueError:
        months = ()
    if len(months) != 1:
        raise typer.BadParameter("A month is written YYYY-MM, for example 2025-03.")
    return text


def _unknown(id: str, known: Iterable[str]) -> NoReturn:
    near = difflib.get_close_matches(id, list(known), n=1)
    hint = f"Did you mean {near[0]}?" if near else "The strategy file lists the KPIs there are."
    _stop(2, f"The strategy declares no KPI of this name. {hint}")


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("value", "low", "high", "n", "status", "pooled")}


def _print(rows: list[dict[str, Any]], shape: Shape, note: str) -> None:
    heads = list(dict.fromkeys(name for row in rows for name in row))
    if shape is Shape.csv:
        writer = csv.DictWriter(sys.stdout, heads, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return
    table = Table(*heads, caption=note)
    for row in rows:
        table.add_row(*(_text(row.get(name)) for name in heads))
    out.print(table)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    app(prog_name="python -m metrics")
