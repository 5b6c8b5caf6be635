"""Whose work put a customer into a group: staff who handled neither the row nor its order, but the complaint that
decides in which group of a view the row counts.

Return by how a complaint went is a result of whoever handled the complaint. So the cell rule is held against them, too,
wherever a view cuts by it. Cells of one path part all rows, hence their sums and differences are sums of cells that
passed; a metric is therefore cut by one such view only, the most wanted one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from metrics.clearing.evidence import Evidence, Ints, evidence
from metrics.strategy.model import View

#: Fact -> dimensions whose value is decided by the work of the staff in table ``fact_deciders`` (row, staff).
DECIDED: dict[str, frozenset[str]] = {"cohorts": frozenset({"complaint"})}
NOBODY = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))


def is_decided(fact: str, view: View) -> bool:
    """Whether a view cuts a fact by what other people's work decides."""
    return bool(DECIDED.get(fact, frozenset()) & set(view.dimensions))


def one_decided(fact: str, views: Sequence[View]) -> list[View]:
    """The views in their order, of those that cut by what others decide the first alone."""
    first = next((v.id for v in views if is_decided(fact, v)), None)
    return [v for v in views if not is_decided(fact, v) or v.id == first]


def decided(engine: Any, keyed: Any, keys: Ints, found: Evidence) -> Evidence:
    """The same cells and customers with the staff who decided. ``keyed``: an Ibis table of key and row; ``keys``: key
    of each cell, in order."""
    deciders = engine.table("fact_deciders").select(d_row="row", staff="staff")
    joined = keyed.join(deciders, keyed.row == deciders.d_row)
    by = joined.group_by(["key", "staff"]).aggregate(rows=lambda t: t.count())
    handled = joined.group_by("key").aggregate(rows=lambda t: t.row.nunique())

    def columns(query: Any, *names: str) -> list[Ints]:
        table = engine.query(query)
        return [table.column(name).to_numpy().astype(np.int64) for name in names]

    key, staff, rows = columns(by, "key", "staff", "rows")
    whole, count = columns(handled, "key", "rows")
    made = np.zeros(len(keys))
    made[np.searchsorted(keys, whole)] = count
    lines = evidence(found.sums, made, (np.searchsorted(keys, key), staff, rows), NOBODY)
    return replace(
        lines,
        customer_cell=found.customer_cell,
        customer=found.customer,
        customer_weight=found.customer_weight,
    )
