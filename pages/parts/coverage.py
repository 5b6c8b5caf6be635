"""Goals against stages as a table: counts with the standing that matters most, and every gap drawn as a gap."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.headlines import coverage as texts
from metrics.headlines.coverage import Coverage, Ear, StageColumn
from metrics.standing import KpiStand
from metrics.strategy.model import Goal
from pages.parts.cards import CLASS, esc, icon, standing_name
from pages.parts.frame import Page


def matrix(page: Page, found: Coverage) -> str:
    """The table of a desk, and the list of stages of a phone."""
    w = page.w
    heads = "".join(f'<th scope="col">{_stage(page, c)}</th>' for c in found.columns)
    rows = "".join(
        f'<tr><th scope="row">{esc(page.say(goal.name))}</th>'
        + "".join(f"<td>{_cell(page, stands)}</td>" for stands in cells)
        + "</tr>"
        for goal, cells in zip(found.goals, found.cells)
    )
    ears = "".join(f"<td>{_ear(page, c)}</td>" for c in found.columns)
    ear = f'<tr class="ear"><th scope="row">{esc(w("Listening post"))}</th>{ears}</tr>'
    corner = f'<td class="vh2"><span class="vh">{esc(w("Goal"))}</span></td>'
    desk = (
        f'<div class="tw only-d" tabindex="0" role="region" aria-label="{esc(texts.title(found, w))}">'
        f'<table class="t cv"><caption class="vh">{esc(texts.title(found, w))}</caption>'
        f"<thead><tr>{corner}{heads}</tr></thead><tbody>{rows}{ear}</tbody></table></div>"
    )
    phone = "".join(_phone(page, found, i, c) for i, c in enumerate(found.columns))
    return f'{desk}<div class="only-p">{phone}</div>'


def _stage(page: Page, column: StageColumn) -> str:
    name = esc(texts.stage_name(column, page.w))
    if column.stage is None:
        return name
    return f'<a class="q" href="{esc(page.href("journey", stage=column.stage.id))}">{name}</a>'


def _cell(page: Page, stands: Sequence[KpiStand]) -> str:
    w = page.w
    if not stands:
        return f'<span class="cg"><span aria-hidden="true">–</span><span class="vh">{esc(w("no KPI"))}</span></span>'
    worst = texts.worst(stands)
    small = texts.below(stands, w) or standing_name(worst, w)
    return (
        f'<span class="cc"><b>{esc(texts.count(stands, w))}</b>'
        f'<span class="st {CLASS[worst]}">{icon(worst, 13)}{esc(small)}</span></span>'
    )


def _ear(page: Page, column: StageColumn) -> str:
    if column.ear is None:
        return '<span class="cg" aria-hidden="true">–</span>'
    text = esc(texts.ear_text(column, page.w))
    if column.ear is Ear.POST:
        return f'<span class="cc"><b>{text}</b></span>'
    return f'<span class="cg{" loud" if column.ear is Ear.SILENT else ""}">{text}</span>'


def _phone(page: Page, found: Coverage, i: int, column: StageColumn) -> str:
    w = page.w
    mine: list[tuple[Goal, tuple[KpiStand, ...]]] = [(g, c[i]) for g, c in zip(found.goals, found.cells) if c[i]]
    lines = "".join(_line(page, goal, stands) for goal, stands in mine)
    if not mine:
        lines = f'<span class="cg loud">{esc(w("no KPI"))}</span>'
    ear = f'<div class="ce"><span>{esc(w("Listening post"))}</span>{_ear(page, column)}</div>' if column.ear else ""
    return f'<div class="cs"><b>{_stage(page, column)}</b>{lines}{ear}</div>'


def _line(page: Page, goal: Goal, stands: Sequence[KpiStand]) -> str:
    return f'<div class="ce"><span>{esc(page.say(goal.name))}</span>{_cell(page, stands)}</div>'
