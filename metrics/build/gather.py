"""From a fact table to the sums and the evidence of one metric's finest cells, counted where the data are.

Only these arrays leave the engine. What is summed is exact: fractions are added as decimals, since the order in which
threads add floating numbers would change the last digit, and with it the content hash of the release.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import ibis
import numpy as np

from metrics.build.deciders import DECIDED, decided
from metrics.build.facts.values import names
from metrics.clearing.evidence import Evidence, Floats, Ints, evidence
from metrics.clearing.rule import UNKNOWN
from metrics.errors import DataError
from metrics.kpis import BY_ID
from metrics.kpis.metric import HANDLED, Metric, Params
from metrics.loyalty.value.sums import DIMENSION, wanted
from metrics.strategy.model import Strategy, View

#: Exact type in which fractions are added.
DECIMAL = "decimal(38, 6)"
#: Rows whose customers the engine counts at once.
SLICE = 2_500_000


@dataclass(frozen=True)
class Instance:
    """A metric with its parameters; ``kpis`` that use it. ``only``: the one dimension that views cut it by, and no
    further (the sums of value, of which there are many); None: whatever views declare."""

    key: str
    metric: Metric
    params: Params
    kpis: tuple[str, ...]
    only: str | None = None

    def cut_by(self, views: Sequence[View]) -> list[View]:
        """These views as far as they cut this metric."""
        if self.only is None:
            return list(views)
        found = next((v for v in views if v.dimensions[0] == self.only), None)
        return [found.model_copy(update={"dimensions": (self.only,)})] if found else []


def instances(strategy: Strategy) -> tuple[Instance, ...]:
    """Every metric with parameters that some KPI uses or the value of customers needs, once, by key."""
    found: dict[str, Instance] = {}
    for kpi in strategy.kpis:
        metric = BY_ID[kpi.metric]
        params = metric.given(kpi.of)
        key = metric.key(kpi.of)
        before = found[key].kpis if key in found else ()
        found[key] = Instance(key, metric, params, (*before, kpi.id))
    for needed, of in wanted(strategy):
        key = needed.key(of)
        found.setdefault(key, Instance(key, needed, needed.given(of), (), DIMENSION))
    return tuple(found[key] for key in sorted(found))


@dataclass(frozen=True)
class Gathered:
    """Finest cells of one metric, in order of ``key``: ``month`` as year * 12 + month - 1 (0: no date), the place on
    each dimension, and the evidence with one column of sums per measure. ``decided``: the same with the staff whose
    work decides a dimension (``metrics.build.deciders``); None where no dimension is of that kind."""

    measures: tuple[str, ...]
    key: Ints
    month: Ints
    places: dict[str, Ints]
    evidence: Evidence
    decided: Evidence | None = None

    @property
    def n(self) -> Floats:
        """Rows of each cell."""
        return self.evidence.sums[:, self.measures.index("n")]


def gather_metric(engine: Any, strategy: Strategy, instance: Instance, dimensions: tuple[str, ...]) -> Gathered:
    """Cells of one metric over these dimensions, on its own denominator rows."""
    metric, params = instance.metric, instance.params

    def measures(rows: Any) -> dict[str, Any]:
        return metric.measures(rows, params)

    rows = metric.rows(engine.table(f"fact_{metric.fact}"), params)
    found = gather(engine, strategy, rows, dimensions, measures, metric.weight)
    if not DECIDED.get(metric.fact, frozenset()) & set(dimensions):
        return found
    keyed = rows.select("row", key=key_of(rows, strategy, dimensions))
    return replace(found, decided=decided(engine, keyed, found.key, found.evidence))


def gather_rows(engine: Any, strategy: Strategy, fact: str, dimensions: tuple[str, ...]) -> Gathered:
    """Cells of all rows of a fact, whatever a metric makes of them: what pools are decided on."""
    rows = engine.table(f"fact_{fact}")
    return gather(engine, strategy, rows, dimensions, lambda t: {"n": ibis.literal(1, "int64")}, None)


def gather(
    engine: Any,
    strategy: Strategy,
    rows: Any,
    dimensions: tuple[str, ...],
    measures: Callable[[Any], dict[str, Any]],
    weight: str | None,
) -> Gathered:
    """Cells of ``rows``, an Ibis table with month, customer, handled and the dimensions.

    Raises DataError if there are too many combinations (see ``key_of``)."""
    sizes = [len(names(strategy, d)) for d in dimensions]
    key = key_of(rows, strategy, dimensions)
    summed = measures(rows)
    engine.view(
        "cells",
        rows.select(
            key=key,
            customer=rows.customer.cast("int64"),
            handled=rows.handled,
            weight=rows[weight].cast("int64") if weight else ibis.literal(1, "int64"),
            **{f"m_{name}": _exact(expression) for name, expression in summed.items()},
        ),
    )
    cells = engine.table("cells")
    sums = engine.query(
        cells.group_by("key")
        .aggregate(
            rows=cells.count(),
            handled=cells.handled.count().cast("float64"),
            **{name: cells[f"m_{name}"].sum().cast("float64").fill_null(0.0) for name in summed},
        )
        .order_by("key")
    )
    keys = _column(sums, "key").astype(np.int64)
    places: dict[str, Ints] = {}
    rest = keys
    for dimension, size in zip(reversed(dimensions), reversed(sizes)):
        rest, places[dimension] = np.divmod(rest, size)

    def triples(counted: Any, person: str, rows: str) -> tuple[Ints, Ints, Ints]:
        table = engine.query(counted)
        cell = np.searchsorted(keys, _column(table, "key"))
        return cell, _column(table, person).astype(np.int64), _column(table, rows).astype(np.int64)

    # Almost every row can be a customer of its own: in slices, so that the engine never holds all of them twice.
    slices = 1 + int(_column(sums, "rows").sum()) // SLICE
    sliced: list[tuple[Ints, Ints, Ints]] = []
    for i in range(slices):
        part = cells.filter(cells.customer % slices == i) if slices > 1 else cells
        weighed = part.group_by(["key", "customer"]).aggregate(weight=part.weight.sum().cast("float64").fill_null(0.0))
        sliced.append(triples(weighed, "customer", "weight"))
    cell, customer, weighs = (np.concatenate(columns) for columns in zip(*sliced))
    del sliced
    lines = engine.table("fact_staff")
    lines = lines.select(line=lines.handled, staff=lines.staff)
    mine = cells.filter(cells.handled.notnull())
    joined = mine.left_join(lines, mine.handled == lines.line)
    by = joined.select(key=joined.key, staff=joined.staff.cast("int64").fill_null(UNKNOWN))
    staff = triples(by.group_by(["key", "staff"]).aggregate(rows=by.count()), "staff", "rows")

    handled = _column(sums, "handled").astype(float)
    columns = {name: _column(sums, name).astype(float) for name in summed} | (
        {HANDLED: handled} if handled.any() else {}
    )
    found = evidence(
        np.column_stack(list(columns.values())).reshape(len(keys), len(columns)),
        handled,
        staff,
        (cell, customer, weighs),
    )
    return Gathered(tuple(columns), keys, rest, places, found)


def key_of(rows: Any, strategy: Strategy, dimensions: Sequence[str]) -> Any:
    """One number for the month and the place on every dimension of a row: its finest cell.

    Raises DataError if the declared dimensions have more combinations than fit into one number."""
    sizes = [len(names(strategy, d)) for d in dimensions]
    if prod(sizes) * 50_000 >= 2**62:
        raise DataError(
            "The views cut by too many values together.", "strategy.yaml", "Declare fewer values or fewer dimensions."
        )
    # month * 12 stays below 50,000 until the year 4166
    key = month_number(rows).fill_null(0).cast("int64")
    for dimension, size in zip(dimensions, sizes):
        key = key * size + rows[dimension]
    return key


def month_number(rows: Any) -> Any:
    """year * 12 + month - 1 of a row's month."""
    return rows.month.year() * 12 + rows.month.month() - 1


def _exact(expression: Any) -> Any:
    return expression.cast(DECIMAL) if expression.type().is_floating() else expression.cast("int64")


def _column(table: Any, name: str) -> Any:
    return table.column(name).to_numpy()
