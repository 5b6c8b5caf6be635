"""A panel: rows that a driver model can be fitted on, as a table in the engine.

A panel table has ``row``, ``customer``, ``block`` (see ``resample``), ``period`` (first month of the declared period as
year * 12 + month - 1; -1 without a date), the places of the declared segments, the drivers and the outcome ``y``, whole
numbers all. A driver is null where a customer did not meet it: whoever did not use a stage is not in its model; nothing
is filled in, and nothing is dropped pairwise. The table lives in memory, is reduced to sums of products and forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np

from metrics.clearing.evidence import clear, evidence
from metrics.clearing.rule import UNKNOWN, tightened
from metrics.errors import Refusal, Refused
from metrics.loyalty.drivers import Term
from metrics.loyalty.evidence import Base, Kind
from metrics.loyalty.resample import Resampling
from metrics.loyalty.sides import Decided
from metrics.periods import block_of
from metrics.strategy.model import Strategy

#: Months of the periods that a strategy may declare.
MONTHS = {"quarter": 3, "half": 6, "year": 12}


@dataclass(frozen=True)
class Panel:
    """``table``: its name in the engine; ``who``: the table (row, staff) of the staff behind its rows. ``drivers`` and
    ``outcome`` are its columns; ``controls`` dimensions whose places it holds; ``asked`` questions held constant.
    ``stage``: only customers who used it ('' all). ``incomplete``: rows that left something out; ``censored``: rows
    that could not yet show what they did. ``drawn``: how its blocks are made and resampled;
    ``decided``: who decided each driver (see ``sides``)."""

    base: Base
    outcome_kpi: str
    kind: Kind
    table: str
    who: str
    drivers: tuple[Term, ...]
    outcome: Term
    controls: tuple[str, ...]
    asked: tuple[Term, ...]
    incomplete: int
    censored: int
    drawn: Resampling
    decided: Decided
    stage: str = ""


def period(day: Any, grain: str) -> Any:
    """The declared period of a day, as its first month."""
    if grain == "none":
        return ibis.literal(-1, "int64")
    months = MONTHS[grain]
    number = day.year() * 12 + day.month() - 1
    return (number - number.mod(months)).fill_null(-1).cast("int64")


def period_sql(time: str, grain: str) -> str:
    """``period`` of a time column as SQL text."""
    if grain == "none":
        return "CAST(-1 AS BIGINT)"
    number = f"(extract(year FROM {time}) * 12 + extract(month FROM {time}) - 1)"
    return f"CAST(coalesce({number} - {number} % {MONTHS[grain]}, -1) AS BIGINT)"


def period_name(first_month: int, grain: str) -> str:
    """2025-H1 for the half-year that begins in that month."""
    return block_of(f"{first_month // 12:04d}-{first_month % 12 + 1:02d}", grain)


def dimensions(strategy: Strategy) -> tuple[str, ...]:
    """Dimensions whose places a panel holds: those cut by, and those held constant."""
    known = {q.id for q in strategy.questions}
    p = strategy.loyalty.panel
    return tuple(dict.fromkeys([*p.by, *(c for c in p.controls if c not in known)]))


def asked(strategy: Strategy) -> tuple[str, ...]:
    """Questions held constant."""
    known = {q.id for q in strategy.questions}
    return tuple(c for c in strategy.loyalty.panel.controls if c in known)


def cleared(engine: Any, strategy: Strategy, table: str, who: str, where: str = "true") -> int:
    """Customers behind the rows of a table that ``where`` keeps. Raises Refusal(NOT_CLEARED) unless its people pass the
    cell rule: the staff behind the rows (rows that nobody handled have no staff side) and the customers."""
    mine = f'(SELECT "row", customer FROM "{table}" WHERE {where}) AS mine'
    lines = f'{mine} JOIN "{who}" AS lines ON lines."row" = mine."row"'
    by = engine.query(f"SELECT lines.staff AS person, count(*) AS n FROM {lines} GROUP BY lines.staff")
    handled = engine.query(f'SELECT count(DISTINCT mine."row") AS n FROM {lines}').column("n")[0].as_py()
    of = engine.query(f"SELECT customer AS person, count(*) AS n FROM {mine} GROUP BY customer")

    def triple(of: Any) -> tuple[Any, Any, Any]:
        person, n = (of.column(c).to_numpy().astype(np.int64) for c in ("person", "n"))
        return np.zeros(len(person), np.int64), person, n.astype(float)

    customers = triple(of)
    behind = evidence(np.array([[customers[2].sum()]]), np.array([float(handled)]), triple(by), customers)
    if not clear(behind, tightened(strategy.disclosure), lambda sums: np.zeros(len(sums), bool))[0]:
        raise Refusal(Refused.NOT_CLEARED)
    return len(customers[1])


def staff_behind(engine: Any, name: str, lines: str) -> None:
    """Table ``name`` (row, staff) from a query of (row, handled); a line nobody can tell the staff of is UNKNOWN's."""
    engine.create(
        name,
        f'SELECT DISTINCT mine."row", CAST(coalesce(known.staff, {UNKNOWN}) AS BIGINT) AS staff FROM ({lines}) AS mine'
        " LEFT JOIN fact_staff AS known ON known.handled = mine.handled WHERE mine.handled IS NOT NULL",
    )


def whole_numbers(engine: Any, rows: Any, columns: Sequence[str]) -> dict[str, float]:
    """The step in which each column is stored: 1 where all its values are whole, else a hundredth."""
    off = {c: (rows[c] - rows[c].round()).abs().max() for c in columns}
    told = engine.query(rows.aggregate(**off)).to_pylist()[0] if columns else {}
    return {c: 1.0 if not told[c] or told[c] < 1e-9 else 0.01 for c in columns}


def stored(column: Any, unit: float) -> Any:
    """A column in whole steps of its unit."""
    return (column / unit).round().cast("int64")
