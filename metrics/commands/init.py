"""``init``: a first strategy.yaml, asked for in the order in which a strategy is thought, or from a template."""

from __future__ import annotations

import os
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from metrics.commands.terminal import STRATEGY, stop

if TYPE_CHECKING:
    from metrics.sources.questions import Fed

EXAMPLE = "python -m metrics init --from retail --out strategy.yaml"


class Template(StrEnum):
    retail = "retail"
    bank_telecom = "bank_telecom"
    subscription = "subscription"


class Language(StrEnum):
    en = "en"
    vi = "vi"


def init(
    template: Annotated[
        Template | None, typer.Option("--from", help="Begin from a template instead of questions.")
    ] = None,
    to: Annotated[Path, typer.Option("--out", help="The file to write; never one that is there.")] = STRATEGY,
    lang: Annotated[Language | None, typer.Option("--lang", help="en or vi; default: CX_LANG, else asked.")] = None,
    today: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day that counts as now; default: today.")
    ] = None,
) -> None:
    """Write a first strategy.yaml: goals first, then loyalty, the journey and KPIs; no KPI before its goal."""
    from metrics.commands.asking import Asker
    from metrics.commands.interview import interview
    from metrics.strategy.draft import as_yaml, moved
    from metrics.words import Words

    language = lang.value if lang else os.environ.get("CX_LANG")
    if language not in ("en", "vi"):
        language = "en" if template else _language()
    w = Words(language)
    if to.exists():
        stop(1, w("{file} is there already; init writes no file over another.", file=str(to)))
    now = today.date() if today else date.today()
    if template:
        source = Path(__file__).parents[1] / "strategy" / "templates" / f"{template.value}.yaml"
        text = moved(source.read_text(encoding="utf-8"), now)
    else:
        text = as_yaml(interview(Asker(w), now, _fed(to)), w)
    _write(text, to, now, w.lang)


def _fed(to: Path) -> tuple[Fed, ...]:
    """Questions of the sources file that stands with the strategy to be; none where there is no such file."""
    from metrics.errors import DataError
    from metrics.sources.questions import questions_fed

    for near in (to.parent / "sources.yaml", to.parent / "data" / "sources.yaml"):
        if near.exists():
            try:
                return questions_fed(near)
            except DataError as error:
                stop(1, str(error))
    return ()


def _language() -> str:
    """Asked in both languages, before there is one."""
    while True:
        given = typer.prompt("Language / Ngôn ngữ: en, vi", default="vi").strip().casefold()
        if given in ("en", "vi"):
            return str(given)


def _write(text: str, to: Path, now: date, lang: str) -> None:
    """The file, and the schema beside it for editors. A text that `check` refuses is not written."""
    import json

    from metrics.strategy.load import check_text
    from metrics.strategy.report import as_text
    from metrics.strategy.schema import json_schema
    from metrics.words import Words

    w = Words(lang)
    loaded = check_text(text.encode(), str(to), now)
    if loaded.strategy is None:
        stop(1, as_text(loaded.errors, lang, {str(to): text}), w("Nothing was written."))
    try:
        with to.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except FileExistsError:
        stop(1, w("{file} is there already; init writes no file over another.", file=str(to)))
    except OSError:
        stop(1, w("{file} cannot be written there.", file=str(to)))
    schema = to.with_name("strategy.schema.json")
    if not schema.exists():
        schema.write_text(json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    typer.echo(w("Written: {file}. It has no errors; open questions: {count}.", file=str(to), count=len(loaded.debt)))
    typer.echo(w("Next: python -m metrics check {file}", file=str(to)))
