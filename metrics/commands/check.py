"""``check``: the strategy file read like a linter."""

from __future__ import annotations

import os
from collections.abc import Hashable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from metrics.commands.terminal import STRATEGY, open_release, stop
from metrics.errors import DataError

if TYPE_CHECKING:
    from metrics.answers import Row
    from metrics.release import Release
    from metrics.strategy.finding import Finding
    from metrics.strategy.load import History

EXAMPLE = "python -m metrics check strategy.yaml --format json"


class Report(StrEnum):
    text = "text"
    json = "json"
    sarif = "sarif"


class FailOn(StrEnum):
    error = "error"
    debt = "debt"
    hint = "hint"


class Language(StrEnum):
    en = "en"
    vi = "vi"


def check(
    files: Annotated[list[Path] | None, typer.Argument(help="Strategy files; default: strategy.yaml.")] = None,
    format: Annotated[Report, typer.Option("--format", help="text, json, or sarif (2.1.0).")] = Report.text,
    explain: Annotated[str | None, typer.Option("--explain", help="Say what a code means, and show cases.")] = None,
    release: Annotated[
        Path | None, typer.Option("--release", help="A release: also finds targets its data cannot reach in time.")
    ] = None,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="Least severity that ends with code 1.")] = FailOn.error,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day that counts as now; default: as_of of the sources, else today."),
    ] = None,
    lang: Annotated[Language | None, typer.Option("--lang", help="en or vi; default: CX_LANG, else en.")] = None,
) -> None:
    """Read strategy.yaml like a linter: rule code, place, what is wrong and how to mend it."""
    from metrics.strategy.load import load
    from metrics.strategy.report import as_json, as_sarif, as_text

    language = lang.value if lang else "vi" if os.environ.get("CX_LANG") == "vi" else "en"
    if explain is not None:
        typer.echo(_explained(explain, language))
        return
    history = None if release is None else _history(release)
    findings: list[Finding] = []
    sources: dict[str, str] = {}
    for file in files or [STRATEGY]:
        loaded = load(file, as_of.date() if as_of else now_for(file), history)
        findings += loaded.findings
        sources[str(file)] = _text(file)
    match format:
        case Report.json:
            typer.echo(as_json(findings, language))
        case Report.sarif:
            typer.echo(as_sarif(findings, language))
        case Report.text:
            typer.echo(as_text(findings, language, sources))
    severities = [severity.value for severity in FailOn]
    if any(severities.index(f.severity.value) <= severities.index(fail_on.value) for f in findings):
        raise typer.Exit(1)


def _explained(code: str, lang: str) -> str:
    from metrics.strategy.explain import BY_CODE, explain
    from metrics.words import Words

    page = explain(code, Words(lang))
    if page is None:
        stop(2, "There is no such code. Codes: " + ", ".join(BY_CODE) + ".")
    return page


def _text(file: Path) -> str:
    """The file as the report quotes it; '' where it cannot be read, which ``load`` has said already."""
    from metrics.strategy.load import LARGEST

    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST).decode("utf-8-sig", "replace").replace("\r\n", "\n")
    except (OSError, ValueError):
        return ""


def _history(path: Path) -> History:
    """What a release says of each of its KPIs, by quarter where it has whole ones, else by block."""
    from metrics.periods import WAVE, last_day
    from metrics.strategy.finding import Point
    from metrics.strategy.rules_kpis import number

    found: dict[Hashable, tuple[Point, ...]] = {}
    with open_release(path) as opened:
        for kpi in opened.strategy.kpis:
            rows = _rows(opened, kpi.id)
            if any(row.period == WAVE for row in rows):  # a single wave has no history
                continue
            found[number(kpi)] = tuple(
                Point(last_day(row.period), row.value, row.low, row.high) for row in rows if row.value is not None
            )
    return found


def _rows(release: Release, kpi: str) -> tuple[Row, ...]:
    from metrics.answers import Grain, Request, ask
    from metrics.errors import Refusal

    try:
        quarters = ask(release, Request(kpi, grain=Grain.QUARTER)).rows
        return quarters or ask(release, Request(kpi)).rows
    except Refusal:
        return ()


def now_for(strategy: Path) -> date:
    """``as_of`` of the sources file that stands with the strategy; today where there is none or it cannot be read."""
    from metrics.sources.mapping import load_sources

    for near in (strategy.parent / "sources.yaml", strategy.parent / "data" / "sources.yaml"):
        if near.exists():
            try:
                return load_sources(near).as_of
            except DataError:
                break
    return date.today()
