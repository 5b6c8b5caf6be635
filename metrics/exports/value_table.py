"""What the value page shows as tables, one for each chart: unrounded numbers, the same columns in page and files."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.exports.table import Cell, Column, Kind, Table, release_mark
from metrics.labels import value_name
from metrics.loyalty.value.told import Estimate
from metrics.release import Release
from metrics.value import Value
from metrics.value.cells import Share, State
from metrics.words import Words


def state_name(state: State, w: Words) -> str:
    return {State.STANDS: w("stands"), State.NOT_YET: w("not yet"), State.WITHHELD: w("withheld")}[state]


def _table(
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[tuple[Cell, ...]],
    found: Value,
    release: Release,
    w: Words,
) -> Table:
    """The table with what every row carries: goal, customers, data date, draft mark."""
    kpi = found.worth.kpi if found.worth else None
    goal = next((g for g in release.strategy.goals if kpi and g.id == kpi.goal), None)
    who = value_name(release.strategy, "segment", found.segment, w) if found.segment else w("All customers")
    more: tuple[Cell, ...] = (goal.name(w.lang) if goal else "", who, release.as_of, release_mark(release.draft, w))
    return Table(
        name="-".join(["value", name, *([found.segment] if found.segment else []), release.as_of]),
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


def _ends(w: Words, digits: int, name: str = "") -> tuple[Column, Column, Column]:
    return (
        Column(name or w("Value"), Kind.NUMBER, digits),
        Column(w("Low (95%)"), Kind.NUMBER, digits),
        Column(w("High (95%)"), Kind.NUMBER, digits),
    )


def point(found: Value, release: Release, w: Words) -> Table:
    """What a point is worth, and the figures behind it."""
    at = found.worth
    rows: list[tuple[Cell, ...]] = []
    if at is not None:
        figures: tuple[tuple[str, Estimate | None, int], ...] = (
            (w("A new customer brings"), at.worth, at.months),
            (w("Orders of a new customer"), at.orders, at.months),
            (w("Spend of an order"), at.spend, at.months),
            (w("Stay after an order, %"), at.stay, at.months),
            (w("Who comes back brings more"), at.returner, at.over),
            (w("Five points, per new customer"), at.five, at.over),
            (w("One point a year"), at.point_year, at.over),
            (w("Five points a year"), at.five_year, at.over),
        )
        rows = [(name, e.value, e.low, e.high, at.n, months) for name, e, months in figures if e is not None]
        if at.cost is not None:
            rows.append((w("Winning one costs"), at.cost, None, None, None, None))
        if at.new is not None:
            rows.append((w("New customers of the last year"), at.new, None, None, None, None))
    columns = (
        Column(w("Figure")),
        *_ends(w, 1),
        Column(w("About n"), Kind.NUMBER),
        Column(w("Months counted"), Kind.NUMBER),
    )
    return _table("point", w("What a point of retention is worth"), columns, rows, found, release, w)


def curve(found: Value, release: Release, w: Words) -> Table:
    at = found.worth
    rows: list[tuple[Cell, ...]] = []
    if at is not None:
        kinds = ((w("as reckoned"), at.curve), *(((w("seen in cohorts"), at.seen),) if at.seen is not at.curve else ()))
        rows = [(kind, p.months, p.value, p.low, p.high) for kind, points in kinds for p in points]
    columns = (Column(w("Kind"), once=True), Column(w("Months"), Kind.NUMBER, 1), *_ends(w, 0))
    return _table("curve", w("What a new customer brings"), columns, rows, found, release, w)


def cohorts(found: Value, release: Release, w: Words) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (r.period, r.n, age, *_share(s), state_name(s.state, w))
        for r in (found.cohorts.rows if found.cohorts else ())
        for age, s in enumerate(r.shares, 1)
    ]
    columns = (
        Column(w("Cohort"), Kind.PERIOD),
        Column(w("New customers"), Kind.NUMBER),
        Column(w("Month after"), Kind.NUMBER),
        *_ends(w, 1, w("Order in it, %")),
        Column(w("Standing of the number"), once=True),
    )
    return _table("cohorts", w("Cohorts"), columns, rows, found, release, w)


def courses(found: Value, release: Release, w: Words) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (w.period(one.period) if one.period else w("All cohorts"), age, *_share(s), s.n)
        for one in (found.cohorts.lines if found.cohorts else ())
        for age, s in one.points
    ]
    columns = (
        Column(w("Cohort")),
        Column(w("Month after"), Kind.NUMBER),
        *_ends(w, 1, w("Order in it, %")),
        Column(w("n"), Kind.NUMBER),
    )
    return _table("retention", w("Retention by age"), columns, rows, found, release, w)


def returned(found: Value, release: Release, w: Words) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (r.days, r.value, r.low, r.high, r.n) for r in (found.cohorts.returned if found.cohorts else ())
    ]
    columns = (
        Column(w("Days after"), Kind.NUMBER),
        *_ends(w, 1, w("Came back by then, %")),
        Column(w("n"), Kind.NUMBER),
    )
    return _table("returned", w("Come back by day"), columns, rows, found, release, w)


def growth(found: Value, release: Release, w: Words) -> Table:
    g = found.growth
    rows: list[tuple[Cell, ...]] = []
    if g is not None:
        year = f"{g.quarters[4]}/{g.quarters[-1]}"
        parts = [
            (w("Last year, all customers"), 100.0, None, None, g.base),
            (w("Earlier customers again"), g.kept.value, g.kept.low, g.kept.high, g.kept.money),
        ]
        if g.earned is not None:
            parts.append((w("New, sent by others"), g.earned.value, g.earned.low, g.earned.high, g.earned.money))
        parts.append(
            (w("New, otherwise") if g.earned else w("New customers"), g.bought.value, None, None, g.bought.money)
        )
        if g.rate is not None:
            parts.append((w("Earned growth rate"), g.rate.value, g.rate.low, g.rate.high, g.rate.money))
        rows = [(year, *part) for part in parts]
    columns = (
        Column(w("Period"), Kind.PERIOD, once=True),
        Column(w("Part")),
        *_ends(w, 1, w("% of last year’s revenue")),
        Column(w("Revenue"), Kind.NUMBER),
    )
    return _table("growth", w("Earned growth"), columns, rows, found, release, w)


def referral(found: Value, release: Release, w: Words) -> Table:
    rows: list[tuple[Cell, ...]] = [(p, *_share(s), s.n) for p, s in (found.referral.periods if found.referral else ())]
    columns = (
        Column(w("Period"), Kind.PERIOD),
        *_ends(w, 1, w("Sent by others, %")),
        Column(w("n"), Kind.NUMBER),
    )
    return _table("referral", w("Sent by others"), columns, rows, found, release, w)


def _share(s: Share) -> tuple[Cell, Cell, Cell]:
    return s.value, s.low, s.high
