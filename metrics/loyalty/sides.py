"""Who decided what an effect compares: both sides of it pass the cell rule, or it is not told.

An effect is a difference of two weighted means of the outcome: of the rows above the mean of the driver and of those
below it, each weighing as much as it lies away. Of a condition these are whom it befell and whom it spared. So
whoever put all customers on one side is whose result the effect is, however many stand behind the panel as a whole.
Each side is held against the cell rule with these weights instead of rows: the staff of whatever decided the driver
(the contacts that made a complaint slow, that were answered late, that an answer is about), of the order, and the
customers. Staff of different kinds of work are looked at apart, so that many salespeople do not hide one agent. An
effect within a segment or a period is held against its own rows.

Everything is counted in the engine; what fails is left out, like what befell too few.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from metrics.clearing.rule import Standing, passes, tightened
from metrics.loyalty.drivers import Term
from metrics.strategy.model import Strategy

SIDES = "panel_sides"
#: Weights are whole numbers of so many parts of the largest.
PARTS = 1_000_000
#: Column of a driver -> tables (row, staff) of who decided it, each looked at by itself.
Decided = Mapping[str, tuple[str, ...]]
Place = tuple[int, int]


def sided(
    engine: Any, strategy: Strategy, table: str, terms: Iterable[Term], decided: Decided, cut: str = "0"
) -> dict[int, frozenset[Term]]:
    """The drivers of which both sides pass, by value of ``cut`` (an integer column of ``table``, or 0 for all rows),
    among the rows of each value. A driver of which nobody says who decided it passes nowhere."""
    passed: dict[int, set[Term]] = {}
    for term in terms:
        x = f'CAST("{term.column}" AS DOUBLE PRECISION)'
        away = f'SELECT {cut} AS cut, "row", customer, {x} - avg({x}) OVER (PARTITION BY {cut}) AS d FROM "{table}"'
        most = f"SELECT *, max(abs(d)) OVER (PARTITION BY cut) AS most FROM ({away}) AS away"
        weight = f"greatest(1, CAST(round({PARTS} * abs(d) / most) AS BIGINT))"
        sides = f'SELECT cut, "row", customer, CASE WHEN d > 0 THEN 1 ELSE 0 END AS side, {weight} AS weight'
        found = standing(engine, strategy, f"{sides} FROM ({most}) AS far WHERE d <> 0", decided.get(term.column, ()))
        for value in {value for value, _ in found}:
            if {(value, 0), (value, 1)} <= found:
                passed.setdefault(value, set()).add(term)
    return {value: frozenset(found) for value, found in passed.items()}


def parted(engine: Any, strategy: Strategy, table: str, of: str, parts: int, decided: Sequence[str]) -> bool:
    """Whether all ``parts`` of a table pass, 0, 1, 2 ...; ``of`` says which part a row is in, as SQL."""
    rows = f'SELECT 0 AS cut, "row", customer, {of} AS side, 1 AS weight FROM "{table}"'
    return {(0, part) for part in range(parts)} <= standing(engine, strategy, rows, decided)


def standing(engine: Any, strategy: Strategy, rows: str, decided: Sequence[str]) -> set[Place]:
    """The (cut, side) that pass the cell rule with the staff of every table of ``decided``. ``rows``: a query of cut,
    row, customer, side and weight (a whole number above 0)."""
    if not decided:
        return set()
    engine.create(SIDES, rows)
    by = "SELECT cut, side, customer, CAST(sum(weight) AS BIGINT) AS weight"
    people = _query(
        engine,
        f"SELECT cut, side, count(*) AS customers, CAST(sum(weight) AS BIGINT) AS weight, max(weight) AS largest"
        f" FROM ({by} FROM {SIDES} GROUP BY cut, side, customer) AS mine GROUP BY cut, side ORDER BY cut, side",
    )
    places: list[Place] = list(zip(people["cut"].tolist(), people["side"].tolist()))
    at = {place: i for i, place in enumerate(places)}
    passed = np.ones(len(places), dtype=bool)
    for who in decided:
        handled, staff, first, second = (np.zeros(len(places)) for _ in range(4))
        mine = f'{SIDES} AS s WHERE s."row" IN (SELECT "row" FROM "{who}")'
        rows_of = _query(engine, f"SELECT cut, side, CAST(sum(weight) AS BIGINT) AS w FROM {mine} GROUP BY cut, side")
        for cut, side, weight in zip(rows_of["cut"].tolist(), rows_of["side"].tolist(), rows_of["w"].tolist()):
            handled[at[cut, side]] = weight
        lines = _query(
            engine,
            f"SELECT s.cut, s.side, lines.staff, CAST(sum(s.weight) AS BIGINT) AS w FROM {SIDES} AS s"
            f' JOIN "{who}" AS lines ON lines."row" = s."row" GROUP BY s.cut, s.side, lines.staff',
        )
        for cut, side, person, weight in zip(*(lines[c].tolist() for c in ("cut", "side", "staff", "w"))):
            i = at[cut, side]
            staff[i] += person >= 0
            first[i], second[i] = max(first[i], weight), max(second[i], min(first[i], weight))
        here = Standing(
            handled=handled,
            staff=staff.astype(np.int64),
            first=first,
            second=second,
            customers=people["customers"],
            weight=people["weight"].astype(float),
            largest=people["largest"].astype(float),
            constant=np.zeros(len(places), dtype=bool),
        )
        passed &= passes(here, tightened(strategy.disclosure))
    engine.drop(SIDES)
    return {place for place, good in zip(places, passed) if good}


def _query(engine: Any, sql: str) -> dict[str, Any]:
    """Columns of a query as whole numbers."""
    told = engine.query(sql)
    return {name: told.column(name).to_numpy().astype(np.int64) for name in told.column_names}
