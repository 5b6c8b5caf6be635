"""What the loyalty drivers page shows beside its shares, as tables: one for each chart, unrounded, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from metrics.drivers import EVERYBODY, Compared, Drivers, Interval, Model, Part, Point, WhatIf, part_name
from metrics.exports.table import Cell, Column, Kind, Table, goal_name, release_mark, unit_name
from metrics.labels import value_name
from metrics.loyalty.evidence import Evidence, Shape
from metrics.loyalty.results import LabelRow
from metrics.release import Release
from metrics.words import Words


def _table(
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[tuple[Cell, ...]],
    goal: str | None,
    release: Release,
    w: Words,
    part: Part = EVERYBODY,
) -> Table:
    """The table with what every row carries: goal, customers, data date, draft mark."""
    more: tuple[Cell, ...] = (
        goal_name(goal or "", release.strategy, w),
        part_name(part, release.strategy, w),
        release.as_of,
        release_mark(release.draft, w),
    )
    return Table(
        name="-".join(["drivers", name, *part.ids, release.as_of]),
        title=title,
        columns=(
            *columns,
            Column(w("Goal"), once=True),
            Column(w("Filters"), once=True),
            Column(w("As of"), Kind.DAY, once=True),
            Column(w("Release"), once=True),
        ),
        rows=tuple((*row, *more) for row in rows),
        as_of=release.as_of,
        draft=release.draft,
    )


def _effect(w: Words, name: str = "") -> tuple[Column, Column, Column]:
    return (
        Column(name or w("Effect of one point"), Kind.NUMBER, 2),
        Column(w("Effect low (95%)"), Kind.NUMBER, 2),
        Column(w("Effect high (95%)"), Kind.NUMBER, 2),
    )


def _three(e: Interval | None) -> tuple[Cell, Cell, Cell]:
    return (None, None, None) if e is None else (e.value, e.low, e.high)


def importance(points: Sequence[Point], model: Model, release: Release, w: Words) -> Table:
    """Importance beside performance."""
    rows: list[tuple[Cell, ...]] = []
    for p in points:
        e, r = p.driver.estimate, p.row
        at = (e.effect, e.effect_low, e.effect_high, model.n, r.value, r.low, r.high, r.n, r.period)
        rows.append((model.kpi.name(w.lang), p.driver.cause.name(w.lang), *at, unit_name(p.unit, w)))
    columns = (
        Column(w("Outcome"), once=True),
        Column(w("Driver")),
        *_effect(w),
        Column(w("n of the model"), Kind.NUMBER, once=True),
        Column(w("Today"), Kind.NUMBER, 2),
        Column(w("Low (95%)"), Kind.NUMBER, 2),
        Column(w("High (95%)"), Kind.NUMBER, 2),
        Column(w("About n"), Kind.NUMBER),
        Column(w("Period"), Kind.PERIOD),
        Column(w("Unit"), once=True),
    )
    title = w("Importance beside performance")
    return _table("map", title, columns, rows, model.kpi.goal, release, w, model.part)


def ends(found: Drivers, model: Model, said: Callable[[Shape, Words], str], release: Release, w: Words) -> Table:
    """The two ends of each scale against the middle."""
    rows = [
        (
            *(model.kpi.name(w.lang), d.cause.name(w.lang), said(d.first.shape, w)),
            *_three(d.first.penalty),
            *_three(d.first.reward),
            model.n,
        )
        for d in found.rows
    ]
    columns = (
        Column(w("Outcome"), once=True),
        Column(w("Driver")),
        Column(w("Shape")),
        Column(w("Lowest answers"), Kind.NUMBER, 2),
        Column(w("Low (95%)"), Kind.NUMBER, 2),
        Column(w("High (95%)"), Kind.NUMBER, 2),
        Column(w("Highest answers"), Kind.NUMBER, 2),
        Column(w("Low (95%)"), Kind.NUMBER, 2),
        Column(w("High (95%)"), Kind.NUMBER, 2),
        Column(w("n of the model"), Kind.NUMBER, once=True),
    )
    title = w("The two ends of each scale")
    return _table("ends", title, columns, rows, model.kpi.goal, release, w, model.part)


def compared(
    rows: Sequence[Compared],
    names: Mapping[str, str],
    sizes: Mapping[str, int],
    model: Model,
    release: Release,
    w: Words,
) -> Table:
    """Effects of each driver in each segment or period."""
    lines: list[tuple[Cell, ...]] = [
        (
            *(model.kpi.name(w.lang), c.cause.name(w.lang), names[value], sizes.get(value)),
            *((e.effect, e.effect_low, e.effect_high) if e.varied else (None, None, None)),
            w("yes") if c.sign_differs else w("no"),
        )
        for c in rows
        for value, e in c.by
    ]
    columns = (
        Column(w("Outcome"), once=True),
        Column(w("Driver")),
        Column(w("Group")),
        Column(w("n of the model"), Kind.NUMBER),
        *_effect(w, w("Effect")),
        Column(w("Sign differs for certain")),
    )
    return _table("compared", w("Groups side by side"), columns, lines, model.kpi.goal, release, w)


def labels(
    rows: Sequence[tuple[LabelRow, str, str]],
    release: Release,
    w: Words,
) -> Table:
    """Every KPI with its label and the reason; ``rows``: (row, label in words, reason in words)."""
    lines: list[tuple[Cell, ...]] = [
        (
            *(release.strategy.kpi(r.kpi).name(w.lang), name, why, r.n, r.effect, r.low, r.high),
            *(r.score_n, r.score, r.score_low, r.score_high),
        )
        for r, name, why in rows
    ]
    columns = (
        Column(w("KPI")),
        Column(w("Label")),
        Column(w("Reason")),
        Column(w("About n"), Kind.NUMBER),
        *_effect(w, w("Effect of one unit on return")),
        Column(w("n (score)"), Kind.NUMBER),
        Column(w("Effect of one unit on the score"), Kind.NUMBER, 2),
        Column(w("Effect low (95%)"), Kind.NUMBER, 2),
        Column(w("Effect high (95%)"), Kind.NUMBER, 2),
    )
    outcome = release.strategy.loyalty.outcome
    goal = release.strategy.kpi(outcome).goal if outcome else None
    return _table("labels", w("What every KPI has to do with loyalty"), columns, lines, goal, release, w)


def what_if(
    found: WhatIf, words: Mapping[Evidence, tuple[str, str]], promised: bool, release: Release, w: Words
) -> Table:
    """A what-if: the move, each link with its evidence, and what goes with it; customers and money only where
    ``promised``."""
    c = found.choice
    rows: list[tuple[Cell, ...]] = [(c.kpi.name(w.lang), found.to, None, None, c.now.n, "")]
    for s in c.chain:
        name = f"{s.kpi.name(w.lang)} → {s.to.name(w.lang)}"
        rows.append((name, s.effect.value, s.effect.low, s.effect.high, s.n, words[s.evidence][0]))
    weakest = words[c.evidence][0]
    rows.append((w("Change where it reaches"), *_three(found.change), c.n, weakest))
    if found.whole:
        rows.append((w("The whole company"), *_three(found.whole), c.n, weakest))
    if found.money and promised:
        rows.append((w("Customers a month"), *_three(found.money.customers), c.n, weakest))
        rows.append((w("Revenue a month"), *_three(found.money.amount), c.n, weakest))
    columns = (
        Column(w("Figure")),
        Column(w("Value"), Kind.NUMBER, 2),
        Column(w("Low (95%)"), Kind.NUMBER, 2),
        Column(w("High (95%)"), Kind.NUMBER, 2),
        Column(w("About n"), Kind.NUMBER),
        Column(w("Evidence")),
    )
    return _table(f"whatif-{c.kpi.id}", w("What if"), columns, rows, c.outcome.goal, release, w)


def group_names(release: Release, dimension: str, values: Sequence[str], w: Words) -> dict[str, str]:
    """Segments or periods as people read them."""
    return {v: value_name(release.strategy, dimension, v, w) if dimension else w.period(v) for v in values}
