"""``value``: what a point of retention is worth here."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from metrics.commands.terminal import RELEASE, ReleaseOption, Shape, open_release, print_rows, refuse, stop
from metrics.errors import Refused

EXAMPLE = "python -m metrics value --segment household --format json"


def value(
    segment: Annotated[str, typer.Option("--segment", help="A segment that stands alone; default: all.")] = "",
    release: ReleaseOption = RELEASE,
    format: Annotated[Shape, typer.Option("--format")] = Shape.table,
) -> None:
    """Print what customers are worth: a new one, a point of retention, winning, growth, cohorts, with intervals."""
    from metrics.exports.value_json import value_object
    from metrics.strategy.workforce import is_workforce
    from metrics.value import value as read

    if is_workforce(segment):
        refuse(Refused.PERSON, release)
    with open_release(release) as opened:
        found = read(opened, segment or None)
        if segment and found.segment is None:
            refuse(Refused.NOT_CLEARED, release, opened.strategy)
        if found.undeclared:
            stop(2, "The strategy names no outcome of buying again or staying: see loyalty, outcome.")
        if found.refused:
            refuse(found.refused, release, opened.strategy)
        told = value_object(found, opened)
    if format is Shape.json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    worth = told["worth"]
    note = f"{worth['method']} ({worth['why']}), n {worth['n']}" if worth else "no worth reckoned"
    print_rows(_rows(told), format, note)


def _rows(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures a terminal has room for: cohorts are for JSON and the page."""
    rows: list[dict[str, Any]] = []

    def add(figure: str, e: dict[str, Any] | None, key: str = "value") -> None:
        if e and e[key] is not None:
            rows.append({"figure": figure, "value": e[key], "low": e["low"], "high": e["high"]})

    for name in ("worth", "orders", "spend", "stay", "returner"):
        add(name, (told["worth"] or {}).get(name))
    for name in ("five_per_customer", "one_a_year", "five_a_year"):
        add(name, (told["point"] or {}).get(name))
    for name in ("kept", "earned", "new_otherwise", "earned_growth_rate"):
        add(f"{name}, %", (told["growth"] or {}).get(name), "percent")
    add("referred, %", (told["referral"] or {}).get("year"))
    for r in told["returned"]:
        add(f"returned within {r['days']} days, %", r)
    return rows
